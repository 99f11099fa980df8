// SPDX-License-Identifier: AGPL-3.0-only
/** What a person can ask for; components get these and nothing else to act with. */

import type { PeerKey } from "../core/events.ts";
import type { Source } from "../io/capture.ts";
import type { Notice } from "../state/room-state.ts";

export interface Intents {
  readonly share: (source: Source) => void;
  readonly stopSharing: (id: string) => void;
  readonly setMuted: (id: string, muted: boolean) => void;
  readonly want: (peer: PeerKey, id: string, wanted: boolean) => void;
  readonly leave: () => void;
  readonly joinAgain: () => void;
  readonly dismiss: (notice: Notice) => void;
  readonly explainComing: (what: string) => void;
  readonly soundBlocked: () => void;
  readonly hearEveryone: () => void;
}
