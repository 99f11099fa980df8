// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { byLastSeen, type Mark, markOf, type Person } from "../../core/people.ts";
import { nameOf } from "../../locale/labels.ts";
import { strings } from "../../locale/strings.ts";
import type { Acquaintances } from "../../state/acquaintances.ts";
import type { PersonView, RoomState } from "../../state/room-state.ts";
import { IdentityMark } from "../IdentityMark.tsx";
import { Name } from "../Name.tsx";
import type { PanelProps } from "./panels.tsx";
import { PeopleFile } from "./PeopleFile.tsx";
import { PersonDetails } from "./PersonDetails.tsx";
import { RoomCode } from "./RoomCode.tsx";

/** The people who are here, and all that are known. */
export function PeoplePanel({ state, intents }: PanelProps): JSX.Element | null {
  // Who is alone has had no reason yet to know anybody.
  useEffect(() => intents.loadPeople(), []);
  const known = state.acquaintances.value;
  if (!known) return null;
  const { peers } = state.view.value;
  const here = new Set(peers.map(({ credential }) => credential));
  const absent = [...known.people.value.values()].filter(({ credential }) => !here.has(credential));
  return (
    <>
      <p class="hint">{strings.peopleIntro}</p>
      <RoomCode state={state} known={known} />
      <h3>{strings.hereNow}</h3>
      {peers.length === 0 && <p class="hint">{strings.nobodyElse}</p>}
      <ul class="persons">
        {peers.map((peer) => (
          <PersonHere key={peer.key} state={state} known={known} peer={peer} />
        ))}
      </ul>
      {absent.length > 0 && <h3>{strings.knownPeople}</h3>}
      <ul class="persons">
        {absent
          .toSorted((one, other) => byLastSeen(other, one))
          .map((person) => (
            <PersonAway key={person.credential} state={state} known={known} person={person} />
          ))}
      </ul>
      <OwnKey known={known} />
      <PeopleFile known={known} />
    </>
  );
}

interface PersonHereProps {
  readonly state: RoomState;
  readonly known: Acquaintances;
  readonly peer: PersonView;
}

function PersonHere({ state, known, peer }: PersonHereProps): JSX.Element {
  const { key, credential, claimed, username, identity } = peer;
  const mark = identity?.mark ?? "no key";
  const isOther = credential !== undefined && credential !== known.own;
  return (
    <PersonItem
      name={<Name name={nameOf(username)} number={state.numbers.of(key)} />}
      mark={mark}
      isOpen={state.shownPeer.value === key}
    >
      <p>{strings.markMeanings[mark]}</p>
      {mark === "changed" && (
        <button type="button" onClick={() => known.accept(key, claimed)}>
          {strings.acceptOnce}
        </button>
      )}
      {isOther && <PersonDetails state={state} known={known} person={known.personOf(credential, claimed)} canCompare />}
    </PersonItem>
  );
}

interface PersonAwayProps {
  readonly state: RoomState;
  readonly known: Acquaintances;
  readonly person: Person;
}

function PersonAway({ state, known, person }: PersonAwayProps): JSX.Element {
  const { credential, petname, username } = person;
  const mark = markOf(known.people.value, credential, username);
  return (
    <PersonItem name={<Name name={nameOf(petname ?? username)} />} mark={mark}>
      <PersonDetails state={state} known={known} person={person} canCompare={known.scope === "everywhere"} />
    </PersonItem>
  );
}

interface PersonItemProps {
  readonly name: JSX.Element;
  readonly mark: Mark;
  readonly isOpen?: boolean;
  readonly children: ComponentChildren;
}

/** A person, whose details are shown when that is wanted. */
function PersonItem({ name, mark, isOpen = false, children }: PersonItemProps): JSX.Element {
  const [isShown, setIsShown] = useState(isOpen);
  const summary = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (!isOpen) return;
    setIsShown(true);
    summary.current?.focus();
  }, [isOpen]);
  return (
    <li>
      <details open={isShown} onToggle={({ currentTarget }) => setIsShown(currentTarget.open)}>
        <summary ref={summary} {...(isOpen ? { "data-first": true } : {})}>
          {name} <IdentityMark mark={mark} />
        </summary>
        {isShown && <div class="details">{children}</div>}
      </details>
    </li>
  );
}

/** The own key, and where others recognise it. */
function OwnKey({ known }: { readonly known: Acquaintances }): JSX.Element {
  const [fingerprint, setFingerprint] = useState("");
  useEffect(() => void known.ownFingerprint().then(setFingerprint), []);
  return (
    <>
      <h3>{strings.ownKey}</h3>
      <p class="hint">{known.isBlocked ? strings.nothingKept : strings.scopes[known.scope]}</p>
      <p class="fingerprint">{fingerprint.match(/.{8}/g)?.join(" ")}</p>
    </>
  );
}
