// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { clock } from "../src/locale/clock.ts";

test.each([
  [0, "00:00"],
  [9.99, "00:09"],
  [59.999, "00:59"],
  [60, "01:00"],
  [3_599, "59:59"],
  [3_600, "1:00:00"],
  [39_909, "11:05:09"],
  [-1, "00:00"],
])("%d seconds are %s", (seconds, shown) => {
  expect(clock(seconds)).toBe(shown);
});
