// SPDX-License-Identifier: AGPL-3.0-only
/** When a way counts as silent (N15). */

import { describe, expect, test } from "vitest";
import { times } from "../src/core/limits.ts";
import { PathWatch } from "../src/core/path-watch.ts";

const interval = 250;

/** Looks every 250 ms; `heard` tells when the last packet had come by then. @returns what was news, by time */
function watch(until: number, heard: (now: number) => number | undefined): [number, boolean][] {
  const [path, news] = [new PathWatch(), [] as [number, boolean][]];
  for (let now = 0; now <= until; now += interval) {
    const silent = path.look(now, heard(now));
    if (silent !== undefined) news.push([now, silent]);
  }
  return news;
}

describe("the watch on a way", () => {
  test("sound that comes all the time, or never came, is no news", () => {
    expect(watch(10_000, (now) => now - 400)).toEqual([]);
    expect(watch(10_000, () => undefined)).toEqual([]);
  });

  test("sound that ends and comes again is told, each once", () => {
    expect(watch(10_000, (now) => (now > 2_000 && now < 5_000 ? 2_000 : now))).toEqual([
      [2_000 + times.pathSilence, true],
      [5_000, false],
    ]);
  });

  test("a clock that differs is not believed", () => {
    expect(watch(10_000, (now) => now - 5_000)).toEqual([]);
  });

  test("sound that nobody sends any more is not missed", () => {
    expect(watch(10_000, (now) => (now < 2_500 ? Math.min(now, 2_000) : undefined))).toEqual([]);
  });

  test("a machine that was asleep waits for what comes now", () => {
    const path = new PathWatch();
    expect(path.look(0, 0)).toBeUndefined();
    expect(path.look(60_000, 0)).toBeUndefined();
    expect(path.look(60_250, 0)).toBeUndefined();
    expect(path.look(61_000, 0)).toBe(true);
  });

  test("pages in the background look once a second, and notice all the same", () => {
    const path = new PathWatch();
    for (const now of [0, 1_000, 2_000]) expect(path.look(now, now)).toBeUndefined();
    expect(path.look(3_000, 2_000)).toBe(true);
  });
});
