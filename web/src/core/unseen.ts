// SPDX-License-Identifier: AGPL-3.0-only
/** The pictures that nobody sees: after a while they are not asked for, and at once again when they come into view. */

/** The time out of view after which a picture is given up, in milliseconds. */
const patience = 5_000;
/** The time between giving the same picture up twice: each time is an offer and an answer. */
const rarely = 20_000;

/** A picture of a peer that the person wants. */
export interface Viewed {
  readonly key: string;
  readonly isVisible: boolean;
}

export class Unseen {
  readonly #since = new Map<string, number>();
  readonly #given = new Map<string, number>();

  /** @returns the pictures that are not to be asked for at `now`, in milliseconds */
  look(pictures: readonly Viewed[], now: number): ReadonlySet<string> {
    const keys = new Set(pictures.map(({ key }) => key));
    for (const map of [this.#since, this.#given]) for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
    return new Set(pictures.filter((picture) => this.#isGivenUp(picture, now)).map(({ key }) => key));
  }

  #isGivenUp({ key, isVisible }: Viewed, now: number): boolean {
    const since = this.#since.get(key);
    if (isVisible || since === undefined) {
      if (isVisible) this.#since.delete(key);
      else this.#since.set(key, now);
      return false;
    }
    const given = this.#given.get(key);
    // It was given up since it went out of view.
    if (given !== undefined && given >= since) return true;
    if (now - since < patience || (given !== undefined && now - given < rarely)) return false;
    this.#given.set(key, now);
    return true;
  }
}
