// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What fields of packets and messages may hold.
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

import { cutText, list, oneWord, shape, text, upTo } from "../schema.ts";
import * as limits from "./limits.ts";

export const anyText = text();
export const unsigned = upTo(limits.maxInteger);
export const clientId = unsigned;
export const lineIndex = upTo(limits.lineIndex);
export const roomHash = text(limits.roomHashLength, /[^]/);
export const id = text(limits.idLength);
export const name = cutText(limits.nameLength);
export const label = cutText(limits.labelLength);
export const candidate = text(limits.candidateLength);
export const line = text(limits.chatLength);
export const imageUrl = text(Infinity, /^data:image\//);
/** A still as it may be shown: of a kind that cannot run anything, and small (V1). */
export const stillUrl = text(limits.previewLength, /^data:image\/(?:jpeg|png|webp);base64,[A-Za-z0-9+/=]*$/);
/** 32 bytes in lower-case hexadecimal. */
export const sha256 = text(Infinity, /^[0-9a-f]{64}$/);
/** 32 bytes in base64url without padding. */
export const random = text(Infinity, /^[A-Za-z0-9_-]{43}$/);
export const trackKind = oneWord("audio", "video");
export const featureList = list(id, limits.features);
/** 8 bytes in base64url without padding. */
export const pairId = text(Infinity, /^[A-Za-z0-9_-]{11}$/);
/** A point of P-256, uncompressed: 65 bytes in base64url without padding. */
export const point = text(Infinity, /^[A-Za-z0-9_-]{87}$/);
/** 64 bytes in base64url without padding. */
export const signature = text(Infinity, /^[A-Za-z0-9_-]{86}$/);
/** Bytes in base64url without padding. */
export const ciphertext = text(Infinity, /^[A-Za-z0-9_-]*$/);
/** What makes a name a statement (Y6). */
export const nameStatement = shape({ number: unsigned, signature });
/** An address of IPv4 or IPv6. */
export const ipAddress = text(Infinity, /^[0-9A-Fa-f.:]{2,45}$/);
export const port = upTo(limits.port);
/** An address at which somebody listens. */
export const socketAddress = shape({ ip: ipAddress, port });
export const socketAddressList = list(socketAddress, limits.directAddresses);
/** The limits that the server announces (S3). */
export const serverLimits = shape({
  /** The largest frame that the server takes. */
  message_bytes: unsigned,
});
