// SPDX-License-Identifier: AGPL-3.0-only
/** The size of a message on its way, before it is sealed. */

import type { RelayMessage } from "./relay-messages.ts";

/** The largest id there may be (S2). */
const longestId = Number.MAX_SAFE_INTEGER;
/** Nonce and tag of an envelope, in bytes (E1). */
const sealBytes = 12 + 16;

/** The most bytes that a frame with this message can have, whoever sends it to whom (E1, E2, S7). */
export function largestFrame(message: RelayMessage): number {
  const content = bytesIn(JSON.stringify({ sender: longestId, inner: message })) + sealBytes;
  const frame = JSON.stringify({ relay: { recipient: longestId, message: "" } });
  return frame.length + 4 * Math.ceil(content / 3);
}

/** The bytes of a text in UTF-8; `JSON.stringify` leaves no lone surrogate. */
function bytesIn(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
