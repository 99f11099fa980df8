// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/path-watch.json. */

import { describe, expect, test } from "vitest";
import { ownBeat, PathWatch } from "../src/core/path-watch.ts";
import { readVectors } from "./vectors.ts";

type Step =
  | { readonly do: "look"; readonly now: number; readonly heard: number | null; readonly silent: boolean | null }
  | { readonly do: "arrived"; readonly now: number }
  | { readonly do: "beat"; readonly now: number; readonly text: string };

const { traces } = readVectors<{ traces: { name: string; steps: Step[] }[] }>("path-watch");

describe("the watch on a way", () => {
  test.each(traces)("$name", ({ steps }) => {
    const watch = new PathWatch();
    for (const step of steps) {
      if (step.do === "beat") watch.beat(step.now, step.text);
      else if (step.do === "arrived") watch.arrived(step.now);
      else expect(watch.look(step.now, step.heard ?? undefined) ?? null).toBe(step.silent);
    }
  });

  test("own beats are beats", () => {
    for (const isHidden of [false, true]) {
      const watch = new PathWatch();
      watch.beat(0, ownBeat(false, isHidden));
      expect(watch.look(10, undefined)).toBeUndefined();
      const news = [1_000, 2_000, 3_000, 4_100].map((now) => watch.look(now, undefined));
      expect(news).toContain(true);
      watch.beat(4_600, ownBeat(true, isHidden));
      expect(watch.look(4_700, undefined)).toBe(false);
    }
  });
});
