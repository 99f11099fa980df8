// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/descriptions.json. */

import { describe, expect, test } from "vitest";
import { candidatesIn, isAcceptable, originOf } from "../src/core/descriptions.ts";
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

const { descriptions, answers, robust, hidden, hidden_candidates } = readVectors<{
  descriptions: readonly Description[];
  answers: readonly { readonly text: string; readonly passive: string }[];
  robust: readonly { readonly name: string; readonly text: string; readonly robust: string }[];
  hidden: readonly { readonly name: string; readonly text: string; readonly hidden: string }[];
  hidden_candidates: readonly { readonly text: string; readonly hidden: string | null }[];
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
