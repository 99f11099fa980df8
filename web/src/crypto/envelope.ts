// SPDX-License-Identifier: AGPL-3.0-only
/** Sealing and opening of relayed messages: E1. */

const nonceBytes = 12;
const tagBytes = 16;

export class Unopenable extends Error {
  override name = "Unopenable";
}

/** A fresh nonce, from the one place that draws nonces. */
export const freshNonce = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(nonceBytes));

export async function seal(key: CryptoKey, plaintext: string, nonce = freshNonce()): Promise<string> {
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, new TextEncoder().encode(plaintext));
  return toBase64(nonce, new Uint8Array(sealed));
}

/** @throws Unopenable when the envelope is damaged, forged or of another room. */
export async function open(key: CryptoKey, envelope: string): Promise<string> {
  const bytes = fromBase64(envelope);
  if (bytes.length < nonceBytes + tagBytes) throw new Unopenable("shorter than a nonce and a tag");
  try {
    const iv = bytes.subarray(0, nonceBytes);
    const plaintext = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes.subarray(nonceBytes));
    return new TextDecoder("utf-8", { fatal: true }).decode(plaintext);
  } catch {
    throw new Unopenable("does not open with this room's key");
  }
}

function toBase64(...parts: readonly Uint8Array[]): string {
  let binary = "";
  for (const part of parts) for (const byte of part) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  // atob forgives white space and missing padding; the protocol does not.
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Unopenable("not base64");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
