// SPDX-License-Identifier: AGPL-3.0-only
/** The people who are speaking, by how loud they are: on above a threshold, off after a moment of quiet. */

const holdMs = 400;

export class ActivityDetector<Key> {
  readonly #threshold: () => number;
  readonly #lastLoud = new Map<Key, number>();

  /** @param threshold level from 0 to 1, asked for each time */
  constructor(threshold: () => number) {
    this.#threshold = threshold;
  }

  /** @returns whoever counts as speaking at `now` (ms). */
  update(levels: Iterable<readonly [Key, number]>, now: number): Set<Key> {
    const threshold = this.#threshold();
    for (const [key, level] of levels) if (level >= threshold) this.#lastLoud.set(key, now);
    for (const [key, at] of this.#lastLoud) if (now - at > holdMs) this.#lastLoud.delete(key);
    return new Set(this.#lastLoud.keys());
  }
}
