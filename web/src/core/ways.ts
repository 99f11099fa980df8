// SPDX-License-Identifier: AGPL-3.0-only
/** Judges the ways to all peers: which of them lose much, and on whose side that is. */

import type { PeerKey } from "./events.ts";

/** Whose side a bad way is on: one's own, the peer's, or, where nothing tells them apart, somewhere between. */
export type Fault = "own" | "other" | "between";

/** The lost part from which on a way is bad, and below which it is good again. */
const bad = 0.05;
const good = 0.02;
/** The weight of the newest look: after some three of them a way is what it has become. */
const newest = 0.3;

export class Ways {
  readonly #averages = new Map<PeerKey, number>();
  readonly #bad = new Set<PeerKey>();

  /**
   * Takes in a look at all ways.
   * @param losses the part that was lost since the last look, 0 to 1; undefined where nothing was on its way
   */
  look(losses: ReadonlyMap<PeerKey, number | undefined>): ReadonlyMap<PeerKey, Fault> {
    for (const peer of this.#averages.keys()) if (!losses.has(peer)) this.#forget(peer);
    for (const [peer, lost] of losses) this.#note(peer, lost);
    const fault = this.#fault();
    return new Map([...this.#bad].map((peer) => [peer, fault]));
  }

  #note(peer: PeerKey, lost: number | undefined): void {
    const before = this.#averages.get(peer);
    if (lost === undefined && before === undefined) return;
    // What was heard of a way counts less and less when nothing is.
    const average = (before ?? 0) * (1 - newest) + (lost ?? good / 2) * newest;
    this.#averages.set(peer, average);
    if (average >= bad) this.#bad.add(peer);
    if (average < good) this.#bad.delete(peer);
  }

  /** What is bad to most comes from here; what is bad to one of many, from there. */
  #fault(): Fault {
    const known = this.#averages.size;
    if (known < 2) return "between";
    return this.#bad.size * 2 > known ? "own" : "other";
  }

  #forget(peer: PeerKey): void {
    this.#averages.delete(peer);
    this.#bad.delete(peer);
  }
}
