// SPDX-License-Identifier: AGPL-3.0-only
/** Secrets that were made by the start page: recognised with what programs put behind links, and when they were cut (K6). */

const withTail = /^((.*)#[0-9a-f]{64})(?:[^\p{L}\p{N}].*)?$/su;
const cut =
  /^.*#(?:[0-9a-f]{16,63}(?:[^\p{L}\p{N}].*)?|[0-9a-f]{64}[\p{L}\p{N}].*)$|^[A-Z][a-z]+ [A-Z][a-z]+#[0-9a-f]{0,15}(?:[^\p{L}\p{N}].*)?$/su;

/** @returns a made secret without what stands behind it; any other as it is */
export const withoutTail = (secret: string): string => withTail.exec(secret)?.[1] ?? secret;

/** The name that people see: what stands before the random part of a made secret, else nothing that would tell. */
export const roomName = (secret: string): string =>
  (withoutTail(secret) === secret && withTail.exec(secret)?.[2]) || "";

/** Whether a secret is a name, `#` and exactly 64 digits. */
export const isMade = (secret: string): boolean => withTail.exec(secret)?.[1] === secret;

/** Whether a secret looks like a made one that misses digits, or has too many. */
export const isCut = (secret: string): boolean => cut.test(secret) && !withTail.test(secret);
