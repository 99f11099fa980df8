// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { locale } from "../../locale/format.ts";
import { nameInWords } from "../../locale/labels.ts";
import { strings } from "../../locale/strings.ts";
import type { Acquaintances, ShownCode } from "../../state/acquaintances.ts";
import { takeFocus } from "../../state/focus.ts";
import type { RoomState } from "../../state/room-state.ts";
import { Spelled } from "./Spelled.tsx";

interface RoomCodeProps {
  readonly state: RoomState;
  readonly known: Acquaintances;
}

/**
 * One code for everybody who is here: it is made, compared, and settled (Y20 to Y22). A section, which gets the focus of
 * buttons that are gone once they were pressed.
 */
export function RoomCode({ state, known }: RoomCodeProps): JSX.Element {
  const shown = known.code.value;
  const last = useRef<string>(undefined);
  const code = shown?.status === "code" ? shown.code : undefined;
  // Anybody can make another one while this one is compared, and it takes the place of this one (Y20).
  const isOther = code !== undefined && last.current !== undefined && code !== last.current;
  useLayoutEffect(() => {
    last.current = code;
  }, [code]);
  return (
    <section class="room-code">
      {shown && code !== undefined ? (
        <CodeToCompare key={code} state={state} known={known} shown={shown} code={code} isOther={isOther} />
      ) : (
        <Outcome state={state} known={known} shown={shown} />
      )}
    </section>
  );
}

/** Who is waited for, or what has become of the last code, and the way to make one. */
function Outcome({ state, known, shown }: RoomCodeProps & { readonly shown: ShownCode | undefined }): JSX.Element {
  if (shown?.status === "running") {
    const missing = shown.waiting.length > 0 ? shown.waiting : shown.members;
    return (
      <>
        <p role="status">{strings.codeWaiting(named(known, missing))}</p>
        <button type="button" onClick={() => known.stopCode()}>
          {strings.abort}
        </button>
      </>
    );
  }
  const isDanger = shown?.why === "mismatch" || (shown?.why === "false" && shown.endedBy === undefined);
  return (
    <>
      {shown && (
        <p role={isDanger ? "alert" : "status"} class={isDanger ? "danger" : "hint"}>
          {outcome(known, shown)}
        </p>
      )}
      {state.view.value.peers.length > 0 && (
        <button type="button" onClick={() => known.startCode()}>
          {strings.compareCode}
        </button>
      )}
    </>
  );
}

interface CodeToCompareProps extends RoomCodeProps {
  readonly shown: ShownCode;
  readonly code: string;
  /** Whether it has taken the place of one that was not settled. */
  readonly isOther: boolean;
}

/** The time in which an answer may still be about the code before, in milliseconds. */
const lateAnswerMs = 3_000;

/** A code, whom it covers and whom not, and the two answers. */
function CodeToCompare({ state, known, shown, code, isOther }: CodeToCompareProps): JSX.Element {
  const intro = useRef<HTMLParagraphElement>(null);
  const [isOtherStill] = useState(isOther);
  const [isWaiting, setIsWaiting] = useState(isOther);
  // The button that was pressed is gone.
  useLayoutEffect(() => takeFocus(intro.current), []);
  useEffect(() => {
    const timer = setTimeout(() => setIsWaiting(false), lateAnswerMs);
    return () => clearTimeout(timer);
  }, []);
  const settle = (matches: boolean): void => void (isWaiting || known.settleCode(code, matches));
  const { peers } = state.view.value;
  const others = peers.filter(({ credential }) => credential === undefined || !shown.members.includes(credential));
  return (
    <div class="comparison">
      {isOtherStill && (
        <p role="alert" class="danger">
          {strings.anotherCode}
        </p>
      )}
      <p ref={intro} tabIndex={-1}>
        {strings.codeSay(named(known, shown.members))}
      </p>
      <Spelled groups={code.split("-")} label={strings.roomCode} class="code" />
      {others.length > 0 && <p>{strings.codeCoversNot(listed(others.map(({ username }) => nameInWords(username))))}</p>}
      <p class="row">
        <button type="button" class="primary" aria-disabled={isWaiting} onClick={() => settle(true)}>
          {strings.theyMatch}
        </button>
        <button type="button" aria-disabled={isWaiting} onClick={() => settle(false)}>
          {strings.theyDiffer}
        </button>
      </p>
    </div>
  );
}

/** Why there is no code, or what was found. */
function outcome(known: Acquaintances, { why, named: blamed, endedBy, members }: ShownCode): string {
  if (why === "match") return strings.codeMatched(named(known, members));
  if (why === "mismatch") return strings.codesDiffer;
  if (endedBy !== undefined) {
    // Who says it need not be whom it is about, and may only pass it on.
    const teller = nameInWords(known.nameOf(endedBy));
    if (why === "differs") return strings.codeUnlike(teller);
    return why === "false" || why === "barred" ? strings.codeSaidSpoiled(teller) : strings.codeInterrupted;
  }
  const found = named(known, blamed);
  if (found === "") return strings.codeInterrupted;
  if (why === "silent") return strings.codeSilent(found);
  return why === "false" ? strings.codeSpoiled(found) : strings.codeInterrupted;
}

const named = (known: Acquaintances, credentials: readonly string[]): string =>
  listed(credentials.map((credential) => nameInWords(known.nameOf(credential))));

const listed = (names: readonly string[]): string => new Intl.ListFormat(locale.value).format(names);
