// SPDX-License-Identifier: AGPL-3.0-only
/** Whom a stay has met (Y14). */

import { effect, signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { mostNew, type People } from "../src/core/people.ts";
import type { Change, PeopleStore } from "../src/io/key-store.ts";

/** The parts of `Acquaintances` that are used here. Named so, since the page's other parts have a browser's types. */
interface UsedAcquaintances {
  readonly people: { readonly value: People };
  forget(credential: string): void;
}
interface Opening {
  open(state: object, scope: string, roomHash: string): Promise<UsedAcquaintances>;
}
interface Peer {
  readonly key: number;
  readonly credential: string;
  readonly username: string;
  readonly features: ReadonlySet<string>;
}

/** A store that is always ready. */
class Store implements PeopleStore {
  kept: People = new Map();

  people = (): Promise<People> => Promise.resolve(this.kept);
  follow = (): void => undefined;
  close = (): void => undefined;
  change = (change: Change): Promise<People> => Promise.resolve((this.kept = change(this.kept)));
}

vi.mock("../src/io/key-store.ts", () => ({
  openKept: (scope: string) => {
    const signingKey = { credential: { text: "my own" } };
    return Promise.resolve({ scope, signingKey, people: new Map(), store: new Store() });
  },
}));
const module = "../src/state/acquaintances.ts";
const { Acquaintances } = (await import(module)) as { Acquaintances: Opening };

const peer = (key: number, username = `guest ${key}`): Peer => ({
  key,
  credential: `key ${key}`,
  username,
  features: new Set(),
});

async function meeting(scope: string): Promise<{ who: UsedAcquaintances; meet: (...peers: Peer[]) => void }> {
  const session = signal<{ peers: readonly Peer[] }>({ peers: [] });
  const identities = signal(new Map());
  const setIdentities = (found: Map<number, unknown>): void => void (identities.value = found);
  const who = await Acquaintances.open({ session, identities, setIdentities }, scope, "room");
  return { who, meet: (...peers) => void (session.value = { peers }) };
}

test.each(["visit", "everywhere"])(
  "beyond the strangers that a stay keeps nobody costs anything (%s)",
  async (scope) => {
    const { who, meet } = await meeting(scope);
    for (let key = 0; key < mostNew; key++) meet(peer(key));
    expect(who.people.value.size).toBe(mostNew);
    const changed = vi.fn<(people: People) => void>();
    effect(() => changed(who.people.value));
    // What was made is written first.
    await new Promise((resolve) => setTimeout(resolve));
    changed.mockClear();
    for (let key = mostNew; key < 3 * mostNew; key++) meet(peer(key));
    await new Promise((resolve) => setTimeout(resolve));
    expect(changed).not.toHaveBeenCalled();
    // One who is forgotten makes room for one who comes now.
    who.forget("key 7");
    meet(peer(1000));
    expect(who.people.value.has("key 1000")).toBe(true);
    expect(who.people.value.size).toBe(mostNew);
  },
);

test("whoever was met in this visit alone can be forgotten", async () => {
  const { who, meet } = await meeting("visit");
  meet(peer(1), peer(2));
  who.forget("key 1");
  expect([...who.people.value.keys()]).toEqual(["key 2"]);
  await new Promise((resolve) => setTimeout(resolve));
  expect([...who.people.value.keys()]).toEqual(["key 2"]);
});
