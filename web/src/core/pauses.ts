// SPDX-License-Identifier: AGPL-3.0-only
/** The pauses before trying again. */

import { times } from "./limits.ts";

/** The pause before try number `attempt` (0, 1, …), doubling up to a longest one (L1, N9). */
export function pauseBefore(attempt: number): number {
  return Math.min(times.firstPause * 2 ** attempt, times.longestPause);
}
