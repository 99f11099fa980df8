// SPDX-License-Identifier: AGPL-3.0-only
/** The strength of a room secret (K5). An estimator finds words, dates and patterns; the rest is counted here. */

import { isMade } from "./made-secrets.ts";

/** A part of a text, as an estimator sees it. */
export interface Part {
  /** The pattern of the part: "bruteforce" when nothing is known of it. */
  readonly pattern: string;
  readonly token: string;
  readonly guesses: number;
}
export type Estimator = (text: string) => readonly Part[];

const strongBits = 60;
/** The most characters that are judged. More take the estimator long, and add nothing that is needed. */
const mostCharacters = 100;
/** Bits of a letter in an unknown word, as words are written, some digits among them: languages are not random. */
const letterBits = 3;
const digitBits = Math.log2(10);
const classes: readonly [RegExp, number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/\P{ASCII}/u, 100],
];
/** Bits of a sign between words, each kind once. */
const signBits = Math.log2(33);
const code = /^(?:[bdfghjklmnprstvz](?:[aiou][bdfghjklmnprstvz]){2}(?:-|$)){4}$/;
const word = /[\p{L}\p{N}]+/gu;
const sign = /[^\p{L}\p{N}]/gu;

/** Whether a secret is below 60 bits by the sum of its words, or by its patterns as a whole (K5). */
export function isGuessable(secret: string, estimator: Estimator): boolean {
  if (isMade(secret) || isCode(secret)) return false;
  const judged = Array.from(secret).slice(0, mostCharacters).join("");
  const words = new Map(found(word, judged).map((each) => [each.toLowerCase(), each])).values();
  const byWords = sum([...words].map((each) => estimate(each, estimator))) + bitsOfSigns(judged);
  return byWords < strongBits || estimate(judged, estimator) < strongBits;
}

/** Whether a secret is a code of rift: drawn, unless parts of it are equal. */
const isCode = (secret: string): boolean => code.test(secret) && new Set(secret.split("-")).size === 4;

/** The bits of a text by the estimator's patterns, and by our count of what it knows nothing of. */
function estimate(text: string, estimator: Estimator): number {
  if (text === "") return 0;
  return sum(
    estimator(text).map(({ pattern, token, guesses }) =>
      pattern === "bruteforce" ? randomBits(token) : Math.log2(guesses),
    ),
  );
}

const randomBits = (text: string): number => sum(found(word, text).map(bitsOfRun)) + bitsOfSigns(text);

function bitsOfRun(run: string): number {
  const letters = found(/\p{L}/gu, run);
  const all = Array.from(run).length;
  const rest = letters.slice(1).join("");
  const isWritten = rest === rest.toLowerCase() || letters.join("") === letters.join("").toUpperCase();
  if (isWritten && 2 * letters.length >= all) return letters.length * letterBits + (all - letters.length) * digitBits;
  return all * Math.log2(sum(classes.map(([used, size]) => (used.test(run) ? size : 0))));
}

const bitsOfSigns = (text: string): number => new Set(found(sign, text)).size * signBits;

const found = (what: RegExp, text: string): string[] => [...text.matchAll(what)].map(([match]) => match);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
