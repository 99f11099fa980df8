// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/pairing.json: how members are spoken to, in the open or sealed (Y10 to Y13). */

import { describe, expect, test } from "vitest";
import { Pairing } from "../src/core/pairing.ts";
import type { PairingOrder, PairTimer } from "../src/core/pairing-orders.ts";
import type { RelayMessage } from "../src/core/relay-messages.ts";
import { readVectors } from "./vectors.ts";

type Step = { readonly orders: readonly PairingOrder[]; readonly ignored: number } & (
  | { readonly do: "joined" | "left" | "failed" | "broken"; readonly client: number }
  | { readonly do: "lost" }
  | { readonly do: "asked"; readonly line: string }
  | { readonly do: "said"; readonly message: RelayMessage; readonly recipient?: number }
  | { readonly do: "hello_said"; readonly client: number; readonly nonce: string }
  | { readonly do: "heard" | "opened"; readonly client: number; readonly message: RelayMessage }
  | {
      readonly do: "met";
      readonly client: number;
      readonly credential: string;
      readonly is_complete: boolean;
      readonly wants?: string[];
    }
  | { readonly do: "fired"; readonly timer: PairTimer }
);

const { traces } = readVectors<{ traces: { name: string; features: string[]; steps: Step[] }[] }>("pairing");

function take(pairing: Pairing, step: Step): PairingOrder[] {
  switch (step.do) {
    case "lost":
      return pairing.lost();
    case "asked":
      return pairing.asked(step.line);
    case "said":
      return pairing.said(step.message, step.recipient);
    case "hello_said":
      return pairing.helloSaid(step.client, step.nonce);
    case "heard":
    case "opened":
      return pairing[step.do](step.client, step.message);
    case "met":
      return pairing.met(step.client, step.credential, step.is_complete, step.wants);
    case "fired":
      return pairing.fired(step.timer);
    default:
      return pairing[step.do](step.client);
  }
}

describe("pairing", () => {
  test.each(traces)("$name", ({ features, steps }) => {
    const pairing = new Pairing(features);
    for (const step of steps) {
      expect(take(pairing, step)).toEqual(step.orders);
      expect(pairing.ignored).toBe(step.ignored);
    }
  });
});
