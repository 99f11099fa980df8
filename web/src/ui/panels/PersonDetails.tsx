// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, TargetedSubmitEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Person } from "../../core/people.ts";
import { formatDay } from "../../locale/format.ts";
import { nameInWords } from "../../locale/labels.ts";
import { strings } from "../../locale/strings.ts";
import type { Acquaintances } from "../../state/acquaintances.ts";
import type { RoomState } from "../../state/room-state.ts";
import { SafetyNumber } from "./SafetyNumber.tsx";

interface PersonDetailsProps {
  readonly state: RoomState;
  readonly known: Acquaintances;
  readonly person: Person;
  /** Whether the own key of this stay is the one by which the person knows this client. */
  readonly canCompare: boolean;
}

/** What is kept of a person, and what can be done about it. */
export function PersonDetails({ state, known, person, canCompare }: PersonDetailsProps): JSX.Element {
  // Who takes another name meanwhile, or somebody else's, was not compared under that.
  const [compared, setCompared] = useState<Person>();
  const isComparing = compared?.username === person.username;
  const { credential, username, petname, first_seen: first, last_seen: last } = person;
  const name = nameInWords(petname ?? username);
  const settle = (isSame: boolean): void => {
    setCompared(undefined);
    const counts = known.verify(person, isSame);
    tellOutcome(state, credential, name, counts ? isSame : undefined);
  };
  return (
    <>
      {petname !== undefined && <p class="hint">{strings.callsThemselves(nameInWords(username))}</p>}
      <p class="hint">
        {first === last ? strings.metOn(formatDay(first)) : strings.seen(formatDay(first), formatDay(last))}
      </p>
      {isComparing && (
        <SafetyNumber
          known={known}
          credential={credential}
          name={name}
          onCompared={settle}
          onCancel={() => setCompared(undefined)}
        />
      )}
      {canCompare && !isComparing && (
        <button type="button" onClick={() => setCompared(person)}>
          {strings.compareNumbers}
        </button>
      )}
      <Petname known={known} person={person} />
      {known.people.value.has(credential) && <Forget onForget={() => known.forget(credential)} />}
    </>
  );
}

/** @param isSame undefined where it does not count, as somebody else has that name here */
function tellOutcome(state: RoomState, credential: string, name: string, isSame: boolean | undefined): void {
  const about = `numbers:${credential}`;
  if (isSame === undefined) {
    state.notify({ level: "error", about, text: () => strings.chatFrom(name, strings.nameTaken) });
  } else if (isSame) {
    state.settle(about);
    state.announce(() => strings.isVerified(name));
  } else {
    state.notify({ level: "error", about, text: () => strings.numbersDiffer(name) });
  }
}

function Petname({ known, person }: Pick<PersonDetailsProps, "known" | "person">): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [isTaken, setIsTaken] = useState(false);
  const save = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setIsTaken(!known.rename(person, field.current?.value.trim() || undefined));
  };
  return (
    <form class="petname" onSubmit={save}>
      <label>
        {strings.nameHere}
        <input
          ref={field}
          type="text"
          autocomplete="off"
          maxLength={100}
          defaultValue={person.petname ?? ""}
          aria-invalid={isTaken}
        />
      </label>
      <button type="submit">{strings.save}</button>
      <p class="hint error" aria-live="polite">
        {isTaken && strings.nameTaken}
      </p>
    </form>
  );
}

/** It asks once more, as there is no way back. */
function Forget({ onForget }: { readonly onForget: () => void }): JSX.Element {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <button type="button" onClick={() => (isAsked ? onForget() : setIsAsked(true))} onBlur={() => setIsAsked(false)}>
      {isAsked ? strings.forgetSurely : strings.forget}
    </button>
  );
}
