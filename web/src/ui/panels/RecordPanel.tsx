// SPDX-License-Identifier: AGPL-3.0-only
/** What a recording is, who cannot be told of it, and how long and large it is. */

import type { JSX } from "preact";
import { enOfRecording } from "../../locale/en-recording.ts";
import { formatBytes, formatDuration } from "../../locale/format.ts";
import { nameInWords } from "../../locale/labels.ts";
import { addEnglish, strings } from "../../locale/strings.ts";
import type { PanelProps } from "./panels.tsx";

addEnglish(enOfRecording);

export function RecordPanel({ state, intents }: PanelProps): JSX.Element {
  const recording = state.recording.value;
  const untold = state.view.value.peers.filter(
    ({ credential, features }) => credential === undefined || !features.has("recording"),
  );
  const names = untold.map(({ key, username }) => nameInWords(username, state.numbers.of(key))).join(", ");
  return (
    <>
      <p>{strings.recordIntro}</p>
      {names && <p class="warning">{strings.cannotBeTold(names)}</p>}
      <button type="button" class="primary" data-first onClick={intents.record}>
        {recording ? strings.stopRecording : strings.startRecording}
      </button>
      {recording && (
        <p>{strings.recorded(formatDuration(Math.floor(recording.seconds)), formatBytes(recording.bytes))}</p>
      )}
    </>
  );
}
