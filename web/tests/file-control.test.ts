// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/file-controls.json. */

import { describe, expect, test } from "vitest";
import { decodeFileText } from "../src/core/file-control.ts";
import { type Invalid, readVectors, type Valid } from "./vectors.ts";

const vectors = readVectors<{ controls: Valid[]; ignored: Invalid[] }>("file-controls");

describe("texts on a file channel", () => {
  test.each(vectors.controls)("decodes $text", ({ text, same_as }) => {
    expect(decodeFileText(text)).toEqual(JSON.parse(same_as ?? text));
  });

  test.each(vectors.ignored)("ignores $text: $why (F3)", ({ text }) => {
    expect(decodeFileText(text)).toBeUndefined();
  });

  test("know the end (F1)", () => {
    expect(decodeFileText("end")).toBe("end");
  });
});
