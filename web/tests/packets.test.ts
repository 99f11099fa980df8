// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeClientbound, encodeServerbound, type Serverbound } from "../src/core/packets.ts";
import { Malformed } from "../src/core/schema.ts";
import { type Invalid, readVectors, type Valid } from "./vectors.ts";

const vectors = readVectors<{
  serverbound: Valid[];
  clientbound: Valid[];
  clientbound_invalid: Invalid[];
  clientbound_unknown: { text: string }[];
}>("packets");

describe("clientbound packets", () => {
  test.each(vectors.clientbound)("decodes $text", ({ text, same_as }) => {
    expect(decodeClientbound(text)).toEqual(JSON.parse(same_as ?? text));
  });

  test.each(vectors.clientbound_invalid)("refuses $text: $why", ({ text }) => {
    expect(() => decodeClientbound(text)).toThrow(Malformed);
  });

  test.each(vectors.clientbound_unknown)("knows nothing of $text", ({ text }) => {
    expect(decodeClientbound(text)).toBeUndefined();
  });

  test("nothing that a server may send does worse than Malformed", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (frame) => {
        try {
          decodeClientbound(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
    );
  });

  test("names of the object prototype are unknown packets", () => {
    expect(decodeClientbound('{"constructor":{}}')).toBeUndefined();
    expect(decodeClientbound('{"__proto__":{}}')).toBeUndefined();
  });
});

test.each(vectors.serverbound.filter(({ same_as }) => same_as === undefined))("encodes $text", ({ text }) => {
  expect(encodeServerbound(JSON.parse(text) as Serverbound)).toBe(text);
});
