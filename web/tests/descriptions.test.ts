// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/descriptions.json. */

import { describe, expect, test } from "vitest";
import { candidatesIn, isAcceptable, originOf } from "../src/core/descriptions.ts";
import { Generations } from "../src/core/generations.ts";
import { hiddenAddress, hiddenCandidate } from "../src/core/hidden-address.ts";
import { passiveAnswer } from "../src/core/passive-answer.ts";
import { isRobust, robustAudio } from "../src/core/robust-audio.ts";
import { readVectors } from "./vectors.ts";

interface Description {
  readonly name: string;
  readonly head: readonly string[];
  readonly repeated: readonly string[];
  readonly times: number;
  readonly acceptable: boolean;
  readonly origin: string;
  readonly candidates: number;
}

/** A description, or a candidate, which begins nothing. */
interface Step {
  readonly text: string;
  readonly is_next: boolean | null;
  readonly raised: string;
}

const { descriptions, answers, robust, hidden, hidden_candidates, generations } = readVectors<{
  descriptions: readonly Description[];
  answers: readonly { readonly text: string; readonly passive: string }[];
  robust: readonly { readonly name: string; readonly text: string; readonly robust: string }[];
  hidden: readonly { readonly name: string; readonly text: string; readonly hidden: string }[];
  hidden_candidates: readonly { readonly text: string; readonly hidden: string | null }[];
  generations: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}>("descriptions");

describe("descriptions (N8, N10)", () => {
  test.each(descriptions)("$name", ({ head, repeated, times, acceptable, origin, candidates }) => {
    const again = Array.from({ length: times }, (_, number) => repeated.map((line) => line.replace("#", `${number}`)));
    const sdp = [...head, ...again.flat()].map((line) => `${line}\r\n`).join("");
    expect([isAcceptable(sdp), originOf(sdp), candidatesIn(sdp)]).toEqual([acceptable, origin, candidates]);
  });
});

test.each(answers)("an answer leaves DTLS to the other side: $text", ({ text, passive }) => {
  expect(passiveAnswer(text)).toBe(passive);
});

test.each(robust)("sound is asked for again: $name", ({ text, robust: expected }) => {
  expect(robustAudio(text)).toBe(expected);
  expect([text, expected].map(isRobust)).toEqual([text === expected, true]);
});

test.each(hidden)("the own address is hidden: $name", ({ text, hidden: expected }) => {
  expect(hiddenAddress(text)).toBe(expected);
});

test.each(hidden_candidates)("a candidate hides the own address: $text", ({ text, hidden: expected }) => {
  expect(hiddenCandidate(text) ?? null).toBe(expected);
});

test.each(generations)("later candidates come first: $name", ({ steps }) => {
  const known = new Generations();
  for (const { text, is_next, raised } of steps) {
    if (is_next === null) {
      expect(known.candidate({ candidate: text }).candidate).toBe(raised);
      continue;
    }
    expect(known.isNext(text)).toBe(is_next);
    expect(known.description({ type: "offer", sdp: text }).sdp).toBe(raised);
  }
});
