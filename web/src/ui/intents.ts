// SPDX-License-Identifier: AGPL-3.0-only
/** What a person can ask for; components get these and nothing else to act with. */

import type { PeerKey } from "../core/events.ts";
import type { Source } from "../io/capture.ts";
import type { Notice } from "../state/room-state.ts";

export interface Intents {
  share(source: Source): void;
  stopSharing(id: string): void;
  setMuted(id: string, muted: boolean): void;
  want(peer: PeerKey, id: string, wanted: boolean): void;
  leave(): void;
  joinAgain(): void;
  dismiss(notice: Notice): void;
  explainComing(what: string): void;
  soundBlocked(): void;
  hearEveryone(): void;
}
