// SPDX-License-Identifier: AGPL-3.0-only
/** What members say to have sealed for whom, and doubts about those of whom less has arrived (Y18). */

import { limits } from "./limits.ts";
import type { RelayMessage } from "./relay-messages.ts";

/** What a member says of whom it sees, and of what was said to whom. */
export type RosterMessage = Extract<RelayMessage, { roster: unknown }>["roster"];

/** Numbers of messages, by the id of a member. */
export type Counts = ReadonlyMap<number, number>;

/** A claim that a member has said more than has arrived. */
interface Doubt {
  /** The messages that the member is said to have sealed for this client. */
  readonly count: number;
  /** The member that says so. */
  readonly witness: number;
  /** Pauses that have passed without a word of the member that is doubted. */
  pauses: number;
}

/** What a member has said of itself, and others of it. */
interface Account {
  /** The messages that it says to have sealed for each id. */
  sent: Counts;
  doubt: Doubt | undefined;
  /** Witnesses whose claim about it has turned out to be wrong. */
  readonly disbelieved: Set<number>;
}

/** The accounts of members, by the ids that the server gave them. */
export class Doubts {
  readonly #accounts = new Map<number, Account>();

  /** Opens an account for a member. */
  met(client: number): void {
    if (!this.#accounts.has(client)) {
      this.#accounts.set(client, { sent: new Map(), doubt: undefined, disbelieved: new Set() });
    }
  }

  /** Forgets a member, and what it has told of others. */
  left(client: number): void {
    this.#accounts.delete(client);
    for (const account of this.#accounts.values()) {
      if (account.doubt?.witness === client) account.doubt = undefined;
      account.disbelieved.delete(client);
    }
  }

  /** Forgets everybody. */
  lost(): void {
    this.#accounts.clear();
  }

  /** @returns for each of some members what it says to have sealed for this one */
  told(client: number, ids: readonly number[]): number[] {
    return ids.map((id) => this.#accounts.get(id)?.sent.get(client) ?? 0);
  }

  /** Takes what a member has sealed for whom, and what others have told it, against what has arrived here. */
  rosterHeard(witness: number, { ids, sent, told }: RosterMessage, arrived: Counts): void {
    const account = this.#accounts.get(witness);
    if (account) account.sent = new Map(ids.map((id, at) => [id, sent[at] ?? 0]));
    for (const [at, client] of ids.entries()) {
      const [count, of] = [told[at] ?? 0, this.#accounts.get(client)];
      if (!of || client === witness || of.disbelieved.has(witness)) continue;
      if (!of.doubt && count > (arrived.get(client) ?? 0)) of.doubt = { count, witness, pauses: 0 };
    }
  }

  /**
   * Ends a doubt with the next word of who is doubted: its number tells whether the witness was right.
   * @returns whether it was wrong
   */
  spoke(client: number, arrived: number): boolean {
    const account = this.#accounts.get(client);
    const doubt = account?.doubt;
    if (!account || !doubt) return false;
    account.doubt = undefined;
    if (arrived > doubt.count) return false;
    account.disbelieved.add(doubt.witness);
    return true;
  }

  /** Counts a pause. @returns those who have been silent for too many, each with the witness */
  paused(): (readonly [number, number])[] {
    return [...this.#accounts].flatMap(([client, account]) => {
      const { doubt } = account;
      if (!doubt || ++doubt.pauses < limits.doubtPauses) return [];
      account.doubt = undefined;
      return [[client, doubt.witness] as const];
    });
  }
}
