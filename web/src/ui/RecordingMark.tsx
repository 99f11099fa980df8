// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { strings } from "../locale/strings.ts";

/** Says on a tile that its member records. */
export function RecordingMark(): JSX.Element {
  return (
    <span class="recording-mark">
      <span class="dot" aria-hidden="true" /> <span class="word">{strings.records}</span>
    </span>
  );
}
