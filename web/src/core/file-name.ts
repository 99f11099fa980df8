// SPDX-License-Identifier: AGPL-3.0-only
/** Names of files as peers send them: hostile until proven otherwise. */

import { isContinued, seenOnly } from "./shown-text.ts";

/** The most bytes of UTF-8; file systems take 255, and browsers may add a number. */
const longest = 240;
const blank = /[.\s]/;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name that any file system takes and that shows as it is: without path, control and direction characters, not
 * hidden, not reserved, not too long; the extension stays.
 */
export function safeFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const plain = seenOnly(base.normalize("NFC")).replace(/[<>:"|?*]/g, "_");
  const short = trim(shorten(trim(plain)));
  if (short === "") return "file";
  return reserved.test(short) ? `_${short}` : short;
}

/** The name without dots and blanks at its ends: a loop, since a regular expression takes quadratic time for that. */
function trim(name: string): string {
  let [start, end] = [0, name.length];
  while (start < end && blank.test(name.charAt(start))) start++;
  while (start < end && blank.test(name.charAt(end - 1))) end--;
  return name.slice(start, end);
}

function shorten(name: string): string {
  const extension = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? "";
  const stem = extension === "" ? name : name.slice(0, -extension.length);
  let left = longest - bytesIn(extension);
  const characters = Array.from(stem);
  const most = characters.findIndex((character) => (left -= bytesIn(character)) < 0);
  if (most < 0) return name;
  let end = most;
  while (end > 0 && isContinued(characters, end)) end -= 1;
  return characters.slice(0, end || most).join("") + extension;
}

/** The bytes of a text in UTF-8. */
function bytesIn(text: string): number {
  return Array.from(text).reduce((sum, character) => {
    const code = character.codePointAt(0) ?? 0;
    return sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4);
  }, 0);
}
