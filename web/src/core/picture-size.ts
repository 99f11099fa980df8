// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The size of a picture, found without decoding it: a few bytes can be one that fills the memory (I1). Reads a file
 * from its first byte to its last, and refuses what it does not know, what is cut off, and what contradicts itself: then
 * no decoder can have found another size in it.
 */

import { gifSize } from "./pictures/gif.ts";
import { jpegSize } from "./pictures/jpeg.ts";
import { pngSize } from "./pictures/png.ts";
import { Refused } from "./pictures/reader.ts";
import { webpSize } from "./pictures/webp.ts";

export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** The number of frames; more than one is an animation. */
  readonly frames: number;
}

const readers = { jpeg: jpegSize, png: pngSize, gif: gifSize, webp: webpSize } as const;

export type PictureKind = keyof typeof readers;

export const isPictureKind = (kind: string): kind is PictureKind => Object.hasOwn(readers, kind);

/** @returns undefined when the bytes are no picture of this kind that is certain to have one size */
export function pictureSize(kind: PictureKind, bytes: Uint8Array): PictureSize | undefined {
  try {
    const size = readers[kind](bytes);
    return size.width > 0 && size.height > 0 && size.frames > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** The pixels of all frames: each may be kept once it was decoded. */
export const pixelsOf = ({ width, height, frames }: PictureSize): number => width * height * frames;
