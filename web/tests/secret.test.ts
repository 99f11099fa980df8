// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Malformed } from "../src/core/schema.ts";
import { isGuessable, makeSecret, readFragment, roomName, writeFragment } from "../src/core/secret.ts";
import { readVectors } from "./vectors.ts";

const vectors = readVectors<{
  fragments: { fragment: string; secret: string; parameters: Record<string, string> }[];
  malformed_fragments: string[];
  strength: { secret: string; guessable: boolean }[];
}>("keys");

describe("fragments (K1, K4)", () => {
  test.each(vectors.fragments)("#$fragment is the room $secret", ({ fragment, secret, parameters }) => {
    const address = readFragment(fragment);
    expect(address.secret).toBe(secret);
    expect(Object.fromEntries(address.parameters)).toEqual(parameters);
  });

  test.each(vectors.malformed_fragments)("#%s is an error to tell", (fragment) => {
    expect(() => readFragment(fragment)).toThrow(Malformed);
  });

  test("of twenty thousand parameters, a few are read", () => {
    const many = Array.from({ length: 20_000 }, (_, number) => `p${number}`).join("&");
    expect(readFragment(`x?${many}`).parameters.size).toBe(64);
  });

  test("whatever is written is read again, unless it has a question mark", () => {
    const secrets = fc.string({ unit: "grapheme" }).filter((secret) => !secret.includes("?"));
    fc.assert(fc.property(secrets, (secret) => readFragment(writeFragment(secret)).secret === secret));
  });
});

describe("strength (K5)", () => {
  test.each(vectors.strength)("$secret: $guessable", ({ secret, guessable }) => {
    expect(isGuessable(secret)).toBe(guessable);
  });

  test("a made secret carries its name and cannot be guessed", () => {
    const secret = makeSecret("Amber Otter", new Uint8Array(32).fill(0xa5));
    expect(secret).toBe(`Amber Otter#${"a5".repeat(32)}`);
    expect(isGuessable(secret)).toBe(false);
    expect(roomName(secret)).toBe("Amber Otter");
    expect(roomName("mymeeting")).toBe("");
  });
});
