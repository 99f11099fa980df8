// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { type Entry, selectedPair } from "../src/rtc/stats-report.ts";

const pairs: readonly Entry[] = [
  { id: "P1", type: "candidate-pair", state: "failed", nominated: true, selected: false },
  { id: "P2", type: "candidate-pair", state: "succeeded", nominated: true, selected: false },
  { id: "P3", type: "candidate-pair", state: "succeeded", nominated: true, selected: true },
];

const report = (...more: Entry[]): Map<string, Entry> =>
  new Map([...pairs, ...more].map((entry) => [String(entry["id"]), entry]));

test("the transport tells which pair is in use", () => {
  expect(selectedPair(report({ id: "T", type: "transport", selectedCandidatePairId: "P2" }))).toBe(pairs[1]);
});

test("the pair tells it where there are no entries of transports, as in Firefox before 153", () => {
  expect(selectedPair(report())).toBe(pairs[2]);
});

test("there is none before one is chosen", () => {
  const [failed] = pairs;
  expect(selectedPair(new Map([["P1", failed ?? {}]]))).toBeUndefined();
});
