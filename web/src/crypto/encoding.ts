// SPDX-License-Identifier: AGPL-3.0-only
/** The bytes that keys are derived from, and that signatures and hashes are about (Y1): each has one meaning. */

import { type Bytes, joined, numberBytes } from "../core/bytes.ts";

const utf8 = new TextEncoder();
const chunk = 32_768;

/**
 * A label and its parts as bytes that can be read in one way only: each part is its length as 4 bytes, the first one
 * leading, and its bytes; a text in UTF-8, a number as 8 bytes. Throws a `RangeError` for what has no bytes of its own:
 * half a character, a number that is no integer from 0 to 2^53-1.
 */
export function encodeParts(label: string, ...parts: readonly (Bytes | string | number)[]): Bytes {
  return joined([label, ...parts].flatMap((part) => withLength(bytesOf(part))));
}

/** Bytes as messages have them: base64url without padding. */
export function encodeBytes(bytes: Uint8Array): string {
  let binary = "";
  // An engine takes so many arguments at once, and no more.
  for (let at = 0; at < bytes.length; at += chunk) binary += String.fromCharCode(...bytes.subarray(at, at + chunk));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @returns the `least` to `most` bytes of a text; undefined for another text: the same bytes have one text */
export function decodeBytes(text: string, least = 0, most = Infinity): Bytes | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const isLong = bytes.length >= least && bytes.length <= most;
  return isLong && encodeBytes(bytes) === text ? bytes : undefined;
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function bytesOf(part: Bytes | string | number): Bytes {
  if (typeof part === "string") {
    if (/\p{Surrogate}/u.test(part)) throw new RangeError("half a character has no encoding");
    return utf8.encode(part);
  }
  if (typeof part !== "number") return part;
  if (!Number.isSafeInteger(part) || part < 0) throw new RangeError("this number has no encoding");
  return numberBytes(part, 8);
}

function withLength(bytes: Bytes): Bytes[] {
  return [numberBytes(bytes.length, 4), bytes];
}
