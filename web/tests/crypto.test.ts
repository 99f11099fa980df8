// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { decodeEnvelopeContent } from "../src/core/relay-messages.ts";
import { Malformed } from "../src/core/schema.ts";
import { freshNonce, open, seal, Unopenable } from "../src/crypto/envelope.ts";
import { deriveHash, deriveRoomKeys } from "../src/crypto/room-keys.ts";
import { readVectors } from "./vectors.ts";

const { keys } = readVectors<{ keys: { secret: string; key: string; room_hash: string }[] }>("keys");
const vectors = readVectors<{
  secret: string;
  sealed: { nonce: string; plaintext: string; sealed: string }[];
  opened: { sealed: string; claimed_sender: number; inner: string }[];
  unopenable: { sealed: string; why: string }[];
  dropped: { sealed: string; claimed_sender: number; why: string }[];
}>("envelopes");
const deriveKey = async (secret: string): Promise<CryptoKey> => (await deriveRoomKeys(secret).message).key;
const key = deriveKey(vectors.secret);

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, "hex"));

describe("keys (K2, K3)", () => {
  test.each(keys)("of $secret", async ({ secret, key: expected, room_hash }) => {
    expect(await deriveHash(secret)).toBe(room_hash);
    // The key itself cannot be exported: it is right when it opens what the expected one sealed.
    const reference = await crypto.subtle.importKey("raw", bytes(expected), "AES-GCM", false, ["encrypt"]);
    expect(await open(await deriveKey(secret), await seal(reference, "hello"))).toBe("hello");
  });
});

describe("envelopes (E1 to E3)", () => {
  test.each(vectors.sealed)("seals and opens $plaintext", async ({ nonce, plaintext, sealed }) => {
    expect(await seal(await key, plaintext, bytes(nonce))).toBe(sealed);
    expect(await open(await key, sealed)).toBe(plaintext);
  });

  test.each(vectors.opened)("opens $inner, written in another way", async ({ sealed, claimed_sender, inner }) => {
    expect(decodeEnvelopeContent(await open(await key, sealed), claimed_sender)).toEqual(JSON.parse(inner));
  });

  test.each(vectors.unopenable)("does not open: $why", async ({ sealed }) => {
    await expect(open(await key, sealed)).rejects.toThrow(Unopenable);
  });

  test.each(vectors.dropped)("drops: $why", async ({ sealed, claimed_sender }) => {
    const plaintext = await open(await key, sealed);
    expect(() => decodeEnvelopeContent(plaintext, claimed_sender)).toThrow(Malformed);
  });

  test("another room's key does not open it", async () => {
    await expect(open(await deriveKey("another"), await seal(await key, "hello"))).rejects.toThrow(Unopenable);
  });

  test("every message has a nonce of its own", () => {
    const nonces = Array.from({ length: 1000 }, () => Buffer.from(freshNonce()).toString("hex"));
    expect(new Set(nonces).size).toBe(1000);
  });
});
