// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Controls on a file channel, by their key (F4).
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

import { shape } from "../schema.ts";
import { ciphertext, random, sha256, socketAddressList, unsigned } from "./fields.ts";

export const fileControls = {
  /**
   * The receiver is ready for this many bytes in all, counted from the first sent (F5).
   * Only for who announced `file-credit`.
   */
  credit: unsigned,
  /** The SHA-256 of the whole file (F6). Only for who announced `file-sha256`. */
  sha256,
  /** The first byte sent is this one of the file (F9). Only for who announced `file-resume-2`. */
  offset: unsigned,
  /**
   * The sender has what the receiver kept: HMAC-SHA-256 of the prefix under the receiver's salt (F9).
   * Only for who announced `file-resume-2`.
   */
  prefix_hmac: sha256,
  /**
   * The receiver has stored the whole file, which is this many bytes long (F11).
   * Only for who announced `file-stored`.
   */
  stored: unsigned,
  /**
   * Where the sender of this text listens for the other end, and how each knows the other (F14).
   * Only for who announced `file-tcp`.
   */
  direct: shape({
    addresses: socketAddressList,
    /** The certificate of this transfer, DER in base64url without padding. */
    certificate: ciphertext,
    token: random,
  }),
  /**
   * The bytes from this one on come over TCP, counted from the first sent (F15).
   * Only for who announced `file-tcp`.
   */
  switch: unsigned,
  /** So many bytes have come (F15). Only for who announced `file-tcp`. */
  received: unsigned,
  /** TCP is over: so many bytes have been sent, or have come (F16). Only for who announced `file-tcp`. */
  back: unsigned,
};
