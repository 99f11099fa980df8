// SPDX-License-Identifier: AGPL-3.0-only
/** The rate of something, over the last few seconds. */

const span = 5_000;

export class Rate {
  #samples: { readonly at: number; readonly total: number }[] = [];

  /** @param total so far @param now in milliseconds */
  add(total: number, now: number): void {
    const recent = this.#samples.filter(({ at }) => now - at <= span);
    // Ten samples a second are plenty.
    const before = recent.at(-2);
    if (before && now - before.at < 100) recent.pop();
    this.#samples = [...recent, { at: now, total }];
  }

  /** Units a second; 0 before there are two samples. */
  get perSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return ((last.total - first.total) / (last.at - first.at)) * 1000;
  }
}
