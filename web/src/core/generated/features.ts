// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What the page announces of the protocol's additions (M1).
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

export const features: readonly string[] = [
  /** Identifies itself with an instance (M1). */
  "instance",
  /** Shows stills of videos (V1, V2, V3). */
  "preview",
  /** Gives and waits for credit (F5). */
  "file-credit",
  /** Says and compares the hash of a file (F6). */
  "file-sha256",
  /** Sends the rest of a file (F9). */
  "file-resume-2",
  /** Says that a file is stored (F11). */
  "file-stored",
  /** Has a credential (Y2, Y4). */
  "identity-1",
  /** Seals for each member (Y3, Y5, Y10). */
  "sealed-1",
  /** Signs its name and says its roster (Y15, Y16). */
  "roster-1",
  /** Makes one code for the room (Y8, Y20). */
  "sas-1",
  /** Says that it leaves (L9). */
  "leaving",
  /** Knows the ids of lines of chat (M6). */
  "chat-id",
  /** Asks for lost packets of sound (N16). */
  "robust-audio",
  /** Says that the way to it works (N17). */
  "beat",
  /** Shows raised hands and reactions (M11, M12). */
  "gestures",
  /** Says that it records, and shows who does (M13). */
  "recording",
];
