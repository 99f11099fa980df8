// SPDX-License-Identifier: AGPL-3.0-only
/** The timers of a session: one of each name and subject. */

import type { Timer } from "../core/events.ts";

export class Timers {
  readonly #fired: (timer: Timer) => void;
  readonly #running = new Map<string, number>();

  constructor(fired: (timer: Timer) => void) {
    this.#fired = fired;
  }

  /** Starts a timer, anew if it runs already. */
  start(timer: Timer, ms: number): void {
    this.stop(timer);
    const fire = (): void => {
      this.#running.delete(nameOf(timer));
      this.#fired(timer);
    };
    this.#running.set(nameOf(timer), setTimeout(fire, ms));
  }

  stop(timer: Timer): void {
    clearTimeout(this.#running.get(nameOf(timer)));
    this.#running.delete(nameOf(timer));
  }

  stopAll(): void {
    for (const id of this.#running.values()) clearTimeout(id);
    this.#running.clear();
  }
}

const nameOf = ({ name, of }: Timer): string => `${name} ${of}`;
