// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/path-watch.json. */

import { describe, expect, test } from "vitest";
import { PathWatch } from "../src/core/path-watch.ts";
import { readVectors } from "./vectors.ts";

interface Step {
  readonly do: string;
  readonly now: number;
  readonly heard: number | null;
  readonly silent: boolean | null;
}

const { traces } = readVectors<{ traces: { name: string; steps: Step[] }[] }>("path-watch");
/** Those of sound alone: beats (N17) are of programs. */
const ofSound = traces.filter(({ steps }) => steps.every(({ do: what }) => what === "look"));

describe("the watch on a way", () => {
  test.each(ofSound)("$name", ({ steps }) => {
    const watch = new PathWatch();
    for (const { now, heard, silent } of steps) expect(watch.look(now, heard ?? undefined) ?? null).toBe(silent);
  });
});
