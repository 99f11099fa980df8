// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Proofs that a member is a peer that was here before (R3): the two-pass unilateral authentication of ISO/IEC 9798-4 (a
 * challenge, and a keyed hash over it and both names), once in each direction, with HMAC-SHA-256 (RFC 2104) under a key
 * that HKDF (RFC 5869) derives from the tokens of both sides.
 */

type Bytes = Uint8Array<ArrayBuffer>;
const info = new TextEncoder().encode("keks-meet resume-token");

/** 32 bytes as messages have them: base64url without padding. */
export function encodeRandom(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace("=", "");
}

/** @param text that has passed the decoder of its message */
export function decodeRandom(text: string): Bytes {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The key of a pair, from both tokens, the smaller one first, so that both sides get the same. */
export async function deriveResumeKey(one: Bytes, other: Bytes): Promise<CryptoKey> {
  const tokens = isSmaller(one, other) ? [...one, ...other] : [...other, ...one];
  const material = await crypto.subtle.importKey("raw", Uint8Array.from(tokens), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return crypto.subtle.deriveKey(derivation, material, hmac, false, ["sign", "verify"]);
}

export async function makeProof(key: CryptoKey, prover: number, verifier: number, nonce: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, proven(prover, verifier, nonce)));
}

export function isProof(key: CryptoKey, prover: number, verifier: number, nonce: Bytes, mac: Bytes): Promise<boolean> {
  return crypto.subtle.verify("HMAC", key, mac, proven(prover, verifier, nonce));
}

/** The bytes that a proof is about: both ids, as 8 bytes each with the first one leading, and the verifier's nonce. */
function proven(prover: number, verifier: number, nonce: Bytes): Bytes {
  const data = new Uint8Array(16 + nonce.length);
  const view = new DataView(data.buffer);
  view.setBigUint64(0, BigInt(prover));
  view.setBigUint64(8, BigInt(verifier));
  data.set(nonce, 16);
  return data;
}

function isSmaller(one: Uint8Array, other: Uint8Array): boolean {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}
