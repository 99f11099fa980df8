// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/room-code.json: one code for the room, and what each says for it (Y20 to Y22). */

import { describe, expect, test } from "vitest";
import type { PairTimer } from "../src/core/pairing-orders.ts";
import { RoomCode } from "../src/core/room-code.ts";
import type { CodeMember, CodeMessage, RoomCodeOrder } from "../src/core/room-code-orders.ts";
import { readVectors } from "./vectors.ts";

type Step = { readonly orders: readonly RoomCodeOrder[]; readonly ignored: number } & (
  | { readonly do: "named"; readonly own: CodeMember }
  | { readonly do: "entered"; readonly client: number; readonly member: CodeMember }
  | { readonly do: "left"; readonly client: number }
  | { readonly do: "lost" | "stopped" }
  | { readonly do: "started"; readonly run: string }
  | { readonly do: "settled"; readonly matches: boolean }
  | { readonly do: "heard"; readonly client: number; readonly message: CodeMessage }
  | { readonly do: "committed"; readonly run: string; readonly commitment: string; readonly nonce: string }
  | { readonly do: "checked"; readonly run: string; readonly client: number; readonly fits: boolean }
  | { readonly do: "made"; readonly run: string; readonly code: string }
  | { readonly do: "fired"; readonly timer: PairTimer; readonly run: string }
);

const { traces } = readVectors<{ traces: { name: string; steps: Step[] }[] }>("room-code");

function take(machine: RoomCode, step: Step): RoomCodeOrder[] {
  switch (step.do) {
    case "named":
      return machine.named(step.own);
    case "entered":
      return machine.entered(step.client, step.member);
    case "left":
      return machine.left(step.client);
    case "started":
      return machine.started(step.run);
    case "settled":
      return machine.settled(step.matches);
    case "heard":
      return machine.heard(step.client, step.message);
    case "committed":
      return machine.committed(step.run, step.commitment, step.nonce);
    case "checked":
      return machine.checked(step.run, step.client, step.fits);
    case "made":
      return machine.made(step.run, step.code);
    case "fired":
      return machine.fired(step.timer, step.run);
    default:
      return machine[step.do]();
  }
}

describe("the code of a room", () => {
  test.each(traces)("$name", ({ steps }) => {
    const machine = new RoomCode();
    for (const step of steps) {
      expect(take(machine, step)).toEqual(step.orders);
      expect(machine.ignored).toBe(step.ignored);
    }
  });
});
