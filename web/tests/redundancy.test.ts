// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { Redundancy } from "../src/core/redundancy.ts";

const second = 1000;

/** Looks once a second for so long. @returns whether packets are to be repeated in the end */
function look(redundancy: Redundancy, lost: number, from: number, seconds: number): boolean {
  let wanted = false;
  for (let at = 0; at <= seconds; at++) wanted = redundancy.look(lost, (from + at) * second);
  return wanted;
}

describe("repeating packets of sound (N15)", () => {
  test("begins when much is lost, and not when little is", () => {
    const redundancy = new Redundancy();
    expect(look(redundancy, 0.02, 0, 600)).toBe(false);
    expect(redundancy.look(0.03, 601 * second)).toBe(true);
  });

  test("goes on while some is lost, however long", () => {
    const redundancy = new Redundancy();
    redundancy.look(0.1, 0);
    expect(look(redundancy, 0.015, 1, 3600)).toBe(true);
  });

  test("ends when the way has been good for half a minute without a break", () => {
    const redundancy = new Redundancy();
    redundancy.look(0.1, 0);
    expect(look(redundancy, 0, 1, 29)).toBe(true);
    redundancy.look(0.01, 31 * second);
    expect(look(redundancy, 0, 32, 29)).toBe(true);
    expect(redundancy.look(0, 62 * second)).toBe(false);
  });

  test("ends later each time, so that a way that comes and goes is not negotiated for ever", () => {
    const redundancy = new Redundancy();
    let [now, changes, wasWanted] = [0, 0, false];
    // Each half minute that is bad is followed by forty seconds that are good, for an hour.
    for (let round = 0; round < 51; round++) {
      for (let at = 0; at < 70; at++, now++) {
        const isWanted = redundancy.look(at < 30 ? 0.1 : 0, now * second);
        if (isWanted !== wasWanted) changes += 1;
        wasWanted = isWanted;
      }
    }
    expect(changes).toBe(3);
  });
});
