// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The keys of a pair of clients, and the messages that the keys seal (Y3 to Y5). The construction is SIGMA-I (Krawczyk
 * 2003) with the MAC under the signature, as IKEv2 has it (RFC 7296, 2.15), from ephemeral Diffie-Hellman with X25519
 * (RFC 7748) or P-256 (NIST SP 800-56A), HKDF-SHA-256 (RFC 5869), and AES-256-GCM (NIST SP 800-38D) with a counter as
 * its nonce.
 */

import { type Bytes, compareBytes, joined, numberBytes } from "../core/bytes.ts";
import type { Credential, SigningKey } from "./credential.ts";
import { encodeParts, sha256 } from "./encoding.ts";

const x25519 = { name: "X25519" };
const p256 = { name: "ECDH", namedCurve: "P-256" };
const keyBytes = 32;
const pointBytes = 65;
const uncompressed = 4;
export const helloNonceBytes = 32;

/** The open words of a client to one other. */
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

/** The private keys behind a hello. They are good for one pair: with the same keys twice, messages could be read. */
export class EphemeralKeys {
  #p256: CryptoKeyPair | undefined;
  #x25519: CryptoKeyPair | undefined;

  constructor(point: CryptoKeyPair, key?: CryptoKeyPair) {
    this.#p256 = point;
    this.#x25519 = key;
  }

  static async draw(): Promise<EphemeralKeys> {
    const point = await crypto.subtle.generateKey(p256, false, ["deriveBits"]);
    try {
      const key = await crypto.subtle.generateKey(x25519, false, ["deriveBits"]);
      return new EphemeralKeys(point, "privateKey" in key ? key : undefined);
    } catch {
      return new EphemeralKeys(point);
    }
  }

