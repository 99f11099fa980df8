// SPDX-License-Identifier: AGPL-3.0-only
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawnPictures } from "../src/core/drawn-pictures.ts";
import { type PictureKind, pictureSize } from "../src/core/picture-size.ts";
import { measure } from "../src/media/pictures.ts";
import { pictures } from "./pictures.ts";

const kinds = {
  gif: "gif",
  apng: "png",
  webp: "webp",
  webp1: "webp",
  webpll: "webp",
  jpeg: "jpeg",
  png: "png",
} as const;

const bytesOf = (base64: string): number[] => Array.from(atob(base64), (character) => character.charCodeAt(0));
const latin = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const big = (value: number, length: number): number[] =>
  Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
const little = (value: number, length: number): number[] => big(value, length).toReversed();
const join = (...parts: (number | number[])[]): number[] => parts.flat();
const sizeOf = (kind: PictureKind, ...parts: number[][]): unknown => pictureSize(kind, Uint8Array.from(parts.flat()));

describe("what encoders write is measured", () => {
  test.each([
    ["gif", 5, 3, 3],
    ["apng", 5, 3, 3],
    ["webp", 6, 4, 3],
    ["webp1", 6, 4, 1],
    ["webpll", 5, 3, 1],
    ["jpeg", 6, 4, 1],
    ["png", 5, 3, 1],
  ] as const)("%s", (name, width, height, frames) => {
    expect(measure(`data:image/${kinds[name]};base64,${pictures[name]}`)).toEqual({ width, height, frames });
  });

  test.each(Object.keys(kinds) as (keyof typeof kinds)[])("%s, but not when it is cut off anywhere", (name) => {
    const whole = bytesOf(pictures[name]);
    const answers = whole.map((_, end) => sizeOf(kinds[name], whole.slice(0, end)));
    expect(answers.filter((answer) => answer !== undefined)).toEqual([]);
  });

  test("nor when it says to be of another kind", () => {
    for (const [name, kind] of Object.entries(kinds)) {
      for (const other of ["jpeg", "png", "gif", "webp", "avif", "svg+xml"].filter((each) => each !== kind)) {
        expect(measure(`data:image/${other};base64,${pictures[name as keyof typeof kinds]}`)).toBeUndefined();
      }
    }
    expect(measure("data:image/png;base64,%")).toBeUndefined();
    expect(measure("")).toBeUndefined();
  });

  test("whatever is changed, there is an answer, and soon", () => {
    const changes = fc.array(fc.tuple(fc.nat(900), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), changes, (name, changed) => {
        const bytes = Uint8Array.from(bytesOf(pictures[name]));
        for (const [at, value] of changed) bytes[at % bytes.length] = value;
        runInNewContext("pictureSize(kind, bytes)", { pictureSize, kind: kinds[name], bytes }, { timeout: 1_000 });
      }),
    );
  });
});

describe("JPEG", () => {
  const start = [0xff, 0xd8];
  const comment = [0xff, 0xfe, ...big(4, 2), 0xc0, 0xc0];
  const frame = (width: number, height: number, kind = 0xc0): number[] =>
    join(0xff, kind, big(17, 2), 8, big(height, 2), big(width, 2), 3, Array<number>(9).fill(1));
  const scan = [0xff, 0xda, ...big(12, 2), 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 1, 2, 0xff, 0, 0xff, 0xd3, 4];
  const end = [0xff, 0xd9];

  test("a picture of several scans, with what follows its end", () => {
    const size = sizeOf("jpeg", start, comment, frame(320, 240, 0xc2), scan, comment, scan, end, frame(9, 9));
    expect(size).toEqual({ width: 320, height: 240, frames: 1 });
  });

  const hidden = [0xff, 0x01];
  test.each([
    ["a marker without a length behind a byte that fills", [start, [0xff], hidden, frame(9, 9), scan, end]],
    ["the same, which hides the frame that counts", [start, [0xff, 0xff, 0x01], frame(60_000, 60_000), scan, end]],
    ["a marker without a length", [start, hidden, frame(9, 9), scan, end]],
    ["a byte that fills", [start, [0xff], frame(9, 9), scan, end]],
    ["a second frame", [start, frame(9, 9), frame(60_000, 60_000), scan, end]],
    ["a second frame after a scan", [start, frame(9, 9), scan, frame(60_000, 60_000), scan, end]],
    [
      "a number of lines that comes after the scan",
      [start, frame(9, 9), scan, [0xff, 0xdc, ...big(4, 2), 255, 255], end],
    ],
    ["no height", [start, frame(9, 0), scan, end]],
    ["no scan", [start, frame(9, 9), end]],
    ["a scan without a frame", [start, scan, end]],
    ["a lossless frame", [start, frame(9, 9, 0xc3), scan, end]],
    ["an arithmetic frame", [start, frame(9, 9, 0xc9), scan, end]],
    ["a hierarchical one", [start, [0xff, 0xde, ...big(4, 2), 0, 0], frame(9, 9), scan, end]],
    ["an unknown segment", [start, [0xff, 0xf7, ...big(4, 2), 0, 0], frame(9, 9), scan, end]],
    ["a segment shorter than its length", [start, [0xff, 0xfe, ...big(1, 2)], frame(9, 9), scan, end]],
    ["a frame of another length", [start, [0xff, 0xc0, ...big(8, 2), 8, 0, 9, 0, 9, 3], scan, end]],
    ["no end", [start, frame(9, 9), scan]],
    ["nothing", []],
  ])("%s is refused", (_, parts) => {
    expect(sizeOf("jpeg", ...parts)).toBeUndefined();
  });
});

