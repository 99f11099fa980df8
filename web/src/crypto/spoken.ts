// SPDX-License-Identifier: AGPL-3.0-only
/** Bytes as syllables that can be said aloud: proquints, which are five letters for each 16 bits (Y8). */

import type { Bytes } from "../core/bytes.ts";

const consonants = "bdfghjklmnprstvz";
const vowels = "aiou";
/** The letters of a group, and how far their bits stand from its end. */
const letters = [
  [consonants, 12],
  [vowels, 10],
  [consonants, 6],
  [vowels, 4],
  [consonants, 0],
] as const;

/** @returns an even number of bytes as groups of five letters */
export function spoken(data: Bytes): string {
  const groups: string[] = [];
  for (let at = 0; at < data.length; at += 2) {
    const bits = ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
    groups.push(letters.map(([each, end]) => each[(bits >> end) & (each.length - 1)]).join(""));
  }
  return groups.join("-");
}
