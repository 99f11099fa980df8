// SPDX-License-Identifier: AGPL-3.0-only
/** The room secret in the page's address: K1, K4 and K5. */

import { Malformed } from "./schema.ts";

/** Parameters of a link that are read (K4): all settings fit in. */
const mostParameters = 64;

export interface RoomAddress {
  readonly secret: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads the text after the first `#` of an address (K1, K4). @throws Malformed for a wrong percent-escape. */
export function readFragment(fragment: string): RoomAddress {
  let decoded: string;
  try {
    decoded = decodeURIComponent(fragment);
  } catch {
    throw new Malformed("expected whole percent-escapes");
  }
  const [secret, rest] = cut(decoded, "?");
  const pairs = rest.split("&", mostParameters).filter(Boolean);
  return { secret, parameters: new Map(pairs.map((pair) => cut(pair, "="))) };
}

/** The fragment that `readFragment` reads as `secret`; `#` stays readable. */
export function writeFragment(secret: string): string {
  return encodeURIComponent(secret).replaceAll("%23", "#");
}

/** The name that people see: what stands before the random part of a made secret, else nothing that would tell. */
export function roomName(secret: string): string {
  return /^(?<name>.+)#[0-9a-f]{32,}$/.exec(secret)?.groups?.["name"] ?? "";
}

/** A secret with `name` in front that nobody can guess; `random` are 32 random bytes (K5). */
export function makeSecret(name: string, random: Uint8Array): string {
  return `${name}#${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

const characterClasses: readonly [RegExp, number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^\P{ASCII}a-zA-Z0-9]/u, 33],
  [/\P{ASCII}/u, 100],
];

/** Whether a secret falls to guessing: under 60 bits by length times the bits of the character classes used (K5). */
export function isGuessable(secret: string): boolean {
  const alphabet = characterClasses.reduce((sum, [used, size]) => sum + (used.test(secret) ? size : 0), 0);
  return alphabet === 0 || Array.from(secret).length * Math.log2(alphabet) < 60;
}

function cut(whole: string, mark: string): [string, string] {
  const at = whole.indexOf(mark);
  return at < 0 ? [whole, ""] : [whole.slice(0, at), whole.slice(at + mark.length)];
}
