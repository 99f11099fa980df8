// SPDX-License-Identifier: AGPL-3.0-only
/** SHA-256 of a stream; WebCrypto hashes only what is whole in memory. Loaded when the first file moves. */

export interface Hash {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

export async function startHash(): Promise<Hash> {
  const { createSHA256 } = await import("hash-wasm");
  const hasher = await createSHA256();
  return { update: (bytes) => void hasher.update(bytes), digest: () => hasher.digest("hex") };
}
