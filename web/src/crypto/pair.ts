// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The keys of a pair of clients, and the messages that the keys seal (Y3 to Y5). The construction is SIGMA-I (Krawczyk
 * 2003) with the MAC under the signature, as IKEv2 has it (RFC 7296, 2.15), from ephemeral Diffie-Hellman with X25519
 * (RFC 7748) or P-256 (NIST SP 800-56A), HKDF-SHA-256 (RFC 5869), and AES-256-GCM (NIST SP 800-38D) with a counter as
 * its nonce.
 */

import type { Credential, SigningKey } from "./credential.ts";
import { type Bytes, compareBytes, encodeParts, numberBytes, sha256 } from "./encoding.ts";

const x25519 = { name: "X25519" };
const p256 = { name: "ECDH", namedCurve: "P-256" };
const keyBytes = 32;
const pointBytes = 65;
const nonceBytes = 12;

/** The open words of a client for one signaling connection. */
export interface Hello {
  readonly instance: string;
  /** 32 random bytes. */
  readonly nonce: Bytes;
  /** 65 bytes: a point, uncompressed. */
  readonly p256: Bytes;
  /** 32 bytes; empty where the engine has no X25519. */
  readonly x25519: Bytes;
  readonly features: readonly string[];
}

export function encodeHello({ instance, nonce, p256: point, x25519: key, features }: Hello): Bytes {
  return encodeParts("keks-meet hello 1", instance, nonce, point, key, ...features);
}

/** The private keys behind a hello. They are forgotten with the signaling connection. */
export interface EphemeralKeys {
  readonly p256: CryptoKeyPair;
  readonly x25519?: CryptoKeyPair;
}

export async function drawEphemeralKeys(): Promise<EphemeralKeys> {
  const fallback = crypto.subtle.generateKey(p256, false, ["deriveBits"]);
  try {
    const keys = await crypto.subtle.generateKey(x25519, false, ["deriveBits"]);
    return "privateKey" in keys ? { p256: await fallback, x25519: keys } : { p256: await fallback };
  } catch {
    return { p256: await fallback };
  }
}

export async function helloOf(
  keys: EphemeralKeys,
  said: Pick<Hello, "instance" | "nonce" | "features">,
): Promise<Hello> {
  return { ...said, p256: await rawKey(keys.p256), x25519: await rawKey(keys.x25519) };
}

async function rawKey(pair?: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(pair ? await crypto.subtle.exportKey("raw", pair.publicKey) : []);
}

/** What a pair has derived, as one of the two sees it. */
export interface PairKeys {
  /** The SHA-256 of the room and of both hellos. */
  readonly transcript: Bytes;
  /** The key of messages from here. */
  readonly sealing: CryptoKey;
  /** The key of messages from there. */
  readonly opening: CryptoKey;
  /** The key of the MAC over the own credential. */
  readonly confirming: CryptoKey;
  /** The key of the MAC over the credential of the other one. */
  readonly checking: CryptoKey;
}

/** The room that a pair meets in: its message key and its hash. */
export interface PairRoom {
  readonly messageKey: Bytes;
  readonly roomHash: string;
}

/** @returns the keys of a pair (Y3); undefined where nothing is shared, or when the other side repeats our own keys */
export async function derivePair(
  room: PairRoom,
  keys: EphemeralKeys,
  own: Hello,
  theirs: Hello,
): Promise<PairKeys | undefined> {
  const shared = isReflected(own, theirs) ? undefined : await agree(keys, theirs);
  if (!shared) return undefined;
  const isFirst = compareBytes(encodeHello(own), encodeHello(theirs)) < 0;
  const [first, second] = isFirst ? [own, theirs] : [theirs, own];
  const transcript = await sha256(
    encodeParts("keks-meet pair 1", room.roomHash, encodeHello(first), encodeHello(second)),
  );
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derive = (
    purpose: string,
    kind: AesKeyAlgorithm | HmacKeyGenParams,
    ...usages: KeyUsage[]
  ): Promise<CryptoKey> => {
    const info = encodeParts("keks-meet pair key 1", purpose, transcript);
    return crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: room.messageKey, info },
      material,
      kind,
      false,
      usages,
    );
  };
  const aes = { name: "AES-GCM", length: 256 };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const [here, there] = isFirst ? ["first", "second"] : ["second", "first"];
  return {
    transcript,
    sealing: await derive(`${here} seals`, aes, "encrypt"),
    opening: await derive(`${there} seals`, aes, "decrypt"),
    confirming: await derive(`${here} is`, hmac, "sign"),
    checking: await derive(`${there} is`, hmac, "sign"),
  };
}

/** @returns the signature by which the other side knows that this client has a credential (Y4) */
export async function proveCredential(keys: PairKeys, key: SigningKey): Promise<Bytes> {
  return key.sign(await confirmed(keys.transcript, keys.confirming, key.credential));
}

/** @returns whether the other side has a credential (Y4) */
export async function isCredentialProven(keys: PairKeys, credential: Credential, signature: Bytes): Promise<boolean> {
  return credential.verifies(signature, await confirmed(keys.transcript, keys.checking, credential));
}

/** What every message of a direction is bound to; `sender` and `receiver` are instances. */
export interface Direction {
  readonly roomHash: string;
  readonly sender: string;
  readonly receiver: string;
  readonly epoch: number;
}

/** @param number of the message, counted from 0; never twice with one key */
export async function sealMessage(key: CryptoKey, to: Direction, number: number, plaintext: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.encrypt(cipher(to, number), key, plaintext));
}

/** @returns undefined for a message that does not open */
export async function openMessage(
  key: CryptoKey,
  from: Direction,
  number: number,
  ciphertext: Bytes,
): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(cipher(from, number), key, ciphertext));
  } catch {
    return undefined;
  }
}

function cipher({ roomHash, sender, receiver, epoch }: Direction, number: number): AesGcmParams {
  const additionalData = encodeParts("keks-meet sealed 1", roomHash, sender, receiver, epoch, number);
  return { name: "AES-GCM", iv: numberBytes(number, nonceBytes), additionalData };
}

function isReflected(own: Hello, theirs: Hello): boolean {
  return isSame(own.nonce, theirs.nonce) || isSame(own.p256, theirs.p256) || isSame(own.x25519, theirs.x25519);
}

function isSame(one: Bytes, other: Bytes): boolean {
  return one.length > 0 && compareBytes(one, other) === 0;
}

async function agree(keys: EphemeralKeys, theirs: Hello): Promise<Bytes | undefined> {
  const isNewer = keys.x25519 !== undefined && theirs.x25519.length > 0;
  const [kind, own, raw] = isNewer ? [x25519, keys.x25519, theirs.x25519] : [p256, keys.p256, theirs.p256];
  if (!own || raw.length !== (isNewer ? keyBytes : pointBytes)) return undefined;
  try {
    const key = await crypto.subtle.importKey("raw", raw, kind, true, []);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: kind.name, public: key }, own.privateKey, 256));
  } catch {
    return undefined;
  }
}

async function confirmed(transcript: Bytes, key: CryptoKey, { text }: Credential): Promise<Bytes> {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
  return encodeParts("keks-meet credential 1", transcript, mac);
}
