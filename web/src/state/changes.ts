// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Changes of the people that are known: shown at once, and written one after the other. What waits meanwhile is written
 * together, so that nobody makes this browser write without end.
 */

import type { People } from "../core/people.ts";
import type { Change, PeopleStore } from "../io/key-store.ts";

interface Made {
  readonly change: Change;
  readonly key: unknown;
}

export class Changes {
  readonly #store: PeopleStore | undefined;
  readonly #shown: (people: People) => void;
  readonly #failed: () => void;
  /** The people as the store has them. */
  #kept: People;
  /** The people with all changes. */
  #now: People;
  #waiting: Made[] = [];
  #isWriting = false;
  /** Changes that hold for the visit alone, by their keys: over what is kept, in the order of their coming. */
  readonly #ofVisit = new Map<unknown, Change>();

  /**
   * @param store undefined where nothing can be kept
   * @param shown is called with the people after each change, here or in another tab
   * @param failed is called when changes could not be kept; they hold for the visit
   */
  constructor(store: PeopleStore | undefined, people: People, shown: (people: People) => void, failed: () => void) {
    this.#store = store;
    this.#kept = people;
    this.#now = people;
    this.#shown = shown;
    this.#failed = failed;
    store?.follow(() => void this.#read());
  }

  /** @param key of a change that says all that earlier ones of this key said: for the visit only the last one counts */
  make(change: Change, isForVisit: boolean, key: unknown = change): void {
    if (!this.#store) this.#kept = change(this.#kept);
    else if (isForVisit) this.#holdForVisit({ change, key });
    else {
      // It would come back on what is kept.
      this.#ofVisit.delete(key);
      this.#waiting.push({ change, key });
    }
    // What holds for the visit comes last, and only what is kept below it moves all of that.
    if (isForVisit || this.#ofVisit.size === 0) this.#show(change(this.#now));
    else this.#showAnew();
    void this.#write();
  }

  /** Takes back what holds for the visit alone under a key; the next change shows it. */
  drop(key: unknown): void {
    this.#ofVisit.delete(key);
  }

  close(): void {
    // What is being written still is; what comes later is not shown to anybody.
    this.#waiting = [];
    this.#store?.close();
  }

  #holdForVisit({ change, key }: Made): void {
    // It goes to the end.
    this.#ofVisit.delete(key);
    this.#ofVisit.set(key, change);
  }

  #show(people: People): void {
    this.#now = people;
    this.#shown(people);
  }

  #showAnew(): void {
    const changes = [...this.#waiting.map(({ change }) => change), ...this.#ofVisit.values()];
    this.#show(changes.reduce((people, change) => change(people), this.#kept));
  }

  async #write(): Promise<void> {
    if (!this.#store || this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const made = [...this.#waiting];
      try {
        this.#kept = await this.#store.change((people) => made.reduce((found, { change }) => change(found), people));
      } catch {
        for (const each of made) this.#holdForVisit(each);
        this.#failed();
      }
      this.#waiting = this.#waiting.slice(made.length);
      this.#showAnew();
    }
    this.#isWriting = false;
  }

  async #read(): Promise<void> {
    try {
      this.#kept = (await this.#store?.people()) ?? this.#kept;
      this.#showAnew();
    } catch {
      // What was read before still holds.
    }
  }
}
