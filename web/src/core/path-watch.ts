// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The watch on the way to a peer: whether it comes up (N9), and what came over it still comes (N15, N17). Knows no clock.
 */

import { limits, times } from "./limits.ts";

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

/** A sign of life: when it came, and how long it is good for. */
interface Sign {
  readonly at: number;
  readonly lasts: number;
}

/** Watches one connection. All times are in milliseconds, of one clock. */
export class PathWatch {
  #looked = -Infinity;
  #awakeSince = -Infinity;
  /** The last beat; undefined where none is promised. */
  #beat: Sign | undefined;
  /** Whether it was overdue at the last look. */
  #wasOverdue = false;
  /** For how long bytes that have come stand for it; 0 for none. */
  #bytesLast = 0;
  /** When the last bytes of a file came. */
  #arrived = -Infinity;
  /** Whether something has come in time: clocks of some engines may differ from this one. */
  #wasHeard = false;
  #isSilent = false;

  /** Whether something came, until now. */
  get isHeard(): boolean {
    return this.#wasHeard && !this.#isSilent;
  }

  /**
   * Takes a beat. Texts that are none are ignored. Who sends bytes promises nothing meanwhile. The way may end right
   * after that, so it stands for as long as the bytes before, unless they are overdue already: then none are to come.
   */
  beat(now: number, text: string): void {
    const pause = /^[0-9]{1,4}$/.test(text) ? Number(text) : Infinity;
    if (pause > times.longestBeat) return;
    const lasts = pause > 0 ? limits.missingBeats * pause : this.#bytesLast;
    const isPromised = pause > 0 || now - this.#arrived < this.#bytesLast;
    this.#beat = isPromised ? { at: now, lasts } : undefined;
  }

  /** Takes note of bytes of a file: while many come, no beat does, and they stand for beats. */
  arrived(now: number): void {
    const pause = now - this.#arrived;
    this.#arrived = now;
    this.#bytesLast = pause <= times.longestBeat ? Math.max(times.pathSilence, limits.missingBeats * pause) : 0;
    if (this.#bytesLast === 0) return;
    const promised = this.#beat ? this.#beat.at + this.#beat.lasts - now : 0;
    this.#beat = { at: now, lasts: Math.max(this.#bytesLast, promised) };
  }

  /**
   * Judges the way. @param heard when the last packet of sound came, of all that is sent now; undefined without any
   * @returns whether it is silent, if that is news
   */
  look(now: number, heard: number | undefined): boolean | undefined {
    const isLate = now - this.#looked > times.lateLook;
    if (now - this.#looked > asleep) this.#awakeSince = now;
    this.#looked = now;
    if (this.#beat && heard !== undefined && heard > this.#beat.at) this.#beat = undefined;
    const sound = heard === undefined ? undefined : { at: heard, lasts: times.pathSilence };
    const signs = [sound, this.#beat].filter((sign) => sign !== undefined);
    const isInTime = signs.some(({ at, lasts }) => now - at < lasts);
    // Overdue, it may yet have come and wait behind a look that was held up as well.
    const isOverdue = this.#beat !== undefined && !this.#isFresh(this.#beat, now);
    const mayWait = isOverdue && isLate && !this.#wasOverdue;
    this.#wasOverdue = isOverdue;
    const isFresh = mayWait || signs.some((sign) => this.#isFresh(sign, now));
    this.#wasHeard = signs.length > 0 && (this.#wasHeard || isInTime);
    const isSilent = this.#wasHeard && !isFresh;
    if (isSilent === this.#isSilent) return undefined;
    return (this.#isSilent = isSilent);
  }

  #isFresh({ at, lasts }: Sign, now: number): boolean {
    return now - Math.max(at, this.#awakeSince) < lasts;
  }
}
