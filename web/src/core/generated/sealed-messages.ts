// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What is only said sealed, by its key (Y12), and what fields of it may hold.
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

import { list, nothing, oneWord, optional, shape, text } from "../schema.ts";
import { clientId, featureList, id, name, random, signature, unsigned } from "./fields.ts";
import * as limits from "./limits.ts";

export const handState = oneWord("up", "down");
export const recordingState = oneWord("on", "off");
export const reactionName = oneWord("yes", "no", "applause", "heart", "laugh", "surprise");
export const unsignedList = list(unsigned, limits.roster);
/** A member, with the statement of its name (Y6). */
export const memberStatement = shape({
  /** The id by which the server named the member. */
  id: clientId,
  key: id,
  instance: id,
  number: unsigned,
  name,
  signature,
});
export const statementList = list(memberStatement, limits.roster);
/** 16 bytes in base64url without padding. */
export const runId = text(Infinity, /^[A-Za-z0-9_-]{22}$/);
/** A member that a code is made of, as one sees it (Y7). */
export const codeMember = shape({
  key: id,
  instance: id,
  number: unsigned,
  /** The SHA-256 of the statement of its name under this number. */
  statement: random,
});
export const codeMemberList = list(codeMember, limits.codeMembers);
/** Why a run has ended (Y22). */
export const codeWhy = oneWord(
  "differs",
  "busy",
  "barred",
  "silent",
  "false",
  "changed",
  "left",
  "stopped",
  "mismatch",
);

export const sealedMessages = {
  /** The first sealed message of a pair: who its sender is (M10, Y4, Y12). Only for who announced `identity-1`. */
  credential: shape({
    key: id,
    signature,
    /** The messages that its sender has sealed for this member so far, whatever the keys, credentials apart (Y13). */
    sent: unsigned,
    /** As in `identify`, and sooner (M10). */
    wants: optional(featureList),
  }),
  /** Something that you sealed has not arrived: say again what holds now (Y13). Only for who announced `sealed-1`. */
  missed: nothing,
  /** Its sender leaves, and has closed its connections (L9). Only for who announced `leaving`. */
  leaving: nothing,
  /** Whom its sender sees, and what was said to whom (Y16, Y18). Only for who announced `roster-1`. */
  roster: shape({
    /** The hash of the sender's roster (Y7). */
    hash: random,
    /** The members that its sender has a pair with, by their ids. */
    ids: unsignedList,
    /** For each of them, the messages that its sender has sealed for it, credentials apart. */
    sent: unsignedList,
    /** For each of them, the messages that it says to have sealed for who hears this. */
    told: unsignedList,
  }),
  /** Say whom you see (Y17). Only for who announced `roster-1`. */
  roster_request: nothing,
  /** Whom its sender sees, with the statements of their names (Y17). Only for who announced `roster-1`. */
  roster_members: statementList,
  /** Let us make a code (Y20). Only for who announced `sas-1`. */
  code_run: shape({
    run: runId,
    /** Who takes part, as its sender sees them, itself included. */
    members: codeMemberList,
  }),
  /** Binds its sender to a nonce that nobody sees yet (Y8, Y21). Only for who announced `sas-1`. */
  code_commitment: shape({ run: runId, commitment: random }),
  /** The nonce (Y8, Y21). Only for who announced `sas-1`. */
  code_nonce: shape({ run: runId, nonce: random }),
  /** There is no code of this run for me (Y22). Only for who announced `sas-1`. */
  code_end: shape({ run: runId, why: codeWhy }),
  /** The hand of its sender is up, or down again (M11). Only for who announced `gestures`. */
  hand: shape({ state: handState }),
  /** A reaction, shown once (M12). Only for who announced `gestures`. */
  reaction: shape({ name: reactionName }),
  /** Its sender records, or no longer (M13). Only for who announced `recording`. */
  recording: shape({ state: recordingState }),
};
