// SPDX-License-Identifier: AGPL-3.0-only
/** Which pictures of others are asked for: those in view, and of these as many as the device can show. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isShort, Overload, type Shown } from "../src/core/overload.ts";
import { Unseen } from "../src/core/unseen.ts";

const second = 1_000;

describe("a picture out of view", () => {
  const look = (unseen: Unseen, isVisible: boolean, at: number): boolean =>
    unseen.look([{ key: "a", isVisible }], at * second).has("a");

  test("is given up after a while, and asked for at once when it is seen", () => {
    const unseen = new Unseen();
    expect([0, 1, 4].map((at) => look(unseen, false, at))).toEqual([false, false, false]);
    expect([5, 6, 60].map((at) => look(unseen, false, at))).toEqual([true, true, true]);
    expect(look(unseen, true, 61)).toBe(false);
  });

  test("is not given up for a glance elsewhere, however often", () => {
    const unseen = new Unseen();
    for (let at = 0; at < 100; at++) expect(look(unseen, at % 5 === 4, at)).toBe(false);
  });

  test("is given up rarely by whoever scrolls to and fro", () => {
    const unseen = new Unseen();
    let [changes, before] = [0, false];
    for (let at = 0; at < 120; at++) {
      const now = look(unseen, at % 7 === 6, at);
      if (now && !before) changes += 1;
      before = now;
    }
    expect(changes).toBeGreaterThan(2);
    expect(changes).toBeLessThanOrEqual(6);
  });

  test("is forgotten when it is gone", () => {
    const unseen = new Unseen();
    for (const at of [0, 5]) look(unseen, false, at);
    expect(unseen.look([], 6 * second)).toEqual(new Set());
    expect([7, 8].map((at) => look(unseen, false, at))).toEqual([false, false]);
  });
});

/** Pictures a to e, of which a spoke last and e longest ago. */
const five = (changes: Partial<Record<string, Partial<Shown>>> = {}): Shown[] =>
  ["a", "b", "c", "d", "e"].map((key, number) => ({
    key,
    isSpeaking: false,
    spokeAt: 1_000 - number,
    isChosen: false,
    ...changes[key],
  }));

/** Looks once a second. @returns what is given up in the end */
function looks(overload: Overload, from: number, to: number, isBad: boolean, pictures = five()): string {
  let given: ReadonlySet<string> = new Set();
  for (let at = from; at < to; at++) given = overload.look(pictures, isBad, at * second);
  return [...given].toSorted().join("");
}

describe("a device that cannot show all", () => {
  test("does without those who spoke longest ago, one after the other, and keeps one", () => {
    const overload = new Overload();
    expect(looks(overload, 0, 2, true)).toBe("");
    expect(looks(overload, 2, 3, true)).toBe("e");
    expect(looks(overload, 3, 6, true)).toBe("de");
    expect(looks(overload, 6, 100, true)).toBe("bcde");
  });

  test("takes them back by and by, who spoke last first", () => {
    const overload = new Overload();
    expect(looks(overload, 0, 6, true)).toBe("de");
    expect(looks(overload, 6, 15, false)).toBe("de");
    expect(looks(overload, 15, 16, false)).toBe("e");
    expect(looks(overload, 16, 26, false)).toBe("");
  });

  test("tries more rarely what was too much", () => {
    const overload = new Overload();
    looks(overload, 0, 3, true);
    expect(looks(overload, 3, 13, false)).toBe("");
    expect(looks(overload, 13, 16, true)).toBe("e");
    expect(looks(overload, 16, 34, false)).toBe("e");
    expect(looks(overload, 34, 36, false)).toBe("");
  });

  test("shows who is pinned, was asked for by hand, or speaks", () => {
    const overload = new Overload();
    const pictures = five({ e: { isChosen: true }, d: { isSpeaking: true } });
    expect(looks(overload, 0, 100, true, pictures)).toBe("abc");
    expect(looks(overload, 100, 101, true, five({ a: { isChosen: true }, d: { isSpeaking: true } }))).not.toContain(
      "a",
    );
  });

  test("shows who begins to speak in the place of another, and does not flicker", () => {
    const overload = new Overload();
    expect(looks(overload, 0, 3, true)).toBe("e");
    expect(looks(overload, 3, 4, false, five({ e: { isSpeaking: true } }))).toBe("d");
    expect(looks(overload, 4, 5, false, five({ d: { isSpeaking: true } }))).toBe("d");
    expect(looks(overload, 5, 7, false, five({ d: { isSpeaking: true } }))).toBe("e");
  });

  test("forgets who is gone", () => {
    const overload = new Overload();
    looks(overload, 0, 6, true);
    expect(looks(overload, 6, 7, false, five().slice(0, 3))).toBe("");
  });

  test("never gives up a picture that is chosen, or all of them", () => {
    const picture = fc.record({
      key: fc.constantFrom("a", "b", "c", "d", "e", "f"),
      isSpeaking: fc.boolean(),
      spokeAt: fc.nat(9),
      isChosen: fc.boolean(),
    });
    const looked = fc.tuple(fc.uniqueArray(picture, { selector: ({ key }) => key }), fc.boolean());
    fc.assert(
      fc.property(fc.array(looked, { maxLength: 60 }), (steps) => {
        const overload = new Overload();
        for (const [at, [pictures, isBad]] of steps.entries()) {
          const given = overload.look(pictures, isBad, at * second);
          expect(pictures.filter(({ key, isChosen }) => isChosen && given.has(key))).toEqual([]);
          expect([...given].every((key) => pictures.some((each) => each.key === key))).toBe(true);
        }
      }),
    );
  });
});

test.each([
  ["all is drawn", [[100, 100]], 0, false],
  ["some is not", [[100, 70]], 20, false],
  ["half is not", [[100, 50]], 20, true],
  ["next to nothing comes", [[2, 0]], 0, false],
  [
    "one of two pictures is broken",
    [
      [100, 100],
      [5_000, 0],
    ],
    0,
    false,
  ],
  [
    "most pictures are short",
    [
      [100, 100],
      [100, 50],
      [100, 10],
    ],
    0,
    true,
  ],
  ["the page stands still", [], 1_500, true],
] as const)("%s: short is %o", (_, pictures, late, short) => {
  expect(isShort({ pictures: pictures.map(([came, drawn]) => ({ came, drawn })), late })).toBe(short);
});
