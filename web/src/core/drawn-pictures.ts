// SPDX-License-Identifier: AGPL-3.0-only
/** The pictures of the chat that are drawn by themselves, and those that are drawn on a click (I2). */

import type { PeerKey } from "./events.ts";

/** Pixels of a picture, of all its frames, that is drawn without a click. */
const pixelsOfOne = 16_000_000;
/** Pixels of the pictures of one peer, and of all, that are drawn at a time; each takes 4 bytes of memory. */
const pixelsOfPeer = 32_000_000;
const pixelsOfAll = 64_000_000;

export interface MeasuredPicture {
  readonly number: number;
  /** The peer that sent the picture; undefined for one's own. */
  readonly peer: PeerKey | undefined;
  /** Pixels of all frames; undefined when that is not known. */
  readonly pixels: number | undefined;
}

/**
 * @param pictures oldest first
 * @returns the numbers of those that are drawn: the newest of each peer, and of all
 */
export function drawnPictures(pictures: readonly MeasuredPicture[]): Set<number> {
  const drawn = new Set<number>();
  const ofPeers = new Map<PeerKey | undefined, number>();
  let ofAll = 0;
  for (const { number, peer, pixels = Infinity } of pictures.toReversed()) {
    if (pixels > pixelsOfOne) continue;
    const ofPeer = (ofPeers.get(peer) ?? 0) + pixels;
    ofPeers.set(peer, ofPeer);
    ofAll += pixels;
    // A picture that is too much by now stays so, or a small one would be drawn between others that are not.
    if (ofPeer <= pixelsOfPeer && ofAll <= pixelsOfAll) drawn.add(number);
  }
  return drawn;
}
