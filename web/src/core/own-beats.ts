// SPDX-License-Identifier: AGPL-3.0-only
/** What a page says for beats, and from when on they are needed (N17). */

import { times } from "./limits.ts";

/** @param isBusy whether bytes wait to be sent, and a beat would wait behind them. @returns the beat to say now */
export function ownBeat(isBusy: boolean, isHidden: boolean): string {
  return String(isBusy ? 0 : isHidden ? times.hiddenBeat : times.pageBeat);
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
