// SPDX-License-Identifier: AGPL-3.0-only
/** The size of a message on its way, sealed for a member (Y12), before it is. */

import type { RelayMessage } from "./relay-messages.ts";

/** The tag of a sealed message, in bytes (Y5). */
const tagBytes = 16;
/** The length of a sealed message beside its ciphertext, at most. */
const sealedBytes = 120;
/** The length of an envelope's content and framing beside the message, at most (E1, E2). */
const contentBytes = 80;
/** The length of a relay packet beside the envelope, at most (S7). */
const frameBytes = 80;

/** The most bytes that a frame with this message can have, whoever seals it for whom. */
export const largestFrame = (message: RelayMessage): number => largestSealedFrame(bytesIn(JSON.stringify(message)));

/** @param length bytes of the message. @returns the most bytes that a frame can have in which it is sealed */
export function largestSealedFrame(length: number): number {
  const sealed = asBase64(length + tagBytes) + sealedBytes;
  return asBase64(sealed + contentBytes) + frameBytes;
}

const asBase64 = (bytes: number): number => 4 * Math.ceil(bytes / 3);

/** The bytes of a text in UTF-8; `JSON.stringify` leaves no lone surrogate. */
function bytesIn(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
