// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Changes of the people that are known: shown at once, and written one after the other. What waits meanwhile is written
 * together, so that nobody makes this browser write without end.
 */

import type { People } from "../core/people.ts";
import type { Change, PeopleStore } from "../io/key-store.ts";

export class Changes {
  readonly #store: PeopleStore | undefined;
  readonly #shown: (people: People) => void;
  readonly #failed: () => void;
  /** The people as the store has them. */
  #kept: People;
  #waiting: Change[] = [];
  #isWriting = false;
  /** Changes that hold for the visit alone: over what is kept, in the order of their coming. */
  readonly #ofVisit: Change[] = [];

  /**
   * @param store undefined where nothing can be kept
   * @param shown is called with the people after each change, here or in another tab
   * @param failed is called when changes could not be kept; they hold for the visit
   */
  constructor(store: PeopleStore | undefined, people: People, shown: (people: People) => void, failed: () => void) {
    this.#store = store;
    this.#kept = people;
    this.#shown = shown;
    this.#failed = failed;
    store?.follow(() => void this.#read());
  }

  make(change: Change, isForVisit: boolean): void {
    if (!this.#store) this.#kept = change(this.#kept);
    else if (isForVisit) this.#ofVisit.push(change);
    else this.#waiting.push(change);
    this.#show();
    void this.#write();
  }

  close(): void {
    // What is being written still is; what comes later is not shown to anybody.
    this.#waiting = [];
    this.#store?.close();
  }

  #show(): void {
    this.#shown([...this.#waiting, ...this.#ofVisit].reduce((people, change) => change(people), this.#kept));
  }

  async #write(): Promise<void> {
    if (!this.#store || this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const changes = [...this.#waiting];
      try {
        this.#kept = await this.#store.change((people) => changes.reduce((found, change) => change(found), people));
      } catch {
        this.#ofVisit.push(...changes);
        this.#failed();
      }
      this.#waiting = this.#waiting.slice(changes.length);
      this.#show();
    }
    this.#isWriting = false;
  }

  async #read(): Promise<void> {
    try {
      this.#kept = (await this.#store?.people()) ?? this.#kept;
      this.#show();
    } catch {
      // What was read before still holds.
    }
  }
}
