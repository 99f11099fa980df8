// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The inner of an envelope, by its key (E2).
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

import { optional, shape, suchThat } from "../schema.ts";
import {
  anyText,
  candidate,
  ciphertext,
  featureList,
  id,
  imageUrl,
  label,
  line,
  lineIndex,
  name,
  nameStatement,
  pairId,
  point,
  random,
  sha256,
  stillUrl,
  trackKind,
  unsigned,
} from "./fields.ts";

export const relayMessages = {
  /** The sender's name; ours adds its instance, its features, a hello with keys, and a signature (M1, Y10, Y15). */
  identify: shape({
    username: name,
    instance: optional(id),
    features: optional(featureList),
    nonce: optional(random),
    p256: optional(point),
    x25519: optional(random),
    /** The nonce of the hello that this one answers (Y11). */
    answers: optional(random),
    /** Makes the name a statement; sealed alone, for who announced `roster-1` (Y15). */
    statement: optional(nameStatement),
    /** The kinds of tracks that are requested as soon as they are offered (M10). */
    wants: optional(featureList),
  }),
  /**
   * Any other message, sealed for one member with the keys of the pair (Y5, Y12).
   * Only for who announced `sealed-1`.
   */
  sealed: shape({ pair: pairId, number: unsigned, data: ciphertext }),
  /** A resource is on offer; a kind other than `track`, `file` and `port` is ignored by who hears it (M2). */
  provide: suchThat(
    shape({
      id,
      kind: id,
      track_kind: optional(trackKind),
      label: optional(label),
      size: optional(unsigned),
      /** Of a file: `tar` is a directory (F10). */
      archive: optional(id),
      /** Of a file: `text` is one to be read at once (F13). */
      show: optional(id),
    }),
    (it) => it.kind !== "track" || it.track_kind !== undefined,
    "track_kind",
  ),
  /** A resource is no longer on offer (M2). */
  provide_stop: shape({ id }),
  /** Start sending it to me; of a file also from an offset, after proof of what stands before it (M3, F9). */
  request: shape({
    id,
    offset: optional(unsigned),
    /** 32 random bytes in lower-case hexadecimal. */
    salt: optional(sha256),
  }),
  /** Stop sending it to me (M3). */
  request_stop: shape({ id }),
  /** A bare SDP offer (N1). */
  offer: anyText,
  /** A bare SDP answer (N1). */
  answer: anyText,
  /** A trickled candidate, with W3C's own field names (N1). */
  ice_candidate: shape({
    candidate,
    sdpMLineIndex: optional(lineIndex),
    sdpMid: optional(id),
    usernameFragment: optional(id),
  }),
  /** A text or an image, one of the two (M4). */
  chat: suchThat(
    shape({ text: optional(line), image: optional(imageUrl) }),
    (it) => (it.text === undefined) !== (it.image === undefined),
    "text or image",
  ),
  /** The next chat of mine is the line of this id (M6). Only for who announced `chat-id`. */
  chat_id: shape({ id }),
  /** Relayed to one's own id, to see whether it comes back (L8). */
  probe: shape({ number: unsigned }),
  /** A still of a video (V1). Only for who announced `preview`. */
  preview: shape({ id, data: stillUrl }),
};
