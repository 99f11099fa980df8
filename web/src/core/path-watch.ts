// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The watch on the way to a peer: whether it comes up (N9), and the sound that came over it still comes (N15). Knows no
 * clock.
 */

import { times } from "./limits.ts";

/** A pause between two looks, in milliseconds, after which this machine was asleep or busy: what came meanwhile is not known. */
const asleep = 1_500;

/** Watches whether a connection comes up at all: an engine may try for ever. Times are in milliseconds. */
export class ConnectWatch {
  #looked = -Infinity;
  /** Since when it is tried without a break. */
  #since = Infinity;

  /** Judges an attempt. @returns whether it has just failed; what goes on failing fails again and again (N9) */
  look(now: number, isTrying: boolean): boolean {
    const isAwake = now - this.#looked <= asleep;
    this.#looked = now;
    if (!isTrying) this.#since = Infinity;
    else if (!isAwake || this.#since === Infinity) this.#since = now;
    const hasFailed = now - this.#since >= times.attempt;
    if (hasFailed) this.#since = now;
    return hasFailed;
  }
}

/** Watches one connection. All times are in milliseconds, of one clock. */
export class PathWatch {
  #looked = -Infinity;
  #awakeSince = -Infinity;
  /** Whether sound has come in time: clocks of some engines may differ from this one. */
  #wasHeard = false;
  #isSilent = false;

  /** Whether sound came, until now. */
  get isHeard(): boolean {
    return this.#wasHeard && !this.#isSilent;
  }

  /**
   * Judges the way. @param heard when the last packet of sound came, of all that is sent now; undefined without any
   * @returns whether it is silent, if that is news
   */
  look(now: number, heard: number | undefined): boolean | undefined {
    if (now - this.#looked > asleep) this.#awakeSince = now;
    this.#looked = now;
    const isFresh = heard !== undefined && now - Math.max(heard, this.#awakeSince) < times.pathSilence;
    this.#wasHeard = heard !== undefined && (this.#wasHeard || now - heard < times.pathSilence);
    const isSilent = this.#wasHeard && !isFresh;
    if (isSilent === this.#isSilent) return undefined;
    return (this.#isSilent = isSilent);
  }
}
