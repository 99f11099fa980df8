// SPDX-License-Identifier: AGPL-3.0-only

/** Does work. A failure is a fault of ours or of the browser, and no reason to stop all else. */
export function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    reportError(error);
    return undefined;
  }
}
