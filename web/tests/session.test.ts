// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Client, World } from "./world.ts";

/** A repeatable source of choices. */
function choices(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const runs = { numRuns: 300 };

function share(client: Client, id: string, kind: "audio" | "video" = "audio"): void {
  client.tell({ type: "resource-added", resource: { id, kind: "track", track_kind: kind, label: id } });
}

function peerKey(client: Client, username: string): number {
  return client.session.view().peers.find((peer) => peer.username === username)?.key ?? -1;
}

describe("two people", () => {
  test("hear of each other once, and are connected only when something is asked for (M1, N2)", () => {
    const world = new World(choices(1));
    const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
    world.run();
    expect(alice.announcements).toEqual(["bob joined"]);
    expect(bob.announcements).toEqual(["alice joined"]);
    expect(alice.session.view().peers[0]?.status).toBe("unconnected");
    share(alice, "camera", "video");
    world.run();
    expect(alice.engines.size).toBe(0);
    bob.tell({ type: "resource-wanted", peer: peerKey(bob, "alice"), id: "camera" });
    world.run();
    expect(bob.receives()).toEqual(["camera"]);
    expect(bob.session.view().peers[0]?.status).toBe("connected");
    bob.tell({ type: "resource-unwanted", peer: peerKey(bob, "alice"), id: "camera" });
    world.run();
    expect(bob.receives()).toEqual([]);
  });

  test("all streams flow, whoever adds them when, in whatever order things arrive (N4 to N6)", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = choices(seed);
        const world = new World(random);
        const people = [world.add("alice", "a"), world.add("bob", "b")] as const;
        world.run(random(20));
        for (let stream = 0; stream < 10; stream++) {
          share(people[random(2) === 0 ? 0 : 1], `s${stream}`);
          world.run(random(12));
        }
        world.run();
        for (const [own, other] of [people, people.toReversed()] as [Client, Client][]) {
          const offered = other.session.view().resources.map(({ id }) => id);
          expect(own.receives().toSorted()).toEqual(offered.toSorted());
        }
      }),
      runs,
    );
  });
});

