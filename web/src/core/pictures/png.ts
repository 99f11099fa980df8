// SPDX-License-Identifier: AGPL-3.0-only
/** PNG, and APNG. Chunks that decoders may leave out are free: they cannot change the size. */

import type { PictureSize } from "../picture-size.ts";
import { expect, Reader } from "./reader.ts";

const signature = "\x89PNG\r\n\x1a\n";
const critical = new Set(["PLTE", "IDAT", "IEND"]);
const checksum = 4;

export function pngSize(bytes: Uint8Array): PictureSize {
  const reader = new Reader(bytes);
  expect(reader.left > signature.length && reader.text(signature.length) === signature, "no PNG");
  const [width, height] = header(reader);
  let [announced, frames, hasData] = [0, 0, false];
  for (;;) {
    const [type, chunk] = nextChunk(reader);
    expect(/^[a-z]/.test(type) || critical.has(type), "an unknown chunk");
    if (type === "IEND") break;
    if (type === "IDAT") hasData = true;
    if (type === "acTL") {
      expect(announced === 0 && !hasData, "two animations");
      announced = chunk.number(4);
    } else if (type === "fcTL") {
      frames += 1;
      expectInside(chunk, width, height);
    }
  }
  expect(hasData && announced === frames, "not as many frames as announced");
  return { width, height, frames: Math.max(frames, 1) };
}

function header(reader: Reader): [width: number, height: number] {
  const [type, chunk] = nextChunk(reader);
  expect(type === "IHDR" && chunk.left === 13, "no header");
  return [chunk.number(4), chunk.number(4)];
}

function nextChunk(reader: Reader): [type: string, content: Reader] {
  const length = reader.number(4);
  const type = reader.text(4);
  const content = reader.part(length);
  reader.skip(checksum);
  return [type, content];
}

/** Expects that a frame lies within the picture. */
function expectInside(chunk: Reader, width: number, height: number): void {
  chunk.skip(4);
  const [w, h, x, y] = [chunk.number(4), chunk.number(4), chunk.number(4), chunk.number(4)];
  expect(w > 0 && h > 0 && x + w <= width && y + h <= height, "a frame beyond the picture");
}
