// SPDX-License-Identifier: AGPL-3.0-only
/** Splitting of a text that is longer than a line of chat may be, into several lines (M4). */

import { limits } from "./limits.ts";

/** The most lines that one text may become: more is no message, but a file. */
const mostParts = 10;

/** @returns the parts, none of which is cut within a character; nothing when it is too much for the chat */
export function splitText(text: string): string[] | undefined {
  const characters = Array.from(text);
  if (characters.length > mostParts * limits.chatLength) return undefined;
  const parts: string[] = [];
  for (let at = 0; at < characters.length;) {
    const end = at + limits.chatLength;
    const length = end < characters.length ? lengthOfPart(characters.slice(at, end)) : characters.length - at;
    parts.push(characters.slice(at, at + length).join(""));
    at += length;
  }
  return parts.length > mostParts ? undefined : parts;
}

/** The length of the next part: to the end of a line in the second half, else of a word, else all. */
function lengthOfPart(characters: readonly string[]): number {
  for (const end of ["\n", " "]) {
    const at = characters.lastIndexOf(end) + 1;
    if (at > characters.length / 2) return at;
  }
  return characters.length;
}
