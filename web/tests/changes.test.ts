// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test, vi } from "vitest";
import type { People, Person } from "../src/core/people.ts";
import type { Change, PeopleStore } from "../src/io/key-store.ts";
import { Changes } from "../src/state/changes.ts";

const bob: Person = { credential: "key of bob", username: "bob", first_seen: "2026-11-01", last_seen: "2026-11-01" };
const named =
  (petname: string): Change =>
  (people) =>
    new Map([...people, [bob.credential, { ...bob, petname }]]);

/** A store whose writes end when the test says so. */
class SlowStore implements PeopleStore {
  kept: People = new Map();
  writes = 0;
  readonly #waiting: (() => void)[] = [];

  people = (): Promise<People> => Promise.resolve(this.kept);
  follow = (): void => undefined;
  close = (): void => undefined;

  async change(change: Change): Promise<People> {
    this.writes += 1;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return (this.kept = change(this.kept));
  }

  async finish(): Promise<void> {
    this.#waiting.shift()?.();
    await vi.waitFor(() => undefined);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe("changes of people", () => {
  test("are shown at once, stay, and are written together", async () => {
    const [store, shown] = [new SlowStore(), vi.fn<(people: People) => void>()];
    const changes = new Changes(store, new Map(), shown, () => undefined);
    for (const name of ["one", "two", "three", "four"]) changes.make(named(name), false);
    expect(shown.mock.lastCall?.[0].get(bob.credential)?.petname).toBe("four");
    await store.finish();
    // What waits is still shown, and not what the store has.
    expect(shown.mock.lastCall?.[0].get(bob.credential)?.petname).toBe("four");
    await store.finish();
    expect(store.kept.get(bob.credential)?.petname).toBe("four");
    expect(store.writes).toBe(2);
  });

  test("that cannot be kept hold for the visit, and are told", async () => {
    const [shown, failed] = [vi.fn<(people: People) => void>(), vi.fn<() => void>()];
    const store: PeopleStore = {
      people: () => Promise.resolve(new Map()),
      change: () => Promise.reject(new Error("full")),
      follow: () => undefined,
      close: () => undefined,
    };
    new Changes(store, new Map(), shown, failed).make(named("one"), false);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
    expect(shown.mock.lastCall?.[0].get(bob.credential)?.petname).toBe("one");
  });

  test("of the visit are made once each, and anew only when what is kept changes", async () => {
    const [store, shown] = [new SlowStore(), vi.fn<(people: People) => void>()];
    const changes = new Changes(store, new Map(), shown, () => undefined);
    const made = vi.fn<(petname: string) => void>();
    const counted = (name: string): Change => {
      const change = named(name);
      return (people) => (made(name), change(people));
    };
    for (let number = 0; number < 100; number++) changes.make(counted(`name ${number}`), true, bob.credential);
    expect(made).toHaveBeenCalledTimes(100);
    made.mockClear();
    const amy = { ...bob, credential: "key of amy" };
    changes.make((people) => new Map([...people, [amy.credential, amy]]), false);
    await store.finish();
    // Shown with what is to be written and with what is, the last name lies over it.
    expect(made.mock.calls).toEqual([["name 99"], ["name 99"]]);
    expect(shown.mock.lastCall?.[0].get(bob.credential)?.petname).toBe("name 99");
    expect([...store.kept.keys()]).toEqual([amy.credential]);
  });

  test("that are to be kept take the place of those of the visit with their key", async () => {
    const [store, shown] = [new SlowStore(), vi.fn<(people: People) => void>()];
    const changes = new Changes(store, new Map(), shown, () => undefined);
    changes.make(named("once"), true, bob.credential);
    changes.make(named("now"), false, bob.credential);
    await store.finish();
    expect(shown.mock.lastCall?.[0].get(bob.credential)?.petname).toBe("now");
  });
});
