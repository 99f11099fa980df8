// SPDX-License-Identifier: AGPL-3.0-only
/** Text messages on a file channel: `end` (F1) and the controls between ends that know them (F4 to F6, F9, F11). */

import { type Decode, Malformed, type OneOf, oneOf, parse, text, whole } from "./schema.ts";

const sha256: Decode<string> = (value) => {
  const hex = text(64)(value);
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Malformed("expected a SHA-256 in lower-case hexadecimal");
  return hex;
};

const controls = { credit: whole, sha256, offset: whole, prefix_hmac: sha256, stored: whole };
export type FileControl = OneOf<typeof controls>;

const decode = oneOf(controls);
/** Characters of a control; the longest one has some ninety. */
const longest = 256;

/** @returns undefined for what is not known or not well formed, which is ignored (F3) */
export function decodeFileText(message: string): FileControl | "end" | undefined {
  if (message === "end") return message;
  if (message.length > longest) return undefined;
  try {
    return parse(decode, message);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

export const encodeFileControl = (control: FileControl): string => JSON.stringify(control);
