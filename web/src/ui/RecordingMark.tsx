// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { clock } from "../locale/clock.ts";
import { nameInWords } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { RoomState } from "../state/room-state.ts";

/** Says on a tile that its member records. */
export function RecordingMark(): JSX.Element {
  return (
    <span class="recording-mark">
      <Dot /> <span class="word">{strings.records}</span>
    </span>
  );
}

/** Says beside the room's name who records, however small their tiles are, and of oneself since when. */
export function Recorders({ state }: { readonly state: RoomState }): JSX.Element | null {
  const { recorders, recording, view, numbers } = state;
  const isRecorder = recorders.value;
  const words = view.value.peers
    .filter(({ key }) => isRecorder.has(key))
    .map(({ key, username }) => strings.startsRecording(nameInWords(username, numbers.of(key))));
  if (isRecorder.has("own")) words.unshift(strings.youRecord);
  // Who was recording may be gone.
  if (words.length === 0) return null;
  const seconds = recording.value?.seconds;
  return (
    <p class="recorders recording-mark" title={words.join("\n")}>
      <Dot />
      {/* Screen readers read a timer on demand, and do not say each second. */}
      {seconds !== undefined && <span role="timer">{clock(seconds)}</span>}
      <span class="words">
        {words.map((each) => (
          <span key={each} dir="auto">
            {each}
          </span>
        ))}
      </span>
    </p>
  );
}

const Dot = (): JSX.Element => <span class="dot" aria-hidden="true" />;
