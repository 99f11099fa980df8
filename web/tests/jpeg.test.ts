// SPDX-License-Identifier: AGPL-3.0-only
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { isSmallJpeg } from "../src/io/jpeg.ts";

/** Start, a comment of this length, a frame header of this kind. */
function jpeg(width: number, height: number, { comment = 10, frame = 0xc0 } = {}): string {
  const word = (value: number): number[] => [value >> 8, value & 255];
  const segments = [0xff, 0xfe, ...word(comment + 2), ...Array<number>(comment).fill(0xc0)];
  const header = [0xff, frame, ...word(17), 8, ...word(height), ...word(width), 3, ...Array<number>(9).fill(0)];
  return `data:image/jpeg;base64,${btoa(String.fromCharCode(0xff, 0xd8, ...segments, ...header))}`;
}

/** Where it would look for ever, that is an error and not the end of all tests. */
function inTime(url: string): unknown {
  return runInNewContext("isSmallJpeg(url)", { isSmallJpeg, url }, { timeout: 1_000 });
}

test.each([
  [jpeg(320, 240), true],
  [jpeg(1024, 1024), true],
  [jpeg(1025, 8), false],
  [jpeg(8, 65_535), false],
  [jpeg(320, 240, { frame: 0xc2 }), true],
  [jpeg(320, 240, { frame: 0xc4 }), false],
  [jpeg(320, 240, { comment: 4_000 }), false],
  ["data:image/jpeg;base64,", false],
  ["data:image/png;base64,iVBORw0KGgo=", false],
  ["data:image/jpeg;base64,/9j/4A==", false],
  ["data:image/jpeg;base64,=", false],
  ["data:image/jpeg;base64,/9j/4", false],
  ["data:image/jpeg;base64,/9j/\u{1f36a}", false],
])("%#: the size that a JPEG's first frame has", (url, isSmall) => {
  expect(inTime(url)).toBe(isSmall);
});

test("wherever a JPEG is cut off, there is an answer", () => {
  const whole = jpeg(320, 240);
  const answers = Array.from(whole, (_, end) => inTime(whole.slice(0, end)));
  expect(answers.filter((answer) => typeof answer !== "boolean")).toEqual([]);
  expect(answers.lastIndexOf(false)).toBeLessThan(answers.lastIndexOf(true));
});
