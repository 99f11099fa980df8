// SPDX-License-Identifier: AGPL-3.0-only
/** One other member, as a roster knows it: what it has proven and said, and what was asked and answered (Y15 to Y18). */

import type { Owner } from "./name-book.ts";
import type { MemberStatement } from "./roster-orders.ts";

/** A member of the room, by the id that the server gave it. */
export interface Member {
  readonly id: number;
  /** What it has proven to be; undefined for one that signs no names, or has not proven anything yet. */
  owner: Owner | undefined;
  /** The newest statement that it has said to this client itself. */
  said: MemberStatement | undefined;
  /** A newer one, which another member has shown. */
  shown: MemberStatement | undefined;
  /** Whether a name may have been lost on its way, so that it will be said again (Y13). */
  isExcused: boolean;
  /** The hash of its roster, as it said it last. */
  hash: string | undefined;
  /** The hashes, the own one and its, for which it was last asked whom it sees. */
  compared: string | undefined;
  /** The members that have left since it was asked; undefined when no question is open. */
  left: Set<number> | undefined;
  /** Whether it was told whom this client sees since the roster was said. */
  isAnswered: boolean;
  /** Whether it has asked again since then. */
  isWaiting: boolean;
}

export const newMember = (id: number): Member => ({
  id,
  owner: undefined,
  said: undefined,
  shown: undefined,
  isExcused: false,
  hash: undefined,
  compared: undefined,
  left: undefined,
  isAnswered: false,
  isWaiting: false,
});
