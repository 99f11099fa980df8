// SPDX-License-Identifier: AGPL-3.0-only
/** What a page says for beats (N17). */

import { limits, times } from "./limits.ts";

/** What there is to say about a connection. */
export interface Load {
  /** The beats since there was a line in use, or a channel of a file; 0 while there is. */
  readonly unused: number;
  /** The time since a channel of a file was opened here, in milliseconds. */
  readonly sinceOpening: number;
  /** Whether bytes wait to be sent, and a beat would wait behind them. */
  readonly isBusy: boolean;
  readonly isHidden: boolean;
}

/** @returns the beat to say now; undefined for none: where nothing goes, nothing is missed */
export function ownBeat({ unused, sinceOpening, isBusy, isHidden }: Load): string | undefined {
  if (unused > limits.unusedBeats) return undefined;
  // A hidden page promises so little that the first bytes come in time.
  const isNew = !isHidden && sinceOpening < times.longestBeat;
  if (isBusy || isNew || unused > 0) return "0";
  return String(isHidden ? times.hiddenBeat : times.pageBeat);
}
