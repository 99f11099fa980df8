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

/** What the beats of one connection promise, and the bytes of files that stand for them. */
class Beats {
  /** The last one; undefined where none is promised. */
  sign: Sign | undefined;
  /** For how long the last one was good that promised something; undefined where none has come at all. */
  #promised: number | undefined;
  /** For how long bytes that have come stand for one; 0 for none. */
  #bytesLast = 0;
  /** When the last bytes came. */
  #arrived = -Infinity;

  take(now: number, text: string): void {
    const pause = /^[0-9]{1,4}$/.test(text) ? Number(text) : Infinity;
    if (pause > times.longestBeat) return;
    const lasts = limits.missingBeats * pause;
    this.#promised = lasts || (this.#promised ?? times.pathSilence);
    const isPromised = lasts > 0 || now - this.#arrived < this.#bytesLast;
    this.sign = isPromised ? { at: now, lasts: lasts || this.#bytesLast } : undefined;
  }

  arrived(now: number): void {
    const pause = now - this.#arrived;
    this.#arrived = now;
    this.#bytesLast = 0;
    if (this.#promised === undefined || pause > times.longestBeat) return;
    this.#bytesLast = Math.max(this.#promised, limits.missingBeats * pause);
    this.sign = { at: now, lasts: this.#bytesLast };
  }

  end(): void {
    this.sign = this.#promised = undefined;
    this.#bytesLast = 0;
  }
}

/** Watches one connection. All times are in milliseconds, of one clock. */
export class PathWatch {
  #looked = -Infinity;
  #awakeSince = -Infinity;
  readonly #beats = new Beats();
  /** Whether a beat was overdue at the last look. */
  #wasOverdue = false;
  /** The last packet of sound that ended while beats came: it is not missed. */
  #endedSound: number | undefined;
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
    this.#beats.take(now, text);
  }

  /**
   * Takes note of bytes of a file: while many come, no beat does, and they stand for beats. They do so for as long as a
   * beat would, and of who has said one alone: after the others' last bytes none comes.
   */
  arrived(now: number): void {
    this.#beats.arrived(now);
  }

  /** Takes note that no beat can come any more: the channel for them has closed. */
  beatsEnded(): void {
    this.#beats.end();
  }

  /**
   * Judges the way. @param heard when the last packet of sound came, of all that is sent now; undefined without any
   * @returns whether it is silent, if that is news
   */
  look(now: number, heard: number | undefined): boolean | undefined {
    const isLate = now - this.#looked > times.lateLook;
    if (now - this.#looked > asleep) this.#awakeSince = now;
    this.#looked = now;
    const signs = this.#signs(now, heard);
    const isInTime = signs.some(({ at, lasts }) => now - at < lasts);
    this.#wasHeard = signs.length > 0 && (this.#wasHeard || isInTime);
    const isFresh = this.#mayWait(now, isLate) || signs.some((sign) => this.#isFresh(sign, now));
    const isSilent = this.#wasHeard && !isFresh;
    if (isSilent === this.#isSilent) return undefined;
    return (this.#isSilent = isSilent);
  }

  /** The signs of life that count: sound takes the place of a beat beside it, and beats that of sound that has ended. */
  #signs(now: number, heard: number | undefined): Sign[] {
    const isSound = heard !== undefined && heard !== this.#endedSound;
    const sound = isSound ? { at: heard, lasts: times.pathSilence } : undefined;
    if (sound && this.#beats.sign && sound.at + times.beat > this.#beats.sign.at) this.#beats.sign = undefined;
    const beat = this.#beats.sign;
    const hasEnded = sound && beat && this.#isFresh(beat, now) && !this.#isFresh(sound, now);
    if (hasEnded) this.#endedSound = heard;
    return [hasEnded ? undefined : sound, beat].filter((sign) => sign !== undefined);
  }

  #isFresh({ at, lasts }: Sign, now: number): boolean {
    return now - Math.max(at, this.#awakeSince) < lasts;
  }

  /** Whether a beat that is overdue may yet have come, and wait behind a look that was held up as well. */
  #mayWait(now: number, isLate: boolean): boolean {
    const wasOverdue = this.#wasOverdue;
    const beat = this.#beats.sign;
    this.#wasOverdue = beat !== undefined && !this.#isFresh(beat, now);
    return isLate && this.#wasOverdue && !wasOverdue;
  }
}
