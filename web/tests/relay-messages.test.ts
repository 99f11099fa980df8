// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { decodeEnvelopeContent, encodeEnvelopeContent, type RelayMessage } from "../src/core/relay-messages.ts";
import { Malformed, parse } from "../src/core/schema.ts";
import { decodeRelayMessage } from "../src/core/sealed-message.ts";
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
});

test("an envelope's content says who sent it (E2, E3)", () => {
  const message: RelayMessage = { request: { id: "a" } };
  expect(decodeEnvelopeContent(encodeEnvelopeContent(5, message), 5)).toEqual(message);
  expect(() => decodeEnvelopeContent(encodeEnvelopeContent(5, message), 6)).toThrow(Malformed);
});