describe("PNG", () => {
  const chunk = (type: string, content: number[] = []): number[] =>
    join(big(content.length, 4), latin(type), content, [0, 0, 0, 0]);
  const start = latin("\x89PNG\r\n\x1a\n");
  const header = (width: number, height: number): number[] =>
    chunk("IHDR", [...big(width, 4), ...big(height, 4), 8, 2, 0, 0, 0]);
  const [data, end] = [chunk("IDAT", [1]), chunk("IEND")];
  const control = (width: number, height: number, x = 0): number[] =>
    chunk("fcTL", [...big(0, 4), ...big(width, 4), ...big(height, 4), ...big(x, 4), ...Array<number>(10).fill(0)]);

  test("a picture, with chunks that may be left out", () => {
    expect(sizeOf("png", start, header(70_000, 3), chunk("iDOT", [1]), data, data, end)).toEqual({
      width: 70_000,
      height: 3,
      frames: 1,
    });
  });

  test.each([
    ["a second header", [start, header(9, 9), header(60_000, 60_000), data, end]],
    ["a header that is not the first", [start, data, header(9, 9), end]],
    ["an unknown chunk", [start, header(9, 9), chunk("ABCD"), data, end]],
    ["no data", [start, header(9, 9), end]],
    ["no width", [start, header(0, 9), data, end]],
    ["fewer frames than announced", [start, header(9, 9), chunk("acTL", big(2, 8)), control(9, 9), data, end]],
    ["more frames than announced", [start, header(9, 9), control(9, 9), data, end]],
    ["a frame beyond the picture", [start, header(9, 9), chunk("acTL", [0, 0, 0, 1]), control(9, 9, 1), data, end]],
    ["no end", [start, header(9, 9), data]],
    ["another signature", [latin("\x89PNG\r\n\x1a\r"), header(9, 9), data, end]],
  ])("%s is refused", (_, parts) => {
    expect(sizeOf("png", ...parts)).toBeUndefined();
  });
});

describe("GIF", () => {
  const head = (width: number, height: number): number[] =>
    join(latin("GIF89a"), little(width, 2), little(height, 2), 0x80, 0, 0, [0, 0, 0, 255, 255, 255]);
  const image = (width: number, height: number, x = 0): number[] =>
    join(0x2c, little(x, 2), 0, 0, little(width, 2), little(height, 2), 0, 2, 2, 0x4c, 1, 0);
  const extension = [0x21, 0xf9, 4, 0, 0, 0, 0, 0];

  test("frames are counted", () => {
    const frames = sizeOf("gif", head(500, 400), extension, image(500, 400), extension, image(10, 10, 490), [0x3b]);
    expect(frames).toEqual({ width: 500, height: 400, frames: 2 });
  });

  test.each([
    ["a frame beyond the picture, which would enlarge it", [head(1, 1), image(60_000, 60_000), [0x3b]]],
    ["no frame", [head(9, 9), [0x3b]]],
    ["an unknown block", [head(9, 9), [0x2d], image(9, 9), [0x3b]]],
    ["an unknown extension", [head(9, 9), [0x21, 0xaa, 0], image(9, 9), [0x3b]]],
    ["no end", [head(9, 9), image(9, 9)]],
  ])("%s is refused", (_, parts) => {
    expect(sizeOf("gif", ...parts)).toBeUndefined();
  });
});

