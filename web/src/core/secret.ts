// SPDX-License-Identifier: AGPL-3.0-only
/** The room secret in the page's address: K1, K4 to K6. */

import { hexadecimal } from "./hexadecimal.ts";
import { isCut, withoutTail } from "./made-secrets.ts";
import { Malformed } from "./schema.ts";

/** The most parameters of a link that are read (K4): all settings fit in. */
const mostParameters = 64;

export interface RoomAddress {
  readonly secret: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Whether the secret looks like a made one that is not whole (K6). */
  readonly isCut: boolean;
}

/** Reads the text after the first `#` of an address (K1, K4, K6). @throws Malformed for a wrong percent-escape. */
export function readFragment(fragment: string): RoomAddress {
  let decoded: string;
  try {
    decoded = decodeURIComponent(fragment);
  } catch {
    throw new Malformed("expected whole percent-escapes");
  }
  const [secret, rest] = cut(decoded, "?");
  const pairs = rest.split("&", mostParameters).filter(Boolean);
  const parameters = new Map(pairs.map((pair) => cut(pair, "=")));
  return { secret: withoutTail(secret), parameters, isCut: isCut(secret) };
}

/** The fragment that `readFragment` reads as `secret`. Its `#` is escaped: some programs cut an address at a second one. */
export const writeFragment = (secret: string): string => encodeURIComponent(secret);

/** A secret with `name` in front that nobody can guess; `random` are 32 random bytes (K5). */
export function makeSecret(name: string, random: Uint8Array): string {
  return `${name}#${hexadecimal(random)}`;
}

function cut(whole: string, mark: string): [string, string] {
  const at = whole.indexOf(mark);
  return at < 0 ? [whole, ""] : [whole.slice(0, at), whole.slice(at + mark.length)];
}
