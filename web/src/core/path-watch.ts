// SPDX-License-Identifier: AGPL-3.0-only
/** The watch on the way to a peer: whether the sound or the beats that came over it still come (N15, N17). Knows no clock. */

import { limits, times } from "./limits.ts";

/** A pause between two looks, in milliseconds, after which this machine was asleep or busy: what came meanwhile is not known. */
const asleep = 1_500;

/** Watches one connection. All times are in milliseconds, of one clock. */
export class PathWatch {
  #looked = -Infinity;
  #awakeSince = -Infinity;
  /** The last beat, and how long it is good for; undefined where none is promised. */
  #beat: { readonly at: number; readonly lasts: number } | undefined;
  /** When the last message of a file came. */
  #arrived = -Infinity;
  /** Whether something has come in time: clocks of some engines may differ from this one. */
  #wasHeard = false;
  #isSilent = false;

  /** Takes a beat. Texts that are none are ignored. */
  beat(now: number, text: string): void {
    const pause = /^\d{1,4}$/.test(text) ? Number(text) : Infinity;
    if (pause > times.longestBeat) return;
    this.#beat = pause > 0 ? { at: now, lasts: limits.missingBeats * pause } : undefined;
  }

  /** Takes note of a message of a file: while many come, no beat does, and they stand for beats. */
  arrived(now: number): void {
    const pause = now - this.#arrived;
    this.#arrived = now;
    if (pause > times.longestBeat) return;
    const promised = this.#beat ? this.#beat.at + this.#beat.lasts - now : 0;
    this.#beat = { at: now, lasts: Math.max(times.pathSilence, limits.missingBeats * pause, promised) };
  }

  /**
   * Judges the way. @param heard when the last packet of sound came, of all that is sent now; undefined without any
   * @returns whether it is silent, if that is news
   */
  look(now: number, heard: number | undefined): boolean | undefined {
    if (now - this.#looked > asleep) this.#awakeSince = now;
    this.#looked = now;
    if (this.#beat && heard !== undefined && heard > this.#beat.at) this.#beat = undefined;
    const signs = [
      ...(heard === undefined ? [] : [{ at: heard, lasts: times.pathSilence }]),
      ...(this.#beat ? [this.#beat] : []),
    ];
    const isFresh = signs.some(({ at, lasts }) => now - Math.max(at, this.#awakeSince) < lasts);
    this.#wasHeard = signs.length > 0 && (this.#wasHeard || signs.some(({ at, lasts }) => now - at < lasts));
    const isSilent = this.#wasHeard && !isFresh;
    if (isSilent === this.#isSilent) return undefined;
    return (this.#isSilent = isSilent);
  }
}

/**
 * @param isBusy bytes of a file wait to be sent, and a beat would wait behind them
 * @param isHidden nobody sees the page, and the browser wakes it seldom
 * @returns the beat to say now (N17)
 */
export function ownBeat(isBusy: boolean, isHidden: boolean): string {
  if (isBusy) return "0";
  return String(isHidden ? times.hiddenBeat : times.beat);
}
