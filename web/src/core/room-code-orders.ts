// SPDX-License-Identifier: AGPL-3.0-only
/** Orders that `room-code.ts` gives: what is said to whom, what is drawn, checked and made, and what a person is shown. */

import type { PairTimer } from "./pairing-orders.ts";
import type { RelayMessage } from "./relay-messages.ts";

type CodeRunMessage = Extract<RelayMessage, { code_run: unknown }>;
type CodeEndMessage = Extract<RelayMessage, { code_end: unknown }>;
export type CodeMessage =
  | CodeRunMessage
  | Extract<RelayMessage, { code_commitment: unknown }>
  | Extract<RelayMessage, { code_nonce: unknown }>
  | CodeEndMessage;
/** A member that a code is made of, as one sees it (Y7). */
export type CodeMember = CodeRunMessage["code_run"]["members"][number];
export type CodeWhy = CodeEndMessage["code_end"]["why"];
/** Why there is no code: as members tell it; or the codes matched, nobody can take part, the server is away. */
export type CodeEnding = CodeWhy | "match" | "alone" | "lost";

/** What becomes of a run is shown: it goes on, there is a code to compare, or it has ended. */
export interface ShowCode {
  readonly type: "show-code";
  readonly status: "running" | "code" | "ended";
  /** Who has started it; nobody for oneself. */
  readonly by?: number | undefined;
  /** The others whom it covers. */
  readonly members: readonly number[];
  /** Their credentials. */
  readonly keys: readonly string[];
  /** Those who have not said yet what is to come next. */
  readonly waiting: readonly number[];
  /** Those who were silent when it was started before. */
  readonly left_out: readonly number[];
  readonly code?: string | undefined;
  readonly why?: CodeEnding;
  /** Those whom the end is about. */
  readonly named: readonly number[];
  /** Who has told of the end; nobody for oneself. */
  readonly ended_by?: number | undefined;
}

/** Draw a nonce for a run of these members, oneself first; `committed` takes the commitment, and the nonce. */
export interface Commit {
  readonly type: "commit";
  readonly run: string;
  readonly members: readonly CodeMember[];
}

/** Find out whether a nonce of a member fits its commitment, which `checked` takes; `at` is its place. */
export interface CheckNonce {
  readonly type: "check-nonce";
  readonly client: number;
  readonly run: string;
  readonly members: readonly CodeMember[];
  readonly at: number;
  readonly commitment: string;
  readonly nonce: string;
}

/** Make the code of these members and their nonces; `made` takes it. */
export interface MakeCode {
  readonly type: "make-code";
  readonly run: string;
  readonly members: readonly CodeMember[];
  readonly nonces: readonly string[];
}

export type RoomCodeOrder =
  /** Seal a message for these members. */
  | { readonly type: "say-of-code"; readonly clients: readonly number[]; readonly message: CodeMessage }
  | Commit
  | CheckNonce
  | MakeCode
  | ShowCode
  | { readonly type: "start-timer"; readonly timer: PairTimer; readonly ms: number }
  | { readonly type: "stop-timer"; readonly timer: PairTimer };
