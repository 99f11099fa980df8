// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Proofs that a member is a peer that was here before (R3): the two-pass unilateral authentication of ISO/IEC 9798-4 (a
 * challenge, and a keyed hash over it and both names), once in each direction, with HMAC-SHA-256 (RFC 2104) under a key
 * that HKDF (RFC 5869) derives from the tokens of both sides.
 */

import { type Bytes, compareBytes, joined, numberBytes } from "../core/bytes.ts";

const info = new TextEncoder().encode("keks-meet resume-token");

/** @param text that has passed the decoder of its message */
export function decodeRandom(text: string): Bytes {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The key of a pair, from both tokens, the smaller one first, so that both sides get the same. */
export async function deriveResumeKey(one: Bytes, other: Bytes): Promise<CryptoKey> {
  const tokens = joined([one, other].toSorted(compareBytes));
  const material = await crypto.subtle.importKey("raw", tokens, "HKDF", false, ["deriveKey"]);
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
  return joined([numberBytes(prover, 8), numberBytes(verifier, 8), nonce]);
}
