// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { limits } from "../src/core/limits.ts";
import {
  decodeEnvelopeContent,
  decodeRelayMessage,
  encodeEnvelopeContent,
  type RelayMessage,
} from "../src/core/relay-messages.ts";
import { Malformed, parse } from "../src/core/schema.ts";
import { type Invalid, readVectors, type Valid } from "./vectors.ts";

const vectors = readVectors<{
  relay_messages: Valid[];
  relay_messages_invalid: Invalid[];
  relay_messages_unknown: { text: string }[];
}>("relay-messages");

describe("relay messages", () => {
  test.each(vectors.relay_messages)("decodes $text", ({ text, same_as }) => {
    expect(parse(decodeRelayMessage, text)).toEqual(JSON.parse(same_as ?? text));
  });

  test.each(vectors.relay_messages_invalid)("refuses $text: $why", ({ text }) => {
    expect(() => parse(decodeRelayMessage, text)).toThrow(Malformed);
  });

  test.each(vectors.relay_messages_unknown)("knows nothing of $text", ({ text }) => {
    expect(parse(decodeRelayMessage, text)).toBeUndefined();
  });

  test("a long name is cut, a long id refused", () => {
    const long = "x".repeat(1000);
    expect(decodeRelayMessage({ identify: { username: long } })).toEqual({
      identify: { username: long.slice(0, limits.nameLength) },
    });
    expect(() => decodeRelayMessage({ request: { id: long } })).toThrow(Malformed);
  });

  test("a still that is too large is refused (V1)", () => {
    const of = (length: number): unknown => ({
      preview: { id: "cam", data: "data:image/jpeg;base64,".padEnd(length, "A") },
    });
    expect(decodeRelayMessage(of(limits.previewLength))).toBeDefined();
    expect(() => decodeRelayMessage(of(limits.previewLength + 1))).toThrow(Malformed);
  });

  test("a candidate that is longer than any is refused: many of them may have to wait (M5)", () => {
    const of = (length: number): unknown => ({ ice_candidate: { candidate: "x".repeat(length) } });
    expect(decodeRelayMessage(of(limits.candidateLength))).toBeDefined();
    expect(() => decodeRelayMessage(of(limits.candidateLength + 1))).toThrow(Malformed);
    expect(() => decodeRelayMessage({ ice_candidate: { candidate: "", sdpMid: "x".repeat(1000) } })).toThrow(Malformed);
  });
});

test("an envelope's content says who sent it (E2, E3)", () => {
  const message: RelayMessage = { request: { id: "a" } };
  expect(decodeEnvelopeContent(encodeEnvelopeContent(5, message), 5)).toEqual(message);
  expect(() => decodeEnvelopeContent(encodeEnvelopeContent(5, message), 6)).toThrow(Malformed);
});
