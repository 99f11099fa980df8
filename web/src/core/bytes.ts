// SPDX-License-Identifier: AGPL-3.0-only
/** Bytes, put together and compared. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** @returns the parts behind each other; a single one as it is, since copying takes its time */
export function joined(parts: readonly Bytes[]): Bytes {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @returns less than, equal to or greater than zero, as the first of two comes before the second byte by byte */
export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  if (at < 0) return one.length - other.length;
  return at < other.length ? (one[at] ?? 0) - (other[at] ?? 0) : 1;
}

/** @returns a number as so many bytes, the first one leading */
export function numberBytes(number: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = number; rest > 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}
