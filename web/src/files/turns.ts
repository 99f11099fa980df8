// SPDX-License-Identifier: AGPL-3.0-only

/** Turns, of which some are taken at a time; whoever comes later waits in order. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#free = most;
  }

  /**
   * @param begin is called when the turn has come, perhaps at once
   * @returns what gives the turn back, or the place in the queue, to be called once
   */
  take(begin: () => void): () => void {
    const done = (): void => {
      if (!this.#waiting.delete(begin)) this.#passOn();
    };
    if (this.#free === 0) {
      this.#waiting.add(begin);
      return done;
    }
    this.#free--;
    begin();
    return done;
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
