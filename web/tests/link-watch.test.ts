// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/link-watch.json. */

import { describe, expect, test } from "vitest";
import { type LinkOrder, LinkWatch } from "../src/core/link-watch.ts";
import { readVectors } from "./vectors.ts";

type Step = { readonly orders: readonly LinkOrder[] } & (
  | { readonly do: "opened" | "entered" | "left" | "heard" | "probe" }
  | { readonly do: "sent"; readonly bytes: number }
  | { readonly do: "ticked"; readonly buffered: number }
  | { readonly do: "returned"; readonly number: number; readonly known: boolean }
);

const { traces } = readVectors<{ traces: { name: string; steps: Step[] }[] }>("link-watch");

function take(watch: LinkWatch, step: Step): LinkOrder[] | void {
  switch (step.do) {
    case "returned":
      expect(watch.returned(step.number)).toBe(step.known);
      return;
    case "sent":
      return watch.sent(step.bytes);
    case "ticked":
      return watch.ticked(step.buffered);
    default:
      return watch[step.do]();
  }
}

describe("link watch", () => {
  test.each(traces)("$name", ({ steps }) => {
    const watch = new LinkWatch();
    for (const step of steps) expect(take(watch, step) ?? []).toEqual(step.orders);
  });
});
