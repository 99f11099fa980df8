// SPDX-License-Identifier: AGPL-3.0-only
/** The values that are derived from a room secret: the message key (K2) and the room hash (K3). */

import type { Bytes } from "../core/bytes.ts";
import { hexadecimal } from "../core/hexadecimal.ts";

const rounds = 250_000;
/** The time, in milliseconds, after which another key takes too long to come. */
const slow = 1_000;
const keySalt = "keksmeet/cryptosaltAAA==";
const hashSalt = "keksmeet/roomhashsaltA==";

export interface RoomKeys {
  /** The room hash, 64 lower-case hexadecimal digits. */
  readonly hash: Promise<string>;
  readonly message: Promise<MessageKey>;
  /** The hash, once the room may be entered. */
  readonly entry: Promise<string>;
}

export interface MessageKey {
  /** The key for AES-256-GCM; cannot be exported. */
  readonly key: CryptoKey;
  /** Its bytes, which are a part of the keys of pairs (Y3). */
  readonly bytes: Bytes;
}

/** Chromium derives one key after the other, and entering a room takes no more than the hash: so that is the first. */
export function deriveRoomKeys(secret: string): RoomKeys {
  const [hash, message] = [deriveHash(secret), deriveMessageKey(secret)];
  return { hash, message, entry: entry(hash, message) };
}

/** Where deriving takes long, the members would wait in vain for a word that takes the message key (Y10). */
async function entry(hash: Promise<string>, message: Promise<unknown>): Promise<string> {
  const began = performance.now();
  await hash;
  if (performance.now() - began > slow) await message;
  return hash;
}

async function deriveMessageKey(secret: string): Promise<MessageKey> {
  const bytes = await derive(secret, keySalt);
  return { key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]), bytes };
}

export async function deriveHash(secret: string): Promise<string> {
  return hexadecimal(await derive(secret, hashSalt));
}

async function derive(secret: string, salt: string): Promise<Bytes> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, [
    "deriveBits",
  ]);
  const saltBytes = Uint8Array.from(atob(salt), (character) => character.charCodeAt(0));
  const derivation = { name: "PBKDF2", hash: "SHA-512", salt: saltBytes, iterations: rounds };
  return new Uint8Array(await crypto.subtle.deriveBits(derivation, material, 256));
}
