// SPDX-License-Identifier: AGPL-3.0-only
/** The values that are derived from a room secret: the message key (K2) and the room hash (K3). */

import type { Bytes } from "../core/bytes.ts";
import { hexadecimal } from "../core/hexadecimal.ts";

const rounds = 250_000;
const keySalt = "keksmeet/cryptosaltAAA==";
const hashSalt = "keksmeet/roomhashsaltA==";

export interface RoomKeys {
  /** The room hash, 64 lower-case hexadecimal digits. */
  readonly hash: Promise<string>;
  readonly message: Promise<MessageKey>;
}

export interface MessageKey {
  /** The key for AES-256-GCM; cannot be exported. */
  readonly key: CryptoKey;
  /** Its bytes, which are a part of the keys of pairs (Y3). */
  readonly bytes: Bytes;
}

/** Chromium derives one key after the other, and entering a room takes no more than the hash: so that is the first. */
export const deriveRoomKeys = (secret: string): RoomKeys => ({
  hash: deriveHash(secret),
  message: deriveMessageKey(secret),
});

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
