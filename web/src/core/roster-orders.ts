// SPDX-License-Identifier: AGPL-3.0-only
/** Orders that `roster.ts` gives: which names are signed, verified and hashed, and what is said to whom of the members. */

import type { memberStatement } from "./generated/sealed-messages.ts";
import type { Identify, PairingOrder, Warning } from "./pairing-orders.ts";
import type { Decoded } from "./schema.ts";

/** A member, with the statement of its name (Y6). */
export type MemberStatement = Decoded<typeof memberStatement>;

/**
 * Verify the signature of a statement that a member has said; `checked` takes this order back, and what is found.
 * @property message the identify that the statement came with; one that a member passes on has none
 * @property other another statement, which is to be rightly signed, too
 * @property is_hidden whether the server shows nobody of whom the statement could be
 */
export interface CheckStatement {
  readonly type: "check-statement";
  readonly client: number;
  readonly statement: MemberStatement;
  readonly message?: Identify;
  readonly other?: MemberStatement;
  readonly is_hidden?: true;
}

type Shared = Extract<PairingOrder, { type: "seal-for" | "deliver" | "start-timer" | "stop-timer" }>;

export type RosterOrder =
  /** Seal an identify for a member, with the statement of its name: signed once, and the same for all (Y15). */
  | { readonly type: "say-name"; readonly client: number; readonly message: Identify; readonly number: number }
  | CheckStatement
  /** Hash these statements and the own one (Y7); `hashed` takes the version back, and the hash. */
  | {
      readonly type: "hash-roster";
      readonly version: number;
      readonly number: number;
      readonly name: string;
      readonly statements: readonly MemberStatement[];
    }
  /** Seal a roster for a member, with the numbers of messages that were sealed for each of these ids so far. */
  | {
      readonly type: "say-roster";
      readonly client: number;
      readonly hash: string;
      readonly ids: readonly number[];
      readonly told: readonly number[];
    }
  /** Seal for a member whom this client sees, itself first. */
  | {
      readonly type: "say-members";
      readonly client: number;
      readonly number: number;
      readonly name: string;
      readonly statements: readonly MemberStatement[];
    }
  | Warning
  | Shared;