describe("WebP", () => {
  const chunk = (type: string, content: number[]): number[] =>
    join(latin(type), little(content.length, 4), content, content.length % 2 === 1 ? [0] : []);
  const file = (...chunks: number[][]): number[] => {
    const content = [...latin("WEBP"), ...chunks.flat()];
    return [...latin("RIFF"), ...little(content.length, 4), ...content];
  };
  const lossy = (width: number, height: number): number[] =>
    chunk("VP8 ", [0x30, 1, 0, 0x9d, 1, 0x2a, ...little(width, 2), ...little(height, 2), 0, 0]);
  const extended = (width: number, height: number, flags = 0): number[] =>
    chunk("VP8X", [flags, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3)]);
  const animated = (width: number, height: number, inner: number[], x = 0): number[] =>
    chunk("ANMF", [...little(x, 3), 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3), 0, 0, 0, 0, ...inner]);

  test("canvas and frames", () => {
    const still = file(extended(300, 200), chunk("ICCP", [1]), lossy(300, 200), chunk("EXIF", [1]));
    expect(sizeOf("webp", still)).toEqual({ width: 300, height: 200, frames: 1 });
    const moving = file(extended(300, 200, 2), animated(300, 200, lossy(300, 200)), animated(9, 9, lossy(9, 9), 100));
    expect(sizeOf("webp", moving)).toEqual({ width: 300, height: 200, frames: 2 });
  });

  test.each([
    ["a canvas that is smaller than its picture", [file(extended(9, 9), lossy(16_000, 16_000))]],
    ["two pictures", [file(extended(9, 9), lossy(9, 9), lossy(9, 9))]],
    ["two pictures without a canvas", [file(lossy(9, 9), lossy(16_000, 16_000))]],
    ["a frame that is smaller than its picture", [file(extended(9, 9, 2), animated(9, 9, lossy(16_000, 16_000)))]],
    ["a frame beyond the canvas", [file(extended(9, 9, 2), animated(9, 9, lossy(9, 9), 1))]],
    ["a canvas without a picture", [file(extended(9, 9))]],
    ["an animation without a frame", [file(extended(9, 9, 2))]],
    ["an unknown chunk", [file(extended(9, 9), chunk("ABCD", [1]), lossy(9, 9))]],
    ["a file that goes on", [file(lossy(9, 9)), [0, 0]]],
    ["no key frame", [file(chunk("VP8 ", [0x31, 1, 0, 0x9d, 1, 0x2a, 9, 0, 9, 0]))]],
  ])("%s is refused", (_, parts) => {
    expect(sizeOf("webp", ...parts)).toBeUndefined();
  });
});

describe("which pictures of the chat are drawn", () => {
  const million = 1_000_000;
  const from = (peer: number | undefined, ...sizes: (number | undefined)[]): Parameters<typeof drawnPictures>[0] =>
    sizes.map((pixels, number) => ({ number, peer, pixels }));

  test("none that is too large, or whose size nobody knows", () => {
    expect([...drawnPictures(from(1, 16 * million, 16 * million + 1, undefined, 5))]).toEqual([3, 0]);
  });

  test("of six large ones of a peer the newest", () => {
    expect([...drawnPictures(from(1, ...Array<number>(6).fill(15 * million)))]).toEqual([5, 4]);
  });

  test("no older ones once it is too much, however small", () => {
    expect([...drawnPictures(from(1, 5, 15 * million, 15 * million, 15 * million))]).toEqual([3, 2]);
  });

  test("of many peers no more than fit into the memory of all", () => {
    const many = Array.from({ length: 30 }, (_, number) => ({ number, peer: number, pixels: 10 * million }));
    expect(drawnPictures(many)).toEqual(new Set([24, 25, 26, 27, 28, 29]));
  });
});
