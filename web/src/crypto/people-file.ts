// SPDX-License-Identifier: AGPL-3.0-only
/** The people that one knows, in one file that a passphrase opens: for another device of the same person (Y19). */

import type { Bytes } from "../core/bytes.ts";
import { Malformed, parse, shape, text, upTo } from "../core/schema.ts";
import { decodeBytes, encodeBytes, encodeParts } from "./encoding.ts";

/** The length of a file that is still looked at. */
export const peopleFileBytes = 4 * 1_048_576;

const standardIterations = 600_000;
/** More than these nobody waits for. */
const mostIterations = 10_000_000;
const saltBytes = 16;
const ivBytes = 12;
const label = "keks-meet people file 1";

/** A passphrase does not open the file, or the file was changed. */
export class WrongPassphrase extends Error {}

/** @returns a file with people, as JSON has them, that only the passphrase opens */
export async function lockPeople(people: readonly unknown[], passphrase: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const plaintext = new TextEncoder().encode(JSON.stringify(people));
  const key = await keyOf(passphrase, salt, standardIterations);
  const data = await crypto.subtle.encrypt(cipher(iv, salt, standardIterations), key, plaintext);
  return JSON.stringify({
    format: label,
    iterations: standardIterations,
    salt: encodeBytes(salt),
    iv: encodeBytes(iv),
    data: encodeBytes(new Uint8Array(data)),
  });
}

/** @returns the JSON that a file holds; undefined for what is no such file @throws WrongPassphrase */
export async function unlockPeople(file: string, passphrase: string): Promise<string | undefined> {
  const found = read(file);
  if (!found) return undefined;
  const { iterations, salt, iv, data } = found;
  const key = await keyOf(passphrase, salt, iterations);
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(cipher(iv, salt, iterations), key, data));
  } catch {
    throw new WrongPassphrase();
  }
}

const decodeFile = shape({ format: text(), iterations: upTo(mostIterations), salt: text(), iv: text(), data: text() });

function read(file: string): { iterations: number; salt: Bytes; iv: Bytes; data: Bytes } | undefined {
  try {
    const { format, iterations, ...texts } = parse(decodeFile, file);
    const salt = decodeBytes(texts.salt, saltBytes, saltBytes);
    const iv = decodeBytes(texts.iv, ivBytes, ivBytes);
    const data = decodeBytes(texts.data);
    const isKnown = format === label && iterations > 0;
    return isKnown && salt && iv && data ? { iterations, salt, iv, data } : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** The key of a passphrase, which may have been typed on keyboards that write accents differently. */
async function keyOf(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(passphrase.normalize("NFC"));
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(derivation, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function cipher(iv: Bytes, salt: Bytes, iterations: number): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: encodeParts(label, salt, iterations) };
}
