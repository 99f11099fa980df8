// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/roster.json: whom members see, and what they tell each other of it (Y15 to Y18). */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Identify } from "../src/core/pairing-orders.ts";
import type { RelayMessage } from "../src/core/relay-messages.ts";
import { Roster } from "../src/core/roster.ts";
import type { CheckStatement, RosterOrder } from "../src/core/roster-orders.ts";
import { type Member, Room } from "./rosters.ts";
import { readVectors } from "./vectors.ts";

type Step = { readonly orders: readonly RosterOrder[]; readonly ignored: number } & (
  | { readonly do: "joined" | "left"; readonly client: number }
  | { readonly do: "lost" }
  | { readonly do: "fired"; readonly heard?: readonly number[] }
  | { readonly do: "named"; readonly username: string }
  | { readonly do: "said"; readonly client: number; readonly message: Identify }
  | { readonly do: "checked"; readonly check: CheckStatement; readonly is_signed: boolean }
  | { readonly do: "hashed"; readonly version: number; readonly digest: string }
  | {
      readonly do: "met";
      readonly client: number;
      readonly credential: string;
      readonly instance: string;
      readonly is_complete: boolean;
    }
  | {
      readonly do: "heard";
      readonly client: number;
      readonly message: RelayMessage;
      readonly credential: string;
      readonly arrived: readonly (readonly [number, number])[];
    }
);

const { traces } = readVectors<{ traces: { name: string; instance: string; steps: Step[] }[] }>("roster");

function take(roster: Roster, step: Step): RosterOrder[] {
  switch (step.do) {
    case "joined":
    case "left":
      return roster[step.do](step.client);
    case "named":
      return roster.named(step.username);
    case "said":
      return roster.said(step.client, step.message);
    case "checked":
      return roster.checked(step.check, step.is_signed);
    case "hashed":
      return roster.hashed(step.version, step.digest);
    case "met":
      return roster.met(step.client, step.credential, step.instance, step.is_complete);
    case "heard":
      return roster.heard(step.client, step.message, step.credential, new Map(step.arrived));
    case "fired":
      return roster.fired(step.heard ?? []);
    default:
      return roster[step.do]();
  }
}

describe("roster", () => {
  test.each(traces)("$name", ({ instance, steps }) => {
    const roster = new Roster(instance);
    for (const step of steps) {
      expect(take(roster, step)).toEqual(step.orders);
      expect(roster.ignored).toBe(step.ignored);
    }
  });
});

const moments = fc.array(
  fc.record({
    act: fc.constantFrom("join", "reconnect", "rename", "chat", "leave", "notice"),
    who: fc.nat({ max: 3 }),
    taken: fc.nat({ max: 10 }),
    read: fc.nat({ max: 10 }),
    pauses: fc.nat({ max: 5 }),
  }),
  { minLength: 1, maxLength: 8 },
);

function act(room: Room, what: string, member: Member): void {
  if (what === "join" && room.members.length < 5) room.join("dora");
  else if (what === "reconnect") room.reconnect(member);
  else if (what === "rename") member.rename(`${member.name} again`);
  else if (what === "chat") member.say({ chat: { text: "hello" } });
  else if (what === "leave" && room.members.length > 2) room.leave(member);
  else if (what === "notice") room.notice();
}

describe("an honest room", () => {
  test("warns nobody, whoever comes, goes, is lost, renames itself or stands still in the middle of it", () => {
    fc.assert(
      fc.property(moments, (all) => {
        const room = new Room();
        for (const name of ["alice", "bob", "carol"]) room.join(name);
        room.passTime(2);
        for (const { act: what, who, taken, read, pauses } of all) {
          const still = who % room.members.length;
          const member = room.members[still];
          if (member) act(room, what, member);
          room.goOn(still);
          room.members[still]?.take(taken);
          room.read(still, read);
          for (let pause = 0; pause < pauses; pause++) {
            room.goOn(still);
            for (const [at, each] of room.members.entries()) if (at !== still) each.fire();
          }
        }
        room.passTime();
        for (const { warnings } of [...room.members, ...room.left]) expect(warnings).toEqual([]);
        expect(new Set(room.members.map(({ hash }) => hash)).size).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  test.each([false, true])("of two has the call for a witness, if there is one: %s", (isTalking) => {
    const room = new Room();
    const [alice, bob] = [room.join("alice"), room.join("bob")];
    for (const member of room.members) member.isTalking = isTalking;
    room.passTime();
    room.isWithheld = (client, packet) => client === alice.id && "from" in packet;
    bob.rename("robert");
    room.passTime(48);
    expect(alice.warnings).toEqual(isTalking ? [{ type: "warn", client: bob.id, about: "unheard" }] : []);
    expect(bob.warnings).toEqual([]);
  });
});
