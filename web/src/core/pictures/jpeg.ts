// SPDX-License-Identifier: AGPL-3.0-only
/** JPEG: baseline, extended and progressive, in Huffman's coding, as browsers show them. */

import type { PictureSize } from "../picture-size.ts";
import { expect, Reader } from "./reader.ts";

const [startOfImage, endOfImage, startOfScan] = [0xd8, 0xd9, 0xda];
const frames = new Set([0xc0, 0xc1, 0xc2]);
/** Markers of tables (DHT, DQT, DRI), and of comments. Those of applications are 0xe0 to 0xef. */
const others = new Set([0xc4, 0xdb, 0xdd, 0xfe]);

const isOther = (marker: number): boolean => others.has(marker) || (marker >= 0xe0 && marker <= 0xef);

export function jpegSize(bytes: Uint8Array): PictureSize {
  const reader = new Reader(bytes);
  expect(reader.byte() === 0xff && reader.byte() === startOfImage, "no JPEG");
  let size: PictureSize | undefined;
  let hasScan = false;
  for (let marker = nextMarker(reader); marker !== endOfImage;) {
    const segment = reader.part(reader.number(2) - 2);
    if (marker === startOfScan) {
      expect(size !== undefined, "a scan before its frame");
      hasScan = true;
      marker = skipScan(reader);
      continue;
    }
    if (frames.has(marker)) {
      expect(size === undefined, "two frames");
      size = frameSize(segment);
    } else {
      expect(isOther(marker), "an unknown segment");
    }
    marker = nextMarker(reader);
  }
  expect(size !== undefined && hasScan, "no picture");
  return size;
}

/**
 * The next marker, without bytes that may fill the place before it: nobody writes them, and not all decoders skip the
 * same.
 */
function nextMarker(reader: Reader): number {
  expect(reader.byte() === 0xff, "no marker");
  return reader.byte();
}

function frameSize(segment: Reader): PictureSize {
  const length = segment.left;
  expect(segment.byte() === 8, "not 8 bits");
  const [height, width, components] = [segment.number(2), segment.number(2), segment.byte()];
  expect([1, 3, 4].includes(components) && length === 6 + 3 * components, "not that many components");
  return { width, height, frames: 1 };
}

/** @returns the marker that ends a scan; zeros behind 0xff are of the scan, and so are the marks to restart at */
function skipScan(reader: Reader): number {
  for (;;) {
    if (reader.byte() !== 0xff) continue;
    const marker = reader.byte();
    if (marker !== 0 && (marker < 0xd0 || marker > 0xd7)) return marker;
  }
}
