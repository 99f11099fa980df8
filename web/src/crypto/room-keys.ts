// SPDX-License-Identifier: AGPL-3.0-only
/** The values that are derived from a room secret: the message key (K2) and the room hash (K3). */

import type { Bytes } from "../core/bytes.ts";
import { hexadecimal } from "../core/hexadecimal.ts";

const rounds = 250_000;
const keySalt = "keksmeet/cryptosaltAAA==";
const hashSalt = "keksmeet/roomhashsaltA==";

export interface RoomKeys {
  /** The message key for AES-256-GCM; cannot be exported. */
  readonly key: CryptoKey;
  /** The bytes of the message key, which are a part of the keys of pairs (Y3). */
  readonly messageKey: Bytes;
  /** The room hash, 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

export async function deriveRoomKeys(secret: string): Promise<RoomKeys> {
  const [messageKey, hash] = await Promise.all([derive(secret, keySalt), deriveHash(secret)]);
  return { key: await asMessageKey(messageKey), messageKey, hash };
}

export const deriveKey = async (secret: string): Promise<CryptoKey> => asMessageKey(await derive(secret, keySalt));

export async function deriveHash(secret: string): Promise<string> {
  return hexadecimal(await derive(secret, hashSalt));
}

const asMessageKey = (bits: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);

async function derive(secret: string, salt: string): Promise<Bytes> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, [
    "deriveBits",
  ]);
  const saltBytes = Uint8Array.from(atob(salt), (character) => character.charCodeAt(0));
  const derivation = { name: "PBKDF2", hash: "SHA-512", salt: saltBytes, iterations: rounds };
  return new Uint8Array(await crypto.subtle.deriveBits(derivation, material, 256));
}
