// SPDX-License-Identifier: AGPL-3.0-only
/** The values that are derived from a room secret: the message key (K2) and the room hash (K3). */

import { hexadecimal } from "../core/hexadecimal.ts";

const rounds = 250_000;
const keySalt = "keksmeet/cryptosaltAAA==";
const hashSalt = "keksmeet/roomhashsaltA==";

export interface RoomKeys {
  /** The message key for AES-256-GCM; cannot be exported. */
  readonly key: CryptoKey;
  /** The room hash, 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

export async function deriveRoomKeys(secret: string): Promise<RoomKeys> {
  const [key, hash] = await Promise.all([deriveKey(secret), deriveHash(secret)]);
  return { key, hash };
}

export async function deriveKey(secret: string): Promise<CryptoKey> {
  const bits = await derive(secret, keySalt);
  return crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function deriveHash(secret: string): Promise<string> {
  return hexadecimal(new Uint8Array(await derive(secret, hashSalt)));
}

async function derive(secret: string, salt: string): Promise<ArrayBuffer> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, [
    "deriveBits",
  ]);
  const saltBytes = Uint8Array.from(atob(salt), (character) => character.charCodeAt(0));
  return crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-512", salt: saltBytes, iterations: rounds },
    material,
    256,
  );
}
