// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Malformed } from "../src/core/schema.ts";
import { roomName } from "../src/core/made-secrets.ts";
import { makeSecret, readFragment, writeFragment } from "../src/core/secret.ts";
import { isGuessable } from "../src/core/strength.ts";
import { readWritten } from "../src/core/written-room.ts";
import { parts } from "../src/io/estimator.ts";
import { readVectors } from "./vectors.ts";

const vectors = readVectors<{
  fragments: { fragment: string; secret: string; parameters: Record<string, string> }[];
  malformed_fragments: string[];
  whole: { fragment: string; secret: string; cut: boolean }[];
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

describe("whole and cut secrets (K6)", () => {
  test.each(vectors.whole)("#$fragment is the room $secret", ({ fragment, secret, cut }) => {
    expect(readFragment(fragment)).toMatchObject({ secret, isCut: cut });
  });

  const digits = "0123456789abcdef".repeat(4);
  test.each([
    [`https://example.org/meet/room#Calm%20Otter%23${digits}`, `Calm Otter#${digits}`],
    [` <http://localhost:1/room#Calm%20Otter#${digits}>. `, `Calm Otter#${digits}`],
    [`Come to "https://example.org/room#a%23${digits}?username=x"`, `a#${digits}`],
    [`a#${digits}, `, `a#${digits}`],
    ["https://example.org/room#my%20room", "my room"],
    [" my room ", "my room"],
    ["https://example.org/room#", undefined],
    ["https://example.org/room#50%", undefined],
    ["", undefined],
  ])("%s is the room %s", (written, secret) => {
    expect(readWritten(written)?.secret).toBe(secret);
  });
});

describe("strength (K5)", () => {
  test.each(vectors.strength)("$secret: $guessable", ({ secret, guessable }) => {
    expect(isGuessable(secret, parts)).toBe(guessable);
  });

  test("a made secret carries its name and cannot be guessed", () => {
    const secret = makeSecret("Amber Otter", new Uint8Array(32).fill(0xa5));
    expect(secret).toBe(`Amber Otter#${"a5".repeat(32)}`);
    expect(isGuessable(secret, parts)).toBe(false);
    expect(roomName(secret)).toBe("Amber Otter");
    expect(roomName("mymeeting")).toBe("");
  });
});
