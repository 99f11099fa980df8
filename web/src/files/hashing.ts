// SPDX-License-Identifier: AGPL-3.0-only
/** SHA-256 and HMAC-SHA-256 (RFC 2104) of a stream; WebCrypto hashes only what is whole in memory. Loaded when the first file moves. */

import type { IHasher } from "hash-wasm";

export interface Hash {
  update(bytes: Uint8Array): void;
  /** The hash in lower-case hexadecimal. */
  digest(): string;
  /** Forgets the bytes that it was given. */
  restart(): void;
}

export async function startHash(): Promise<Hash> {
  const { createSHA256 } = await import("hash-wasm");
  return hashOf(await createSHA256());
}

/** @param key in hexadecimal */
export async function startHmac(key: string): Promise<Hash> {
  const { createHMAC, createSHA256 } = await import("hash-wasm");
  const bytes = Uint8Array.from(key.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return hashOf(await createHMAC(createSHA256(), bytes));
}

const hashOf = (hasher: IHasher): Hash => ({
  update: (bytes) => void hasher.update(bytes),
  digest: () => hasher.digest("hex"),
  restart: () => void hasher.init(),
});