describe("losing signaling", () => {
  test("a restarted server interrupts nobody, whenever it happens (L1 to L3, L6)", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = choices(seed);
        const world = new World(random);
        const people = ["alice", "bob", "carol"].map((name) => world.add(name, name));
        people.forEach((person) => share(person, `microphone of ${person.session.view().username}`));
        world.run();
        const connections = people.flatMap(({ engines }) => [...engines.values()]);
        people.forEach((person) => (person.announcements.length = 0));
        for (let blow = 0; blow < 3; blow++) {
          share(people[random(3)] as Client, `extra ${blow}`);
          world.run(random(15));
          world.restart();
          world.run(random(30));
        }
        world.run();
        expect(people.flatMap(({ announcements }) => announcements)).toEqual([]);
        expect(people.flatMap(({ engines }) => [...engines.values()])).toEqual(connections);
        for (const person of people) {
          const offered = people.filter((other) => other !== person).flatMap(({ session }) => session.view().resources);
          expect(person.receives().toSorted()).toEqual(offered.map(({ id }) => id).toSorted());
          const waiting = [...person.timers.values()].filter(({ name }) => name !== "renew");
          expect(waiting).toEqual([]);
        }
      }),
      runs,
    );
  });

  test("what stopped while signaling was away has stopped afterwards (L6)", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = choices(seed);
        const world = new World(random);
        const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
        share(alice, "one");
        share(alice, "two");
        world.run();
        alice.tell({ type: "resource-removed", id: "one" });
        bob.tell({ type: "resource-unwanted", peer: peerKey(bob, "alice"), id: "two" });
        world.run(random(4));
        world.restart();
        world.run();
        expect(bob.receives()).toEqual([]);
        expect(bob.session.view().peers[0]?.resources.map(({ info }) => info.id)).toEqual(["two"]);
      }),
      runs,
    );
  });

  test("a client that is back before the server misses it takes over at once, by its credential (L4, R1)", () => {
    const world = new World(choices(7));
    const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
    share(alice, "microphone");
    world.run();
    const before = bob.id as number;
    world.cut(bob, false);
    world.connect(bob);
    world.run();
    expect(alice.session.view().peers).toHaveLength(1);
    share(bob, "late");
    world.run();
    expect(alice.receives()).toEqual(["late"]);
    world.reportGone(before);
    world.run();
    expect(alice.announcements).toEqual(["bob joined"]);
    expect(alice.receives()).toEqual(["late"]);
    expect(bob.receives()).toEqual(["microphone"]);
    expect(alice.timers).toEqual(new Map());
  });

  test("a second bearer of an instance with another credential is somebody else, whoever leaves when (R1)", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = choices(seed);
        const world = new World(random);
        const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
        share(bob, "microphone");
        share(alice, "voice");
        world.run();
        const key = peerKey(alice, "bob");
        const mallory = world.add("mallory", "b");
        world.run(random(40));
        if (random(2) === 0) world.cut(bob);
        world.run();
        const [first, second] = alice.session.view().peers;
        expect([first?.key, first?.username]).toEqual([key, "bob"]);
        expect(second?.username).toBe("mallory");
        world.cut(mallory);
        if (bob.id === undefined) world.connect(bob);
        world.run();
        expect(alice.receives()).toEqual(["microphone"]);
        expect(peerKey(alice, "bob")).toBe(key);
      }),
      runs,
    );
  });

  test("a peer with a working connection is waited for, one without is gone at once (L2)", () => {
    const world = new World(choices(3));
    const [alice, bob, carol] = [world.add("alice", "a"), world.add("bob", "b"), world.add("carol", "c")];
    share(bob, "microphone");
    world.run();
    world.cut(carol);
    world.run();
    expect(alice.announcements.at(-1)).toBe("carol left");
    world.cut(bob);
    world.run();
    expect(alice.session.view().peers.map(({ username, status }) => [username, status])).toEqual([
      ["bob", "reconnecting"],
    ]);
    const key = peerKey(alice, "bob");
    alice.tell({ type: "timer-fired", timer: { name: "away", of: key } });
    expect(alice.announcements.at(-1)).toBe("bob left");
    expect(alice.engines.size).toBe(0);
  });

  test("a connection that was closed ends the waiting, and one that failed does not (L5)", () => {
    const world = new World(choices(3));
    const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
    share(bob, "microphone");
    world.run();
    const peer = peerKey(alice, "bob");
    world.cut(bob);
    world.run();
    alice.tell({ type: "connection-state-changed", peer, state: "failed" });
    expect(alice.session.view().peers.map(({ status }) => status)).toEqual(["reconnecting"]);
    alice.tell({ type: "connection-closed", peer });
    expect(alice.announcements.at(-1)).toBe("bob left");
    expect(alice.timers).toEqual(new Map());
  });

  test("who closes the connection and then leaves is gone at once, though the engine takes its time (L5)", () => {
    const world = new World(choices(3));
    const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
    share(bob, "microphone");
    world.run();
    const peer = peerKey(alice, "bob");
    alice.tell({ type: "connection-closed", peer });
    alice.tell({ type: "connection-state-changed", peer, state: "disconnected" });
    world.cut(bob);
    world.run();
    expect(alice.announcements.at(-1)).toBe("bob left");
    expect(alice.timers).toEqual(new Map());
  });

  test("a peer that gave up meanwhile and one that did not meet on a new connection (N8)", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = new World(choices(seed));
        const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
        share(alice, "voice of alice");
        share(bob, "voice of bob");
        world.run();
        world.cut(bob);
        world.run();
        alice.tell({ type: "timer-fired", timer: { name: "away", of: peerKey(alice, "bob") } });
        world.connect(bob);
        world.run();
        expect(alice.receives()).toEqual(["voice of bob"]);
        expect(bob.receives()).toEqual(["voice of alice"]);
      }),
      runs,
    );
  });

  test("peers of the original, which have no instance, leave and join again", () => {
    const world = new World(choices(5));
    const [alice] = [world.add("alice", "a"), world.add("original")];
    world.run();
    world.restart();
    world.run();
    expect(alice.announcements).toEqual(["original joined", "original left", "original joined"]);
  });
});

describe("who is there", () => {
  test("an id that does not identify itself is announced after a while (L7)", () => {
    const world = new World(choices(1));
    const alice = world.add("alice", "a");
    world.run();
    alice.tell({ type: "packet-received", packet: { client_join: { id: 99 } } });
    expect(alice.session.view().peers).toEqual([]);
    expect([...alice.timers.values()]).toEqual([{ name: "appear", of: 99 }]);
    alice.tell({ type: "timer-fired", timer: { name: "appear", of: 99 } });
    expect(alice.session.view().peers).toMatchObject([{ username: "", status: "unconnected" }]);
    alice.tell({ type: "message-relayed", sender: 99, message: { identify: { username: "late" } } });
    expect(alice.session.view().peers).toMatchObject([{ username: "late" }]);
  });

  test("messages of strangers and unexpected kinds change nothing (M5)", () => {
    const world = new World(choices(1));
    const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
    world.run();
    const before = alice.session.view();
    alice.tell({ type: "message-relayed", sender: 1234, message: { identify: { username: "ghost" } } });
    bob.tell({ type: "resource-removed", id: "never offered" });
    const bySealedBob = { type: "message-relayed", sender: bob.id as number, credential: "key of bob" } as const;
    alice.tell({ ...bySealedBob, message: { request: { id: "nothing" } } });
    alice.tell({ ...bySealedBob, message: { answer: "v=0" } });
    world.run();
    expect(alice.session.view()).toEqual(before);
    expect(alice.session.ignoredMessages).toBe(1);
    expect(alice.engines.size).toBe(0);
  });

  test("a rename reaches everybody", () => {
    const world = new World(choices(1));
    const [alice, bob] = [world.add("alice", "a"), world.add("bob", "b")];
    world.run();
    alice.tell({ type: "renamed", username: "Alice B." });
    world.run();
    expect(bob.session.view().peers).toMatchObject([{ username: "Alice B." }]);
  });
});