  /** @returns the hello with the public keys. Throws when they are used up. */
  async hello(said: Pick<Hello, "instance" | "nonce" | "features">): Promise<Hello> {
    if (!this.#p256) throw new RangeError("these keys have made a pair already");
    return { ...said, p256: await rawKey(this.#p256.publicKey), x25519: await rawKey(this.#x25519?.publicKey) };
  }

  /**
   * The secret that is shared with the owner of a hello; the keys are forgotten. Throws when they are used up. @returns
   * undefined for a key with which every secret is zero
   */
  async agree(theirs: Hello): Promise<Bytes | undefined> {
    const [point, key] = [this.#p256, this.#x25519];
    this.#p256 = this.#x25519 = undefined;
    if (!point) throw new RangeError("these keys have made a pair already");
    const isNewer = key !== undefined && theirs.x25519.length > 0;
    const [own, kind, raw] = isNewer ? [key, x25519, theirs.x25519] : [point, p256, theirs.p256];
    try {
      const imported = await crypto.subtle.importKey("raw", raw, kind, true, []);
      const secret = await crypto.subtle.deriveBits({ name: kind.name, public: imported }, own.privateKey, 256);
      const bytes = new Uint8Array(secret);
      return bytes.some((byte) => byte !== 0) ? bytes : undefined;
    } catch {
      return undefined;
    }
  }
}

async function rawKey(key?: CryptoKey): Promise<Bytes> {
  return new Uint8Array(key ? await crypto.subtle.exportKey("raw", key) : []);
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

/**
 * The keys of a pair; the ephemeral ones are forgotten (Y3). Throws when those are used up. @returns undefined for a
 * hello that no pair comes of
 */
export async function derivePair(
  room: PairRoom,
  keys: EphemeralKeys,
  own: Hello,
  theirs: Hello,
): Promise<PairKeys | undefined> {
  const isGood = (await isWellFormed(theirs)) && !repeats(own, theirs);
  const shared = isGood ? await keys.agree(theirs) : undefined;
  if (!shared) return undefined;
  const isFirst = compareBytes(encodeHello(own), encodeHello(theirs)) < 0;
  const hellos = (isFirst ? [own, theirs] : [theirs, own]).map(encodeHello);
  const transcript = await sha256(encodeParts("keks-meet pair 1", room.roomHash, ...hellos));
  const derive = await derivation(shared, room.messageKey, transcript);
  const [here, there] = isFirst ? ["first", "second"] : ["second", "first"];
  return {
    transcript,
    sealing: await derive(`${here} seals`, { name: "AES-GCM", length: 256 }, "encrypt"),
    opening: await derive(`${there} seals`, { name: "AES-GCM", length: 256 }, "decrypt"),
    confirming: await derive(`${here} is`, { name: "HMAC", hash: "SHA-256", length: 256 }, "sign"),
    checking: await derive(`${there} is`, { name: "HMAC", hash: "SHA-256", length: 256 }, "sign"),
  };
}

type Derive = (purpose: string, kind: AesKeyAlgorithm | HmacKeyGenParams, usage: KeyUsage) => Promise<CryptoKey>;

/** The derivation of each key of epoch 0 from the secret of a pair. */
async function derivation(shared: Bytes, salt: Bytes, transcript: Bytes): Promise<Derive> {
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  return (purpose, kind, usage) => {
    const info = encodeParts("keks-meet pair key 1", purpose, transcript, 0);
    return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info }, material, kind, false, [usage]);
  };
}

/** @returns whether nonce and keys are of their form, and the point on the curve */
async function isWellFormed({ nonce, x25519: key, p256: point }: Hello): Promise<boolean> {
  if (nonce.length !== helloNonceBytes || (key.length !== 0 && key.length !== keyBytes)) return false;
  if (point.length !== pointBytes || point[0] !== uncompressed) return false;
  try {
    await crypto.subtle.importKey("raw", point, p256, true, []);
    return true;
  } catch {
    return false;
  }
}

/** @returns whether the instance, the nonce or a key is the same in both hellos */
function repeats(one: Hello, other: Hello): boolean {
  const isSameKey = one.x25519.length > 0 && isSame(withoutSign(one.x25519), withoutSign(other.x25519));
  const isSameWord = one.instance === other.instance || isSame(one.nonce, other.nonce);
  return isSameWord || isSame(one.p256, other.p256) || isSameKey;
}

function isSame(one: Bytes, other: Bytes): boolean {
  return compareBytes(one, other) === 0;
}

function withoutSign(key: Bytes): Bytes {
  return key.length === 0 ? key : key.with(key.length - 1, (key.at(-1) ?? 0) & 0x7f);
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

/** The direction from here to a peer. */
export class Sealer {
  readonly #key: CryptoKey;
  readonly #direction: Direction;
  #next = 0;

  constructor(key: CryptoKey, direction: Direction) {
    this.#key = key;
    this.#direction = direction;
  }

  /** Seals the next message. Its number is spent at once, so that two that are sealed side by side never share one. */
  async seal(plaintext: Bytes): Promise<SealedMessage> {
    const number = this.#next++;
    const ciphertext = await crypto.subtle.encrypt(cipher(this.#direction, number), this.#key, plaintext);
    return { number, ciphertext: new Uint8Array(ciphertext) };
  }
}

/** The direction from a peer to here. */
export class Opener {
  readonly #key: CryptoKey;
  readonly #direction: Direction;
  #next = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(key: CryptoKey, direction: Direction) {
    this.#key = key;
    this.#direction = direction;
  }

  /**
   * The next message, once those before it have been looked at. @returns undefined for one that does not open, or is
   * not the next one, which changes nothing
   */
  open(message: SealedMessage): Promise<Bytes | undefined> {
    const opened = this.#last.then(() => this.#openNow(message));
    this.#last = opened;
    return opened;
  }

  async #openNow({ number, ciphertext }: SealedMessage): Promise<Bytes | undefined> {
    if (number !== this.#next) return undefined;
    try {
      const plaintext = await crypto.subtle.decrypt(cipher(this.#direction, number), this.#key, ciphertext);
      this.#next++;
      return new Uint8Array(plaintext);
    } catch {
      return undefined;
    }
  }
}

/** A sealed message, and its number in its direction and epoch. */
export interface SealedMessage {
  readonly number: number;
  readonly ciphertext: Bytes;
}

function cipher({ roomHash, sender, receiver, epoch }: Direction, number: number): AesGcmParams {
  const additionalData = encodeParts("keks-meet sealed 1", roomHash, sender, receiver, epoch, number);
  // The epoch is in the nonce as well, so that no mistake about keys of epochs uses one twice.
  return { name: "AES-GCM", iv: joined([numberBytes(epoch, 4), numberBytes(number, 8)]), additionalData };
}

async function confirmed(transcript: Bytes, key: CryptoKey, { text }: Credential): Promise<Bytes> {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
  return encodeParts("keks-meet credential 1", transcript, mac);
}
