// SPDX-License-Identifier: AGPL-3.0-only
/** A member of the room, and how it is spoken to: in the open, or sealed with the keys of a pair (Y10 to Y13). */

import type { RelayMessage } from "./relay-messages.ts";

/** A member of the room, by the id that the server gave it. */
export interface Member {
  readonly id: number;
  /** How it is spoken to: not yet, in the open, not before it has proven who it is, or sealed. */
  speech: "unknown" | "open" | "meeting" | "sealed";
  /** The nonce of the own hello that nobody has answered yet. */
  nonce?: string | undefined;
  /** The instance that the hello names whose keys are proven. */
  instance?: string | undefined;
  /** The instance that its newest hello names. */
  nextInstance?: string | undefined;
  /** What it has proven to be. */
  credential?: string;
  /** The features that its newest hello announces. */
  features: readonly string[];
  /** Whether keys were made that are not proven yet; what is said waits meanwhile. */
  isPending: boolean;
  /** Whether a message did not open, so that new keys will be asked for. */
  hasGap: boolean;
  /** Whether the session is to take it for a newcomer once it has proven itself: what was said before was nobody's. */
  beginsAnew: boolean;
  /** Whether it has said with the keys in use that something has not arrived. */
  wasToldAgain: boolean;
  /** Hellos that were answered, or said for a gap, since keys were last renewed. */
  hellos: number;
  /** Renewals that have not brought keys, the member having spoken after each but the last. */
  renewals: number;
  /** Whether it has said something sealed since the last renewal. */
  hasSpoken: boolean;
  waiting: RelayMessage[];
}

export const isOfLine = (message: RelayMessage): boolean => "chat" in message || "chat_id" in message;

/** Whether what was said has not reached a member yet, and will soon: nobody waits for who could not prove itself. */
export const isWaitedFor = ({ waiting, isPending, beginsAnew }: Member): boolean =>
  waiting.length > 0 && (isPending || !beginsAnew);

export const newMember = (id: number, speech: Member["speech"]): Member => ({
  id,
  speech,
  features: [],
  isPending: false,
  hasGap: false,
  beginsAnew: false,
  wasToldAgain: false,
  hellos: 0,
  renewals: 0,
  hasSpoken: false,
  waiting: [],
});
