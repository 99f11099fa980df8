// SPDX-License-Identifier: AGPL-3.0-only
/** Who people are to each other: `identity.json`, which both languages replay (Y1 to Y9). */

import { describe, expect, test } from "vitest";
import { Credential, SigningKey } from "../src/crypto/credential.ts";
import { type Bytes, compareBytes } from "../src/core/bytes.ts";
import { decodeBytes, encodeBytes, encodeParts } from "../src/crypto/encoding.ts";
import {
  derivePair,
  EphemeralKeys,
  type Hello,
  isCredentialProven,
  Opener,
  type PairKeys,
  proveCredential,
  Sealer,
} from "../src/crypto/pair.ts";
import {
  commitmentOf,
  isNameSigned,
  roomCode,
  type RosterEntry,
  rosterHash,
  safetyNumber,
} from "../src/crypto/statements.ts";
import { spoken } from "../src/crypto/spoken.ts";
import { hexadecimal } from "../src/core/hexadecimal.ts";
import { readVectors } from "./vectors.ts";

interface SaidHello {
  readonly instance: string;
  readonly nonce: string;
  readonly p256: string;
  readonly x25519: string;
  readonly features: readonly string[];
}
interface NoPair {
  readonly name: string;
  readonly message_key: string;
  readonly room_hash: string;
  readonly own_private: { readonly p256: string; readonly x25519?: string };
  readonly own: SaidHello;
  readonly theirs: SaidHello;
}
interface Pair extends NoPair {
  readonly transcript: string;
  readonly credential: string;
  readonly signature: string;
  readonly messages: readonly { readonly number: number; readonly ciphertext: string; readonly plaintext: string }[];
}
interface SaidEntry {
  readonly credential: string;
  readonly instance: string;
  readonly number: number;
  readonly statement_hash: string;
}
interface Statement {
  readonly room_hash: string;
  readonly credential: string;
  readonly instance: string;
  readonly number: number;
  readonly name: string;
}
const vectors = readVectors<{
  encodings: { name: string; label: string; parts: (string | number | { bytes: string })[]; bytes: string }[];
  credentials: {
    name: string;
    credential: string;
    message: string;
    signature: string;
    verifies: boolean;
    fingerprint: string;
  }[];
  no_credentials: { name: string; text: string }[];
  pairs: Pair[];
  no_pairs: NoPair[];
  names: { name: string; statement: Statement; signature: string; is_signed: boolean }[];
  rosters: { name: string; room_hash: string; entries: SaidEntry[]; hash: string }[];
  codes: {
    name: string;
    room_hash: string;
    run: string;
    members: SaidEntry[];
    nonces: string[];
    commitments: string[];
    code: string;
    spoken: string;
  }[];
  safety_numbers: { name: string; one: string; other: string; number: string }[];
}>("identity");

const raw = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "base64url"));
const text = new TextEncoder();

async function credential(said: string): Promise<Credential> {
  const found = await Credential.parse(said);
  if (!found) throw new Error("no credential");
  return found;
}

function helloFrom(said: SaidHello): Hello {
  return { ...said, nonce: raw(said.nonce), p256: raw(said.p256), x25519: raw(said.x25519) };
}

/** The private keys of a vector, whose numbers come without their points, but for those of the own hello. */
async function privateKeys({ own_private: numbers, own }: NoPair): Promise<EphemeralKeys> {
  const point = raw(own.p256);
  const [x, y] = [encodeBytes(point.slice(1, 33)), encodeBytes(point.slice(33))];
  const p256 = await pairFrom(
    { kty: "EC", crv: "P-256", x, y, d: numbers.p256 },
    { name: "ECDH", namedCurve: "P-256" },
  );
  if (numbers.x25519 === undefined) return new EphemeralKeys(p256);
  const jwk = { kty: "OKP", crv: "X25519", x: own.x25519, d: numbers.x25519 };
  return new EphemeralKeys(p256, await pairFrom(jwk, { name: "X25519" }));
}

