// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Finds out whether a person talks while nobody can hear it, from how loud their microphones are at each look. Looks come
 * ten times a second; a browser that takes fewer of a hidden page has the person talk for longer.
 */

/** The looks that are judged together. */
const window = 25;
/** Looks of a window that are loud when somebody talks. A cough, a door or some keys are over sooner. */
const loudLooks = 10;
/** The part of a window in which also who talks makes a pause, for breath or between syllables. */
const pauses = 0.2;
/** How much louder a voice is than what is there in its pauses. Fans and music of one loudness are not. */
const contrast = 3;
/** A level that nobody hears, whatever the threshold is. */
const silence = 0.001;
/** The looks after which it may be told again: five minutes. */
const rest = 3_000;

export class MutedTalk {
  readonly #levels: number[] = [];
  #wasTold = false;
  #untilAgain = 0;

  /**
   * @param level of the muted microphones, 0 to 1; nothing while one is heard, or none is shared
   * @param threshold what counts as loud at all
   * @returns whether the person is to be told now: once for each time that the microphones are muted, and not often
   */
  look(level: number | undefined, threshold: number): boolean {
    this.#untilAgain--;
    if (level === undefined) {
      this.#levels.length = 0;
      this.#wasTold = false;
      return false;
    }
    this.#levels.push(level);
    if (this.#levels.length > window) this.#levels.shift();
    if (this.#wasTold || this.#untilAgain > 0 || !this.#isTalk(threshold)) return false;
    this.#wasTold = true;
    this.#untilAgain = rest;
    return true;
  }

  #isTalk(threshold: number): boolean {
    if (this.#levels.length < window) return false;
    const quiet = this.#levels.toSorted((one, other) => one - other)[Math.floor(window * pauses)] ?? 0;
    const least = Math.max(threshold, quiet * contrast, silence);
    return this.#levels.filter((level) => level >= least).length >= loudLooks;
  }
}
