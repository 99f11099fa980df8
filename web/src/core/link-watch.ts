// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The watch on the way to the server: whether it still carries anything, and how much has got there (L8). The server
 * relays a message to one's own id back: that is the probe. This module knows no socket and no clock.
 */

import { limits } from "./limits.ts";

export type LinkOrder =
  /** Relay a probe of this number to the own id. */
  | { readonly type: "probe"; readonly number: number }
  /** Call `checked` when the time in which the server has to be heard is over. */
  | { readonly type: "check" }
  /** Connect anew: the connection is dead. */
  | { readonly type: "reconnect" };

/** Watches one connection after the other. Numbers go on, so that no late probe stands for a newer one. */
export class LinkWatch {
  #number = 0;
  #returned = 0;
  #isInside = false;
  #isAlive = false;
  #isDoubted = false;
  /** Whether a probe has come back over this connection. */
  hasAnswered = false;
  #silent = 0;
  #buffered = 0;
  #underWay = 0;

  /** Begins with a new connection. */
  opened(): void {
    this.#isInside = this.#isAlive = this.#isDoubted = this.hasAnswered = false;
    this.#silent = this.#buffered = this.#underWay = 0;
    this.#returned = this.#number;
  }

  /** Takes note that the server has let this client into a room: only there it relays. */
  entered(): LinkOrder[] {
    this.#isInside = true;
    return this.probe();
  }

  /** Takes note that this client is in no room. */
  left(): void {
    this.#isInside = false;
  }

  /** @param length bytes of a frame that was given to the connection */
  sent(length: number): void {
    this.#underWay += length;
  }

  /** Takes note of a frame of the server, whatever it holds. */
  heard(): void {
    this.#isAlive = true;
    this.#isDoubted = false;
  }

  /** Takes a probe that came back. @returns whether it is one of this connection that was still out */
  returned(number: number): boolean {
    if (number <= this.#returned || number > this.#number) return false;
    this.#returned = number;
    this.hasAnswered = true;
    if (number === this.#number) this.#underWay = 0;
    return true;
  }

  /** Sends a probe now: somebody wants to know what has got there, or the machine woke up. */
  probe(): LinkOrder[] {
    return this.#isInside ? [{ type: "probe", number: ++this.#number }] : [];
  }

  /**
   * Takes note that the way to a peer is in doubt: this connection is in doubt as well, until the server is heard. While
   * much is under way the server may only be slow.
   */
  doubted(): LinkOrder[] {
    if (!this.#isInside || this.#isDoubted || this.#underWay >= limits.momentBytes) return [];
    this.#isDoubted = true;
    return [...this.probe(), { type: "check" }];
  }

  /** Judges a connection that was in doubt. */
  checked(): LinkOrder[] {
    return this.#isDoubted ? [{ type: "reconnect" }] : [];
  }

  /** Judges the last moment. @param buffered bytes that have not left this process */
  ticked(buffered: number): LinkOrder[] {
    const isMoving = this.#isAlive || buffered < this.#buffered;
    this.#isAlive = false;
    this.#buffered = buffered;
    this.#silent = isMoving ? 0 : this.#silent + 1;
    const extra = Math.min(Math.floor(this.#underWay / limits.momentBytes), limits.extraMoments);
    if (this.#silent >= limits.silentMoments + extra) return [{ type: "reconnect" }];
    // One more probe would wait behind the one that has not left yet.
    const isStuck = buffered > 0 && this.#returned < this.#number;
    return isStuck ? [] : this.probe();
  }
}
