// SPDX-License-Identifier: AGPL-3.0-only
/** GIF, with one frame or many. */

import type { PictureSize } from "../picture-size.ts";
import { expect, Reader } from "./reader.ts";

const [extension, image, trailer] = [0x21, 0x2c, 0x3b];
const extensions = new Set([0x01, 0xf9, 0xfe, 0xff]);

export function gifSize(bytes: Uint8Array): PictureSize {
  const reader = new Reader(bytes);
  expect(/^GIF8[79]a$/.test(reader.text(6)), "no GIF");
  const [width, height] = [reader.littleEndian(2), reader.littleEndian(2)];
  const flags = reader.byte();
  reader.skip(2);
  skipColours(reader, flags);
  let frames = 0;
  for (let block = reader.byte(); block !== trailer; block = reader.byte()) {
    if (block === image) {
      frames += 1;
      skipImage(reader, width, height);
    } else {
      expect(block === extension && extensions.has(reader.byte()), "an unknown block");
      skipBlocks(reader);
    }
  }
  return { width, height, frames };
}

/** Skips a frame, which lies within the picture: decoders differ in what they make of another one. */
function skipImage(reader: Reader, width: number, height: number): void {
  const next = (): number => reader.littleEndian(2);
  const [x, y, w, h] = [next(), next(), next(), next()];
  expect(x + w <= width && y + h <= height, "a frame beyond the picture");
  skipColours(reader, reader.byte());
  reader.skip(1);
  skipBlocks(reader);
}

function skipColours(reader: Reader, flags: number): void {
  if ((flags & 0x80) !== 0) reader.skip(3 * 2 ** ((flags & 7) + 1));
}

function skipBlocks(reader: Reader): void {
  for (let length = reader.byte(); length > 0; length = reader.byte()) reader.skip(length);
}
