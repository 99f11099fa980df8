// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { limits, times } from "../src/core/limits.ts";
import { BeatNeed, ownBeat } from "../src/core/own-beats.ts";
import { PathWatch } from "../src/core/path-watch.ts";

describe("the beats of a page", () => {
  test.each([false, true])("are good for four of the pauses that they promise, hidden: %s", (isHidden) => {
    const watch = new PathWatch();
    watch.beat(0, ownBeat(false, isHidden));
    const end = limits.missingBeats * (isHidden ? times.hiddenBeat : times.pageBeat);
    const looks = Array.from({ length: end / times.beat }, (_, index) => index * times.beat);
    for (const now of looks) expect(watch.look(now, undefined)).toBeUndefined();
    expect(watch.look(end, undefined)).toBe(true);
  });

  test("promise nothing while bytes wait to be sent", () => {
    const watch = new PathWatch();
    watch.beat(0, ownBeat(false, false));
    watch.beat(0, ownBeat(true, false));
    for (let now = 0; now < times.longestBeat; now += times.beat) expect(watch.look(now, undefined)).toBeUndefined();
  });
});

describe("beats are needed", () => {
  test("once there has been no sound both ways for a moment", () => {
    const need = new BeatNeed();
    expect(need.look(0, true)).toBe(false);
    expect(need.look(5_000, false)).toBe(false);
    expect(need.look(5_000 + times.soundless - 1, false)).toBe(false);
    expect(need.look(5_000 + times.soundless, false)).toBe(true);
    expect(need.look(9_000, false)).toBe(true);
  });

  test("not when a microphone is shared right after a camera", () => {
    const need = new BeatNeed();
    expect(need.look(0, false)).toBe(false);
    expect(need.look(times.soundless / 2, true)).toBe(false);
    expect(need.look(times.soundless, false)).toBe(false);
    expect(need.look(times.soundless * 1.5, false)).toBe(false);
    expect(need.look(times.soundless * 2, false)).toBe(true);
  });
});
