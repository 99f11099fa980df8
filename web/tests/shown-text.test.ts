// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NumberedName, numberNames, skeletonOf } from "../src/core/names.ts";
import { shownLines, shownName, shownText } from "../src/core/shown-text.ts";
import { readVectors } from "./vectors.ts";

interface Vectors {
  texts: { why: string; text: string; limit: number; shown: string }[];
  lines: { why: string; text: string; shown: string }[];
  names: { why: string; name: string; shown: string }[];
  alike: { one: string; other: string; alike: boolean }[];
  numbers: { own: string; peers: [number, string][]; numbers: [number, number][] }[];
}
const { texts, lines, names, alike, numbers } = readVectors<Vectors>("shown-text");

describe("text of peers", () => {
  test.each(texts)("on one line: $why", ({ text, limit, shown }) => {
    expect(shownText(text, limit)).toBe(shown);
  });

  test.each(lines)("on several lines: $why", ({ text, shown }) => {
    expect(shownLines(text)).toBe(shown);
  });

  test.each(names)("as a name: $why", ({ name, shown }) => {
    expect(shownName(name)).toBe(shown);
  });

  test("whatever it is, nothing invisible is left but joiners between what is seen, and what is shown stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), fc.integer({ min: 2, max: 60 }), (text, limit) => {
        const shown = shownText(text, limit);
        expect(Array.from(shown).length).toBeLessThanOrEqual(limit);
        expect(shown.replace(/[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/gu, "")).not.toMatch(
          /^[\u200c\u200d\p{Mn}]|[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u200c\u200d]{2}|^ | $/u,
        );
        expect(shownText(shown, limit)).toBe(shown);
      }),
    );
  });

  test("a text made to be slow is not", () => {
    expect(shownLines(`a${" ".repeat(1e5)}b${"\n".repeat(1e5)}`)).toHaveLength(100_002);
    expect(shownText(`a${"🇩".repeat(1e5)}`, 60)).toHaveLength(118);
  });
});

describe("names that look the same", () => {
  test.each(alike)("$one, $other: $alike", ({ one, other, alike: isAlike }) => {
    expect(skeletonOf(one) === skeletonOf(other)).toBe(isAlike);
  });

  test("their bearers are numbered, and keep their numbers", () => {
    let known: ReadonlyMap<number, NumberedName> = new Map();
    for (const { own, peers, numbers: expected } of numbers) {
      known = numberNames(known, own, peers);
      expect([...known].map(([key, { number }]) => [key, number])).toEqual(expect.arrayContaining(expected));
    }
  });
});
