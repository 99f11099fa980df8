// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/roster.json: whom members see, and what they tell each other of it (Y15 to Y18). */

import { describe, expect, test } from "vitest";
import type { Identify } from "../src/core/pairing-orders.ts";
import type { RelayMessage } from "../src/core/relay-messages.ts";
import { Roster } from "../src/core/roster.ts";
import type { CheckStatement, RosterOrder } from "../src/core/roster-orders.ts";
import { readVectors } from "./vectors.ts";

type Step = { readonly orders: readonly RosterOrder[]; readonly ignored: number } & (
  | { readonly do: "joined" | "left"; readonly client: number }
  | { readonly do: "lost" | "fired" }
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
