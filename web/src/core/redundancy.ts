// SPDX-License-Identifier: AGPL-3.0-only
/** Decides when each packet of sound repeats the one before (N16): that doubles what sound takes of the upload. */

/** The lost part of what is sent, from which on repeating is worth its cost. */
const much = 0.03;
/** The lost part below which nobody hears a difference: Opus mends so little by itself. */
const little = 0.01;
/** The time that a way has to be good, and the longest such time, in milliseconds: each change is a negotiation. */
const firstCalm = 30_000;
const longestCalm = 600_000;

export class Redundancy {
  #isWanted = false;
  #calm = firstCalm;
  /** When the way became good. */
  #goodSince: number | undefined;

  /**
   * @param lost the part that was lost of late, 0 to 1
   * @param now in milliseconds
   * @returns whether packets are to repeat the ones before
   */
  look(lost: number, now: number): boolean {
    if (lost >= little) this.#goodSince = undefined;
    else this.#goodSince ??= now;
    if (!this.#isWanted && lost >= much) this.#isWanted = true;
    else if (this.#isWanted && this.#goodSince !== undefined && now - this.#goodSince >= this.#calm) {
      this.#isWanted = false;
      // A way that is bad again and again is not trusted so soon the next time.
      this.#calm = Math.min(longestCalm, this.#calm * 2);
    }
    return this.#isWanted;
  }
}
