// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { limits, times } from "../src/core/limits.ts";
import { type Load, ownBeat } from "../src/core/own-beats.ts";
import { PathWatch } from "../src/core/path-watch.ts";

const used: Load = { unused: 0, sinceOpening: Infinity, isBusy: false, isHidden: false };
/** Longer than anything is promised for. */
const long = 60_000;

/** When something is missed of a peer that says these beats, after one that promised something; undefined for never. */
function missedAfter(...loads: Load[]): number | undefined {
  const watch = new PathWatch();
  watch.look(0, undefined);
  watch.beat(0, "1");
  for (let now = 0; now < long; now += times.beat) {
    const load = loads.shift();
    const text = load && ownBeat(load);
    if (text !== undefined) watch.beat(now, text);
    if (watch.look(now, undefined)) return now;
  }
  return undefined;
}

describe("the beats of a page", () => {
  test.each([
    [false, times.pageBeat],
    [true, times.hiddenBeat],
  ])("are good for four of the pauses that they promise, hidden: %s", (isHidden, pause) => {
    expect(missedAfter({ ...used, isHidden })).toBe(limits.missingBeats * pause);
  });

  test.each([false, true])("promise nothing while bytes wait to be sent, hidden: %s", (isHidden) => {
    expect(missedAfter({ ...used, isBusy: true, isHidden })).toBeUndefined();
  });

  test("promise nothing while the first bytes of a file are to come, unless they promise much anyway", () => {
    const opened = { ...used, sinceOpening: times.longestBeat - 1 };
    expect(missedAfter(opened)).toBeUndefined();
    expect(missedAfter({ ...opened, isHidden: true })).toBe(limits.missingBeats * times.hiddenBeat);
  });

  test.each([times.beat, 1_000])("end without being missed, also right after bytes: one each %d ms", (tick) => {
    const watch = new PathWatch();
    const pause = String(times.longestBeat);
    watch.beat(0, pause);
    for (const now of [0, 1, 2]) watch.arrived(now);
    for (let now = tick, unused = 1; now < 3 * long; now += tick, unused += 1) {
      const text = ownBeat({ ...used, unused });
      if (text !== undefined) watch.beat(now, text);
      expect(watch.look(now, undefined) ?? false).toBe(false);
    }
    expect(ownBeat({ ...used, unused: limits.unusedBeats + 1 })).toBeUndefined();
  });
});
