// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/path-watch.json. */

import { describe, expect, test } from "vitest";
import { ConnectWatch, PathWatch } from "../src/core/path-watch.ts";
import { readVectors } from "./vectors.ts";

interface Step {
  readonly do: string;
  readonly now: number;
  readonly heard: number | null;
  readonly text: string;
  readonly silent: boolean | null;
}

interface Attempt {
  readonly name: string;
  readonly steps: readonly { readonly now: number; readonly trying: boolean; readonly failed: boolean }[];
}

const { traces, attempts } = readVectors<{ traces: { name: string; steps: Step[] }[]; attempts: Attempt[] }>(
  "path-watch",
);

describe("the watch on a way", () => {
  test.each(traces)("$name", ({ steps }) => {
    const watch = new PathWatch();
    for (const { do: what, now, heard, text, silent } of steps)
      if (what === "beat") watch.beat(now, text);
      else if (what === "arrived") watch.arrived(now);
      else if (what === "ended") watch.beatsEnded();
      else expect(watch.look(now, heard ?? undefined) ?? null).toBe(silent);
  });
});

describe("the watch on an attempt", () => {
  test.each(attempts)("$name", ({ steps }) => {
    const watch = new ConnectWatch();
    for (const { now, trying, failed } of steps) expect(watch.look(now, trying)).toBe(failed);
  });
});
