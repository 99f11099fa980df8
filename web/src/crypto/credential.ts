// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Credentials: the keys by which people are known again, and what the keys sign (Y2). Signatures are Ed25519 (RFC
 * 8032), or ECDSA with P-256 and SHA-256 (FIPS 186-5) where the engine has no Ed25519.
 */

import { hexadecimal } from "../core/hexadecimal.ts";
import type { Bytes } from "../core/bytes.ts";
import { decodeBytes, encodeBytes, sha256 } from "./encoding.ts";

interface Kind {
  readonly bytes: number;
  readonly key: Algorithm & { readonly namedCurve?: string };
  readonly signature: Algorithm & { readonly hash?: string };
}

const kinds: Readonly<Record<string, Kind | undefined>> = {
  ed25519: { bytes: 32, key: { name: "Ed25519" }, signature: { name: "Ed25519" } },
  p256: { bytes: 65, key: { name: "ECDSA", namedCurve: "P-256" }, signature: { name: "ECDSA", hash: "SHA-256" } },
};
const signatureBytes = 64;
/** The first byte of a point of which both coordinates follow. */
const uncompressed = 4;
/**
 * Points of small order on edwards25519, without the bit of the sign: with such a key, or such an R, a signature proves
 * nothing, and engines do not agree on it.
 */
const smallOrder: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/** The public key of somebody. */
export class Credential {
  /** The key as messages have it: its kind, a colon, and the key in base64url. */
  readonly text: string;
  readonly #key: CryptoKey;
  readonly #kind: Kind;

  private constructor(text: string, key: CryptoKey, kind: Kind) {
    this.text = text;
    this.#key = key;
    this.#kind = kind;
  }

  /** @returns the credential that a text is; undefined for a text that is no key of a known kind */
  static async parse(text: string): Promise<Credential | undefined> {
    const [name = "", encoded = "", ...more] = text.split(":");
    const kind = kinds[name];
    const bytes = kind && more.length === 0 ? decodeBytes(encoded, kind.bytes, kind.bytes) : undefined;
    if (!kind || !bytes) return undefined;
    if (kind === kinds["ed25519"] ? isOfSmallOrder(bytes) : bytes[0] !== uncompressed) return undefined;
    try {
      return new Credential(text, await crypto.subtle.importKey("raw", bytes, kind.key, true, ["verify"]), kind);
    } catch {
      // A point that is not on the curve, or a kind that the engine does not know.
      return undefined;
    }
  }

  /** The SHA-256 of the text: 32 bytes, by which people and programs compare credentials. */
  fingerprint(): Promise<Bytes> {
    return sha256(new TextEncoder().encode(this.text));
  }

  /** @returns whether the owner of this credential has signed a message */
  async verifies(signature: Bytes, message: Bytes): Promise<boolean> {
    if (signature.length !== signatureBytes) return false;
    if (this.#kind === kinds["ed25519"] && isOfSmallOrder(signature.slice(0, signatureBytes / 2))) return false;
    try {
      return await crypto.subtle.verify(this.#kind.signature, this.#key, signature, message);
    } catch {
      return false;
    }
  }
}

/** The private key of this client, which no code can read. It is kept as the pair of keys that the engine gives. */
export class SigningKey {
  readonly credential: Credential;
  readonly #key: CryptoKey;

  private constructor(credential: Credential, key: CryptoKey) {
    this.credential = credential;
    this.#key = key;
  }

  /** Draws a pair of keys, Ed25519 where the engine has it, whose private one cannot be exported. */
  static async draw(): Promise<CryptoKeyPair> {
    try {
      return await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    } catch {
      return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    }
  }

  /** @returns a key that is kept nowhere */
  static async fresh(): Promise<SigningKey> {
    const key = await SigningKey.of(await SigningKey.draw());
    if (!key) throw new Error("this engine makes keys that it cannot sign with");
    return key;
  }

  /** @param pair that was drawn earlier. @returns undefined for keys that cannot sign */
  static async of(pair: CryptoKeyPair): Promise<SigningKey | undefined> {
    const name = Object.keys(kinds).find((each) => kinds[each]?.key.name === pair.privateKey.algorithm.name);
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const credential = name && (await Credential.parse(`${name}:${encodeBytes(raw)}`));
    return credential ? new SigningKey(credential, pair.privateKey) : undefined;
  }

  /** @returns 64 bytes */
  async sign(message: Bytes): Promise<Bytes> {
    const { name } = this.#key.algorithm;
    return new Uint8Array(await crypto.subtle.sign({ name, hash: "SHA-256" }, this.#key, message));
  }
}

function isOfSmallOrder(point: Bytes): boolean {
  const unsigned = point.with(point.length - 1, (point.at(-1) ?? 0) & 0x7f);
  return smallOrder.has(hexadecimal(unsigned));
}
