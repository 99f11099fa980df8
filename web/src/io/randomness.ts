// SPDX-License-Identifier: AGPL-3.0-only
/** Random draws: instances, secrets, and names for people. */

import { hexadecimal } from "../core/hexadecimal.ts";
import { makeSecret } from "../core/secret.ts";

/** A fresh instance: 16 random bytes in base64url (M1). */
export function freshInstance(): string {
  const binary = String.fromCharCode(...randomBytes(16));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export const freshSecret = (name: string): string => makeSecret(name, randomBytes(32));

/** A fresh salt: 32 random bytes in lower-case hexadecimal (F9). */
export const freshSalt = (): string => hexadecimal(randomBytes(32));

export const freshGuestName = (): string => `guest-${1000 + pick(9000)}`;

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** @returns an integer from 0 on, below this */
export function pick(below: number): number {
  // Names need no evenness to the last bit: 2^32 is far above any `below` here.
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % below;
}
