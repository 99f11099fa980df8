// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { limits } from "../src/core/limits.ts";
import { splitText } from "../src/core/split-text.ts";

const longest = limits.chatLength;

describe("text that is longer than a line of chat (M4)", () => {
  test.each([
    ["what fits stays whole", "a".repeat(longest), [longest]],
    ["without an end of a line or a word", "a".repeat(longest + 1), [longest, 1]],
    ["at the end of a line", `${"a".repeat(longest - 5)}\n${"b c ".repeat(10)}`, [longest - 4, 40]],
    ["at the end of a word", `${"a".repeat(longest - 5)} ${"b".repeat(40)}`, [longest - 4, 40]],
    ["characters of two units", "😀".repeat(longest + 1), [longest, 1]],
  ])("%s", (_name, text, lengths) => {
    const parts = splitText(text) ?? [];
    expect(parts.join("")).toBe(text);
    expect(parts.map((part) => Array.from(part).length)).toEqual(lengths);
  });

  test("too much is refused, and nothing of it is cut", () => {
    expect(splitText("a".repeat(10 * longest))).toHaveLength(10);
    expect(splitText("a".repeat(10 * longest + 1))).toBeUndefined();
  });
});
