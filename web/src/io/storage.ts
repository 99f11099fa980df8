// SPDX-License-Identifier: AGPL-3.0-only

/** The storage of the browser; some forbid it altogether. */
export function availableStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