async function pairFrom(jwk: JsonWebKey, kind: EcKeyImportParams | Algorithm): Promise<CryptoKeyPair> {
  const privateKey = await crypto.subtle.importKey("jwk", jwk, kind, false, ["deriveBits"]);
  return { privateKey, publicKey: privateKey };
}

const keysOf = async (vector: NoPair): Promise<PairKeys | undefined> =>
  derivePair(
    { messageKey: raw(vector.message_key), roomHash: vector.room_hash },
    await privateKeys(vector),
    helloFrom(vector.own),
    helloFrom(vector.theirs),
  );

const entryFrom = ({ statement_hash: hash, ...said }: SaidEntry): RosterEntry => ({
  ...said,
  statementHash: raw(hash),
});

describe("identity (Y1 to Y9)", () => {
  test.each(vectors.encodings)("encoding: $name", ({ label, parts, bytes }) => {
    const given = parts.map((part) =>
      typeof part === "object" ? Uint8Array.from(Buffer.from(part.bytes, "hex")) : part,
    );
    expect(hexadecimal(encodeParts(label, ...given))).toBe(bytes);
  });

  test.each(vectors.credentials)("credential: $name", async (vector) => {
    const found = await credential(vector.credential);
    expect(await found.verifies(raw(vector.signature), text.encode(vector.message))).toBe(vector.verifies);
    expect(hexadecimal(await found.fingerprint())).toBe(vector.fingerprint);
  });

  test.each(vectors.no_credentials)("no credential: $name", async (vector) => {
    expect(await Credential.parse(vector.text)).toBeUndefined();
  });

  test.each(vectors.pairs)("pair: $name", async (vector) => {
    const keys = await keysOf(vector);
    if (!keys) throw new Error("no pair");
    expect(encodeBytes(keys.transcript)).toBe(vector.transcript);
    expect(await isCredentialProven(keys, await credential(vector.credential), raw(vector.signature))).toBe(true);
    const from = {
      roomHash: vector.room_hash,
      sender: vector.theirs.instance,
      receiver: vector.own.instance,
      epoch: 0,
    };
    const opener = new Opener(keys.opening, from);
    const other = new Opener(keys.opening, { ...from, epoch: 1 });
    for (const { number, ciphertext, plaintext } of vector.messages) {
      const message = { number, ciphertext: raw(ciphertext) };
      expect(await other.open(message)).toBeUndefined();
      expect(await opener.open({ ...message, number: number + 1 })).toBeUndefined();
      expect(await opener.open(message)).toEqual(text.encode(plaintext));
      expect(await opener.open(message)).toBeUndefined();
    }
  });

  test.each(vectors.no_pairs)("no pair: $name", async (vector) => {
    expect(await keysOf(vector)).toBeUndefined();
  });

  test.each(vectors.names)("name: $name", async ({ statement, signature, is_signed }) => {
    const { room_hash: roomHash, ...said } = statement;
    expect(await isNameSigned({ roomHash, ...said }, raw(signature))).toBe(is_signed);
  });

  test("nobody has signed half a character", async () => {
    const [made] = vectors.names;
    if (!made) throw new Error("no names");
    const { room_hash: roomHash, ...said } = made.statement;
    for (const half of [{ name: "\ud83d" }, { instance: "\ude00" }]) {
      expect(await isNameSigned({ roomHash, ...said, ...half }, raw(made.signature))).toBe(false);
    }
  });

  test.each(vectors.rosters)("roster: $name", async ({ room_hash, entries, hash }) => {
    expect(encodeBytes(await rosterHash(room_hash, entries.map(entryFrom)))).toBe(hash);
  });

  test.each(vectors.codes)("code: $name", async (vector) => {
    const members = vector.members.map(entryFrom);
    const nonces = vector.nonces.map(raw);
    const run = { roomHash: vector.room_hash, run: raw(vector.run), members };
    const said = await Promise.all(members.map((member, at) => commitmentOf(run, member, nonces[at] ?? raw(""))));
    expect(said.map(encodeBytes)).toEqual(vector.commitments);
    expect(hexadecimal(await roomCode(run, nonces))).toBe(vector.code);
    expect(spoken(await roomCode(run, nonces))).toBe(vector.spoken);
    await expect(roomCode(run, nonces.slice(1))).rejects.toThrow("missing");
    const [first] = members;
    if (!first) throw new Error("nobody");
    const again = { ...run, members: [...members, { ...first, number: 99 }] };
    await expect(roomCode(again, [...nonces, raw("")])).rejects.toThrow("twice");
  });

  test.each(vectors.safety_numbers)("safety number: $name", async ({ one, other, number }) => {
    expect(await safetyNumber(await credential(one), await credential(other))).toBe(number);
    await expect(safetyNumber(await credential(one), await credential(one))).rejects.toThrow("themselves");
  });

  test("bytes have one text", () => {
    for (const length of [0, 1, 2, 3, 32, 300_000]) {
      const bytes = new Uint8Array(length).map((_, at) => at * 7);
      expect(compareBytes(decodeBytes(encodeBytes(bytes), length, length) ?? raw("??"), bytes)).toBe(0);
      expect(decodeBytes(encodeBytes(bytes), length + 1, 999_999)).toBeUndefined();
      expect(decodeBytes(encodeBytes(bytes), 0, length - 1)).toBeUndefined();
    }
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "half \ud83d"])("%s has no bytes", (part) => {
    expect(() => encodeParts("a", part)).toThrow(RangeError);
  });

  test("keys make one pair", async () => {
    const [vector] = vectors.pairs;
    if (!vector) throw new Error("no pair");
    const keys = await privateKeys(vector);
    const room = { messageKey: raw(vector.message_key), roomHash: vector.room_hash };
    const pair = async (): Promise<unknown> => derivePair(room, keys, helloFrom(vector.own), helloFrom(vector.theirs));
    expect(await pair()).toBeDefined();
    await expect(pair()).rejects.toThrow("already");
    await expect(keys.hello(helloFrom(vector.own))).rejects.toThrow("already");
  });

  test("keys that are drawn make a pair, which proves credentials to itself alone", async () => {
    const room = { messageKey: crypto.getRandomValues(new Uint8Array(32)), roomHash: "room" };
    const meet = async (): Promise<[PairKeys, PairKeys]> => {
      const [one, other] = [await EphemeralKeys.draw(), await EphemeralKeys.draw()];
      const nonce = (): Bytes => crypto.getRandomValues(new Uint8Array(32));
      const ofOne = await one.hello({ instance: "one", nonce: nonce(), features: ["sealed-1"] });
      const ofOther = await other.hello({ instance: "other", nonce: nonce(), features: [] });
      const pair = [await derivePair(room, one, ofOne, ofOther), await derivePair(room, other, ofOther, ofOne)];
      if (!pair[0] || !pair[1]) throw new Error("no pair");
      return [pair[0], pair[1]];
    };
    const [[here, there], [, elsewhere]] = [await meet(), await meet()];
    const key = await SigningKey.of(await SigningKey.draw());
    if (!key) throw new Error("no key");
    const signature = await proveCredential(here, key);
    expect(await isCredentialProven(there, key.credential, signature)).toBe(true);
    expect(await isCredentialProven(here, key.credential, signature)).toBe(false);
    expect(await isCredentialProven(elsewhere, key.credential, signature)).toBe(false);
    const to = { roomHash: "room", sender: "one", receiver: "other", epoch: 0 };
    const sealer = new Sealer(here.sealing, to);
    const words = ["one", "two", "three"].map((word) => text.encode(word));
    const sealed = await Promise.all(words.map((word) => sealer.seal(word)));
    expect(sealed.map(({ number }) => number)).toEqual([0, 1, 2]);
    const opener = new Opener(there.opening, to);
    expect(await Promise.all(sealed.map((message) => opener.open(message)))).toEqual(words);
    const another = new Opener(elsewhere.opening, to);
    expect(await Promise.all(sealed.map((message) => another.open(message)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
