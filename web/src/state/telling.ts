// SPDX-License-Identifier: AGPL-3.0-only
/** The way to the words for what went wrong, which are loaded when something does. */

import { strings } from "../locale/strings.ts";
import type { RoomState } from "./room-state.ts";

type Trouble = typeof import("./trouble.ts");

/**
 * Tells trouble once its words are there. Without the server they cannot be loaded, and the person hears of that
 * instead.
 */
export function tell(state: RoomState, what: (trouble: Trouble) => void): void {
  void import("./trouble.ts").then(what, () => state.announce(() => strings.notReached));
}
