// SPDX-License-Identifier: AGPL-3.0-only
/** One other member, as a roster knows it: what it has proven and said, and what was asked and answered (Y15 to Y18). */

import { limits } from "./limits.ts";
import { bearerOf, type Owner } from "./name-book.ts";
import type { MemberStatement } from "./roster-orders.ts";

/** A member of the room, by the id that the server gave it. */
export interface Member {
  readonly id: number;
  /** What it has proven to be; undefined for one that signs no names, or has not proven anything yet. */
  owner: Owner | undefined;
  /** The newest statement that it has said to this client itself. */
  said: MemberStatement | undefined;
  /** The newest one that another member has shown. */
  shown: MemberStatement | undefined;
  /** The number of the newest own name that it was told. */
  told: number | undefined;
  /** The newest number that it has said itself. */
  number: number;
  /** What it has said itself since something was missed, the oldest first: for each name the first statement. */
  names: readonly MemberStatement[];
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
  told: undefined,
  number: -1,
  names: [],
  isExcused: false,
  hash: undefined,
  compared: undefined,
  left: undefined,
  isAnswered: false,
  isWaiting: false,
});

/** Takes what a member proves to be; of what was missed nothing is compared with what it says from now on (Y13). */
export function proves(member: Member, owner: Owner, isComplete: boolean): void {
  if (!isOf(member, owner)) {
    member.owner = owner;
    member.said = member.shown = member.told = undefined;
    member.number = -1;
    member.names = [];
  }
  if (isComplete) return;
  member.isExcused = true;
  member.names = [];
}

/** @returns whether a member is that of a statement */
export const isOf = ({ owner }: Member, statement: Owner): boolean =>
  owner !== undefined && bearerOf(owner) === bearerOf(statement);

/**
 * Notes what a member says of itself, if it is newer than all that it has said.
 * @returns whether it is
 */
export function says(member: Member, statement: MemberStatement): boolean {
  if (statement.number <= member.number) return false;
  member.number = statement.number;
  if (member.names.at(-1)?.name !== statement.name) member.names = [...member.names, statement].slice(-limits.names);
  return true;
}

/** @returns what a member has said, if it should have said what it has shown to others in the place of that (Y18) */
export function disputed(member?: Member, shown?: MemberStatement): MemberStatement | undefined {
  if (!member || !shown || !isOf(member, shown) || shown.number > member.number) return undefined;
  const before = member.names.findLast(({ number }) => number <= shown.number);
  return before?.name === shown.name ? undefined : before;
}
