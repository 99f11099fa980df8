// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { MutedTalk } from "../src/core/muted-talk.ts";

const threshold = 0.003;
const second = 10;

/** How loud speech is at each look: syllables, with a pause for breath now and then. */
const speech = (looks: number): number[] =>
  Array.from({ length: looks }, (_, at) => (at % 17 > 13 || at % 4 === 3 ? 0.001 : 0.02 + (at % 3) * 0.01));

/** How often it is told, of these looks. */
const told = (talk: MutedTalk, levels: readonly (number | undefined)[]): number =>
  levels.filter((level) => talk.look(level, threshold)).length;

describe("who talks while muted", () => {
  test("is told within a few seconds, and once, however long the talk is", () => {
    const talk = new MutedTalk();
    expect(told(talk, speech(3 * second))).toBe(1);
    expect(told(talk, speech(600 * second))).toBe(0);
  });

  test("is told also where a fan is heard in the pauses", () => {
    const talk = new MutedTalk();
    expect(
      told(
        talk,
        speech(3 * second).map((level) => level + 0.005),
      ),
    ).toBe(1);
  });

  test("is told again when the microphones were heard meanwhile, but not often", () => {
    const talk = new MutedTalk();
    told(talk, speech(3 * second));
    expect(told(talk, [undefined, ...speech(60 * second)])).toBe(0);
    expect(told(talk, [undefined, ...speech(300 * second)])).toBe(1);
  });

  test.each([
    ["silence", () => 0.0005],
    ["a loud fan", (at: number) => 0.05 + (at % 5) * 0.002],
    ["music or a tone of one loudness", () => 0.2],
    ["keys that are struck", (at: number) => (at % 5 === 0 ? 0.1 : 0.001)],
    ["a cough now and then", (at: number) => (at % 60 < 6 ? 0.2 : 0.001)],
    ["a voice below what counts as speaking", (at: number) => (at % 2 === 0 ? 0.002 : 0.0001)],
  ])("%s is no talk", (_, levelAt) => {
    const levels = Array.from({ length: 120 * second }, (__, at) => levelAt(at));
    expect(told(new MutedTalk(), levels)).toBe(0);
  });

  test("who is heard is told nothing", () => {
    expect(
      told(
        new MutedTalk(),
        Array.from({ length: 60 * second }, () => undefined),
      ),
    ).toBe(0);
  });
});
