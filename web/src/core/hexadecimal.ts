// SPDX-License-Identifier: AGPL-3.0-only

/** Bytes in lower-case hexadecimal. */
export const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
