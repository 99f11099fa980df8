// SPDX-License-Identifier: AGPL-3.0-only
/** The timers of a machine: one of each name and subject. */

/** A timer: what it is for, and whom it is about. */
interface Timer {
  readonly name: string;
  readonly of?: number;
}

export class Timers<T extends Timer> {
  readonly #fired: (timer: T) => void;
  readonly #running = new Map<string, number>();

  constructor(fired: (timer: T) => void) {
    this.#fired = fired;
  }

  /** Starts a timer, anew if it runs already. */
  start(timer: T, ms: number): void {
    this.stop(timer);
    const fire = (): void => {
      this.#running.delete(nameOf(timer));
      this.#fired(timer);
    };
    this.#running.set(nameOf(timer), setTimeout(fire, ms));
  }

  stop(timer: T): void {
    clearTimeout(this.#running.get(nameOf(timer)));
    this.#running.delete(nameOf(timer));
  }

  stopAll(): void {
    for (const id of this.#running.values()) clearTimeout(id);
    this.#running.clear();
  }
}

const nameOf = ({ name, of }: Timer): string => `${name} ${of}`;
