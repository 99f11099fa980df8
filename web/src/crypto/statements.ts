// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What members sign, compare and read to each other: names, rosters, the code of a room, safety numbers (Y6 to Y9). The
 * code of a room has the shape of the group protocol of Laur and Pasini (PKC 2008), with SHA-256 for both of its
 * functions: who commits before anybody reveals cannot choose what the code becomes, so that 32 bits are enough.
 */

import { type Bytes, compareBytes } from "../core/bytes.ts";
import { Credential } from "./credential.ts";
import { encodeParts, sha256 } from "./encoding.ts";

const codeBytes = 4;
const safetyDigits = 60;

/** A name that a client goes by, the same for all members (Y6). */
export interface NameStatement {
  readonly roomHash: string;
  readonly credential: string;
  readonly instance: string;
  /** Counts up from 0 with each name of an instance. */
  readonly number: number;
  readonly name: string;
}

/** The bytes of a statement that are signed. */
export function encodeNameStatement({ roomHash, credential, instance, number, name }: NameStatement): Bytes {
  return encodeParts("keks-meet name 1", roomHash, credential, instance, number, name);
}

/** @returns whether its own credential has signed a statement */
export async function isNameSigned(statement: NameStatement, signature: Bytes): Promise<boolean> {
  // Half a character has no bytes that could have been signed.
  if (/\p{Surrogate}/u.test(statement.name + statement.instance)) return false;
  const credential = await Credential.parse(statement.credential);
  return credential !== undefined && credential.verifies(signature, encodeNameStatement(statement));
}

/** A member as another one sees it (Y7). */
export interface RosterEntry {
  readonly credential: string;
  readonly instance: string;
  /** The number of the newest name statement. */
  readonly number: number;
  /** The SHA-256 of that statement. */
  readonly statementHash: Bytes;
}

/** @returns the SHA-256 of a roster, whatever the order of the entries, each of which counts once (Y7) */
export function rosterHash(roomHash: string, entries: readonly RosterEntry[]): Promise<Bytes> {
  const encoded = entries.map(encodeEntry).toSorted(compareBytes);
  const isFirst = (entry: Bytes, at: number): boolean => compareBytes(entry, encoded[at - 1] ?? new Uint8Array()) !== 0;
  return sha256(encodeParts("keks-meet roster 1", roomHash, ...encoded.filter(isFirst)));
}

/** A run that makes a code: its room, its name, and the members that take part, who are fixed (Y8). */
export interface CodeRun {
  readonly roomHash: string;
  /** 16 random bytes, drawn by who starts the run. */
  readonly run: Bytes;
  /** Everybody who takes part, oneself included, as one sees them oneself. */
  readonly members: readonly RosterEntry[];
}

/** @returns what a member says before it says its nonce: 32 random bytes that nobody else sees until then */
export function commitmentOf(run: CodeRun, member: RosterEntry, nonce: Bytes): Promise<Bytes> {
  return sha256(encodeParts("keks-meet code commitment 1", encodeRun(run), encodeShare(member, nonce)));
}

/**
 * The 4 bytes that the members read to each other (Y8). Throws when a nonce is missing, or a credential takes part twice
 * with one instance. @param nonces in the order of the members
 */
export async function roomCode(run: CodeRun, nonces: readonly Bytes[]): Promise<Bytes> {
  const { members } = run;
  const who = new Set(members.map(({ credential, instance }) => `${credential} ${instance}`));
  if (who.size !== members.length) throw new RangeError("a member takes part twice");
  if (nonces.length !== members.length) throw new RangeError("a nonce is missing");
  const shares = members
    .map((member, at) => encodeShare(member, nonces[at] ?? new Uint8Array()))
    .toSorted(compareBytes);
  return (await sha256(encodeParts("keks-meet code 1", encodeRun(run), ...shares))).slice(0, codeBytes);
}

/** @returns the 60 digits, in groups of five, that two people compare at any time (Y9); the same for both. Throws when both are the same. */
export async function safetyNumber(one: Credential, other: Credential): Promise<string> {
  if (one.text === other.text) throw new RangeError("nobody has a safety number with themselves");
  const fingerprints = [await one.fingerprint(), await other.fingerprint()].toSorted(compareBytes);
  const digest = await sha256(encodeParts("keks-meet safety 1", ...fingerprints));
  let number = 0n;
  for (const byte of digest) number = number * 256n + BigInt(byte);
  const digits = (number % 10n ** BigInt(safetyDigits)).toString().padStart(safetyDigits, "0");
  return digits.match(/.{5}/g)?.join(" ") ?? "";
}

function encodeEntry({ credential, instance, number, statementHash }: RosterEntry): Bytes {
  return encodeParts("keks-meet member 1", credential, instance, number, statementHash);
}

function encodeShare(member: RosterEntry, nonce: Bytes): Bytes {
  return encodeParts("keks-meet code share 1", encodeEntry(member), nonce);
}

function encodeRun({ roomHash, run, members }: CodeRun): Bytes {
  return encodeParts("keks-meet code run 1", roomHash, run, ...members.map(encodeEntry).toSorted(compareBytes));
}
