// SPDX-License-Identifier: AGPL-3.0-only
/** What a page says for beats, and from when on they are needed (N17). */

import { times } from "./limits.ts";

/** What there is to say about a connection. */
export interface Load {
  /** When the last line or channel of a file was seen on it, over which something may go. */
  readonly usedAt: number;
  /** When the last channel of a file was opened here. */
  readonly openedAt: number;
  /** Whether bytes wait to be sent, and a beat would wait behind them. */
  readonly isBusy: boolean;
  readonly isHidden: boolean;
}

/** @returns the beat to say now; undefined for none: where nothing goes, nothing is missed */
export function ownBeat(now: number, { usedAt, openedAt, isBusy, isHidden }: Load): string | undefined {
  if (now - usedAt > times.unused) return undefined;
  // A hidden page promises so little that the first bytes come in time.
  const isNew = !isHidden && now - openedAt < times.longestBeat;
  if (isBusy || isNew || usedAt < now) return "0";
  return String(isHidden ? times.hiddenBeat : times.pageBeat);
}

/** Watches whether a connection needs beats: where sound goes both ways, both ends see by it whether the way works. */
export class BeatNeed {
  /** Since when they may be; a microphone is often shared a moment after a camera. */
  #since = Infinity;

  /** @param isUnneeded whether sound goes both ways, or nothing may be said. @returns whether beats are needed */
  look(now: number, isUnneeded: boolean): boolean {
    this.#since = isUnneeded ? Infinity : Math.min(this.#since, now);
    return now - this.#since >= times.soundless;
  }
}
