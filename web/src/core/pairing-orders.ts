// SPDX-License-Identifier: AGPL-3.0-only
/** Orders that `pairing.ts` gives: what is relayed, sealed and opened, with which keys, and what a session hears of it. */

import type { RelayMessage } from "./relay-messages.ts";

/** A hello, or any other word of a member about itself. */
export type Identify = Extract<RelayMessage, { identify: unknown }>;
export type Sealed = Extract<RelayMessage, { sealed: unknown }>;

/** A timer: what it is for, and the member that it is about; 0 for nobody. */
export interface PairTimer {
  readonly name: "meet" | "prove" | "gap" | "rekey" | "roster" | "code" | "code-rest";
  readonly of: number;
}

/**
 * Warn the person of a member: `client`, unless the server does not show it (Y18). `unproven`: it could not prove who it
 * is. `missed`: something that it said has not arrived. `contradicts`: it goes by two names, which are in `names`.
 * `withheld`: what it says to others does not arrive here, as `witness` tells; a member that the server does not show has
 * its name in `names`. `unheard`: nothing that it says arrives, though the direct way to it brings something.
 */
export interface Warning {
  readonly type: "warn";
  readonly client?: number;
  readonly about: "unproven" | "missed" | "contradicts" | "withheld" | "unheard";
  readonly names?: readonly string[];
  readonly witness?: number;
}

/** Let the session begin what a member wants as soon as it has proven who it is: its name follows (M10). */
export interface Introduction {
  readonly type: "introduce";
  readonly client: number;
  readonly credential: string;
  readonly instance: string;
  readonly features: readonly string[];
  readonly wants: readonly string[];
}

export type PairingOrder =
  /** Relay a message under the room's key alone, to one member or, without recipient, to all others. */
  | { readonly type: "relay"; readonly message: RelayMessage; readonly recipient?: number }
  /**
   * Draw keys for a member, and say the hello with them: an answer, or by oneself, which `helloSaid` notes (Y11). One
   * that is not new is the hello that was said last and not answered, said once more as an answer.
   */
  | { readonly type: "say-hello"; readonly client: number; readonly answers?: string; readonly is_new: boolean }
  /**
   * Make keys of the own hello that was said last and a member's, and say the own credential under them (Y3, Y4). `met`
   * or `failed` tells what comes of it.
   */
  | { readonly type: "make-pair"; readonly client: number; readonly hello: Identify }
  /** Seal with the keys that were made last from now on, and forget those before. */
  | { readonly type: "use-pair"; readonly client: number }
  /**
   * Let the roster know a member that signs its names, by what it has proven to be (Y15).
   * @property is_complete whether all that it says to have sealed before has arrived (Y13)
   */
  | {
      readonly type: "meet";
      readonly client: number;
      readonly credential: string;
      readonly instance: string;
      readonly is_complete: boolean;
    }
  | Introduction
  /** Forget the keys that were made last; those before stay in use. */
  | { readonly type: "drop-pair"; readonly client: number }
  /** Forget all keys of a member. */
  | { readonly type: "forget-member"; readonly client: number }
  /** Seal a message for a member with the keys in use, and relay it. */
  | { readonly type: "seal-for"; readonly client: number; readonly message: RelayMessage }
  /** Open a member's sealed message: `opened`, `met`, `failed` or `broken` tells what it was. */
  | { readonly type: "open-sealed"; readonly client: number; readonly message: Sealed }
  /** Give a message to the session; `credential` is what its speaker has proven to be, if it came sealed. */
  | { readonly type: "deliver"; readonly client: number; readonly message: RelayMessage; readonly credential?: string }
  /** Let the session say to a member again what holds now: something has not arrived there (Y13). */
  | { readonly type: "say-again"; readonly client: number }
  /** Let the session take a member for a newcomer: it had not proven what was said under its id until now. */
  | { readonly type: "begin-anew"; readonly client: number }
  /** Find out when the server has all that was sent so far (L8). */
  | { readonly type: "ask"; readonly line: string }
  | Warning
  /** Start a timer, anew if it runs; `ms` in milliseconds. */
  | { readonly type: "start-timer"; readonly timer: PairTimer; readonly ms: number }
  /** Stop a timer; one that does not run is no error. */
  | { readonly type: "stop-timer"; readonly timer: PairTimer };
