// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What members sign, compare and read to each other: names, rosters, the code of a room, safety numbers (Y6 to Y9). The
 * code of a room is the group protocol of Laur and Pasini (PKC 2008): who commits before anybody reveals cannot choose
 * what the code becomes, so that 32 bits are enough.
 */

import { Credential } from "./credential.ts";
import { type Bytes, compareBytes, encodeParts, sha256 } from "./encoding.ts";

const codeBytes = 4;
const safetyBytes = 20;
const safetyDigits = 40;

/** A name that a client goes by, the same for all members (Y6). */
export interface NameStatement {
  readonly roomHash: string;
  readonly credential: string;
  readonly instance: string;
  /** Counts up with each name of an instance. */
  readonly number: number;
  readonly name: string;
}

/** The bytes of a statement that are signed. */
export function encodeNameStatement({ roomHash, credential, instance, number, name }: NameStatement): Bytes {
  return encodeParts("keks-meet name 1", roomHash, credential, instance, number, name);
}

/** @returns whether its own credential has signed a statement */
export async function isNameSigned(statement: NameStatement, signature: Bytes): Promise<boolean> {
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

/** @returns the SHA-256 of a roster, whatever the order of the entries (Y7) */
export function rosterHash(roomHash: string, entries: readonly RosterEntry[]): Promise<Bytes> {
  const encoded = entries.map(encodeEntry).toSorted(compareBytes);
  return sha256(encodeParts("keks-meet roster 1", roomHash, ...encoded));
}

/** A member's part in the code of a room (Y8). */
export interface CodeShare {
  readonly member: RosterEntry;
  /** 32 random bytes, which nobody else sees before everybody has committed. */
  readonly nonce: Bytes;
}

/** @returns the SHA-256 that is said before the share */
export function commitmentOf(roomHash: string, share: CodeShare): Promise<Bytes> {
  return sha256(encodeParts("keks-meet code commitment 1", roomHash, encodeShare(share)));
}

/** @returns the 4 bytes that all members of a run read to each other (Y8) */
export async function roomCode(roomHash: string, shares: readonly CodeShare[]): Promise<Bytes> {
  const encoded = shares.map(encodeShare).toSorted(compareBytes);
  return (await sha256(encodeParts("keks-meet code 1", roomHash, ...encoded))).slice(0, codeBytes);
}

/** @returns the 40 digits, in groups of five, that two people compare at any time (Y9); the same for both */
export async function safetyNumber(one: Credential, other: Credential): Promise<string> {
  const fingerprints = [await one.fingerprint(), await other.fingerprint()].toSorted(compareBytes);
  const digest = await sha256(encodeParts("keks-meet safety 1", ...fingerprints));
  let number = 0n;
  for (const byte of digest.slice(0, safetyBytes)) number = number * 256n + BigInt(byte);
  const digits = (number % 10n ** BigInt(safetyDigits)).toString().padStart(safetyDigits, "0");
  return digits.match(/.{5}/g)?.join(" ") ?? "";
}

function encodeEntry({ credential, instance, number, statementHash }: RosterEntry): Bytes {
  return encodeParts("keks-meet member 1", credential, instance, number, statementHash);
}

function encodeShare({ member, nonce }: CodeShare): Bytes {
  return encodeParts("keks-meet code share 1", encodeEntry(member), nonce);
}
