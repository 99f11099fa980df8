// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { limits, times } from "../src/core/limits.ts";
import { BeatNeed, type Load, ownBeat } from "../src/core/own-beats.ts";
import { PathWatch } from "../src/core/path-watch.ts";

const now = 60_000;
const idle: Load = { usedAt: now, openedAt: 0, isBusy: false, isHidden: false };

/** When a beat is missed that was said at once; undefined when none is promised. */
function missedAfter(load: Load): number | undefined {
  const watch = new PathWatch();
  watch.look(now, undefined);
  // One of the time before, which another one may end.
  watch.beat(now, "1");
  const text = ownBeat(now, load);
  if (text !== undefined) watch.beat(now, text);
  const after = Array.from({ length: 40 }, (_, index) => (index + 1) * times.beat);
  return after.find((ms) => watch.look(now + ms, undefined));
}

describe("the beats of a page", () => {
  test.each([
    [false, times.pageBeat],
    [true, times.hiddenBeat],
  ])("are good for four of the pauses that they promise, hidden: %s", (isHidden, pause) => {
    expect(missedAfter({ ...idle, isHidden })).toBe(limits.missingBeats * pause);
  });

  test.each([false, true])("promise nothing while bytes wait to be sent, hidden: %s", (isHidden) => {
    expect(missedAfter({ ...idle, isBusy: true, isHidden })).toBeUndefined();
  });

  test("promise nothing while the first bytes of a file are to come, unless they promise much anyway", () => {
    const opened = { ...idle, openedAt: now - times.longestBeat + 1 };
    expect(missedAfter(opened)).toBeUndefined();
    expect(missedAfter({ ...opened, isHidden: true })).toBe(limits.missingBeats * times.hiddenBeat);
  });

  test("promise nothing once nothing goes over the connection, and end then", () => {
    expect(missedAfter({ ...idle, usedAt: now - times.unused })).toBeUndefined();
    expect(ownBeat(now, { ...idle, usedAt: now - times.unused })).toBe("0");
    expect(ownBeat(now, { ...idle, usedAt: now - times.unused - 1 })).toBeUndefined();
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
