// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Credentials: the keys by which people are known again, and what the keys sign (Y2). Signatures are Ed25519 (RFC
 * 8032), or ECDSA with P-256 and SHA-256 (FIPS 186-5) where the engine has no Ed25519.
 */

import { type Bytes, decodeBytes, encodeBytes, sha256 } from "./encoding.ts";

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
    const bytes = kind && more.length === 0 ? decodeBytes(encoded, kind.bytes) : undefined;
    if (!kind || !bytes) return undefined;
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
    return crypto.subtle.verify(this.#kind.signature, this.#key, signature, message);
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
