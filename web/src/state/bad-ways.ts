// SPDX-License-Identifier: AGPL-3.0-only
/** Says that the way to somebody is bad, to those who do not look: once, and not again while it comes and goes. */

import type { PeerKey } from "../core/events.ts";
import { strings } from "../locale/strings.ts";
import type { RoomState } from "./room-state.ts";

/** The time for which nothing is said again of the same way, in milliseconds. */
const quiet = 180_000;

/** @param nameOf the words for a peer */
export function announceBadWays(state: RoomState, nameOf: (peer: PeerKey) => () => string): void {
  const said = new Map<PeerKey | "own", number>();
  state.stats.subscribe((stats) => {
    const now = performance.now();
    for (const [peer, { fault }] of stats) {
      if (!fault) continue;
      // What is bad here is bad to everybody, and said once.
      const about = fault === "own" ? fault : peer;
      const last = said.get(about);
      // As long as it stays bad, the time begins anew.
      said.set(about, now);
      if (last !== undefined && now - last < quiet) continue;
      const name = nameOf(peer);
      const words = (): string => strings.badWay[fault];
      state.announce(fault === "own" ? words : () => strings.chatFrom(name(), words()), `way:${about}`);
    }
  });
}
