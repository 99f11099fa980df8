// SPDX-License-Identifier: AGPL-3.0-only
/** WebP: lossy, lossless, extended and animated. */

import type { PictureSize } from "../picture-size.ts";
import { expect, Reader } from "./reader.ts";

type Size = readonly [width: number, height: number];

const isAnimated = 0x02;
const others = new Set(["ICCP", "ALPH", "ANIM", "EXIF", "XMP "]);

export function webpSize(bytes: Uint8Array): PictureSize {
  const file = new Reader(bytes);
  expect(file.text(4) === "RIFF", "no WebP");
  const length = file.littleEndian(4);
  // The file ends where it says, but for what makes its length even.
  expect(length >= 4 && file.left - length <= 1, "more than a file");
  const reader = file.part(length);
  expect(reader.text(4) === "WEBP", "no WebP");
  const [type, chunk] = nextChunk(reader);
  if (type !== "VP8X") {
    const [width, height] = bitstreamSize(type, chunk);
    expect(reader.left === 0, "more than a picture");
    return { width, height, frames: 1 };
  }
  const flags = chunk.byte();
  chunk.skip(3);
  const canvas: Size = [chunk.littleEndian(3) + 1, chunk.littleEndian(3) + 1];
  const frames = (flags & isAnimated) === 0 ? still(reader, canvas) : animation(reader, canvas);
  return { width: canvas[0], height: canvas[1], frames };
}

/** One picture that fills the canvas, among what says more of it. */
function still(reader: Reader, canvas: Size): number {
  let frames = 0;
  while (reader.left > 0) {
    const [type, chunk] = nextChunk(reader);
    if (others.has(type)) continue;
    frames += 1;
    const [width, height] = bitstreamSize(type, chunk);
    expect(width === canvas[0] && height === canvas[1] && frames === 1, "not the picture of the canvas");
  }
  return frames;
}

function animation(reader: Reader, canvas: Size): number {
  let frames = 0;
  while (reader.left > 0) {
    const [type, chunk] = nextChunk(reader);
    if (others.has(type)) continue;
    expect(type === "ANMF", "an unknown chunk");
    frames += 1;
    expectFrame(chunk, canvas);
  }
  return frames;
}

/** Expects that a frame has the size that it announces, and lies within the canvas. */
function expectFrame(chunk: Reader, canvas: Size): void {
  const next = (): number => chunk.littleEndian(3);
  const [x, y, width, height] = [2 * next(), 2 * next(), next() + 1, next() + 1];
  expect(x + width <= canvas[0] && y + height <= canvas[1], "a frame beyond the picture");
  chunk.skip(4);
  expect(still(chunk, [width, height]) === 1, "a frame without a picture");
}

function nextChunk(reader: Reader): [type: string, content: Reader] {
  const type = reader.text(4);
  const length = reader.littleEndian(4);
  const content = reader.part(length);
  if (length % 2 === 1 && reader.left > 0) reader.skip(1);
  return [type, content];
}

function bitstreamSize(type: string, chunk: Reader): Size {
  expect(type === "VP8 " || type === "VP8L", "an unknown chunk");
  return type === "VP8 " ? lossySize(chunk) : losslessSize(chunk);
}

function lossySize(chunk: Reader): Size {
  const isKeyFrame = (chunk.byte() & 1) === 0;
  chunk.skip(2);
  expect(isKeyFrame && chunk.number(3) === 0x9d012a, "no key frame");
  return [chunk.littleEndian(2) & 0x3fff, chunk.littleEndian(2) & 0x3fff];
}

function losslessSize(chunk: Reader): Size {
  expect(chunk.byte() === 0x2f, "no picture");
  const bits = chunk.littleEndian(4);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
