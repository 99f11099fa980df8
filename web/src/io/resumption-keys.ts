// SPDX-License-Identifier: AGPL-3.0-only
/** The tokens and nonces with which peers prove to be who they were (R1 to R3). Never shown, logged or sent again. */

import type { PeerKey } from "../core/events.ts";
import { decodeRandom, deriveResumeKey, encodeRandom, isProof, makeProof } from "../crypto/resumption.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export class ResumptionKeys {
  readonly #own = new Map<PeerKey, Bytes>();
  readonly #theirs = new Map<PeerKey, Bytes>();
  readonly #nonces = new Map<number, Bytes>();

  /** Draws the token for a peer (R1). */
  issue(peer: PeerKey): string {
    const token = randomBytes();
    this.#own.set(peer, token);
    return encodeRandom(token);
  }

  keep(peer: PeerKey, token: string): void {
    this.#theirs.set(peer, decodeRandom(token));
  }

  forget(peer: PeerKey): void {
    this.#own.delete(peer);
    this.#theirs.delete(peer);
  }

  /** The ids of nonces ended with the connection to the server. */
  forgetChallenges(): void {
    this.#nonces.clear();
  }

  /** Draws a nonce for a member (R2). */
  challenge(client: number): string {
    const nonce = randomBytes();
    this.#nonces.set(client, nonce);
    return encodeRandom(nonce);
  }

  /** Answers a member's challenge (R3). @returns nothing without the tokens for it */
  async prove(peer: PeerKey, ownId: number, client: number, nonce: string): Promise<string | undefined> {
    const key = await this.#key(peer);
    return key && encodeRandom(await makeProof(key, ownId, client, decodeRandom(nonce)));
  }

  /** Whether a member's answer is right (R3); each challenge takes one answer. */
  async verify(peer: PeerKey, ownId: number, client: number, mac: string): Promise<boolean> {
    const nonce = this.#nonces.get(client);
    this.#nonces.delete(client);
    const key = await this.#key(peer);
    return key !== undefined && nonce !== undefined && isProof(key, client, ownId, nonce, decodeRandom(mac));
  }

  async #key(peer: PeerKey): Promise<CryptoKey | undefined> {
    const [own, theirs] = [this.#own.get(peer), this.#theirs.get(peer)];
    // A token that comes back proves nothing: everybody who saw it could have sent it.
    if (!own || !theirs || own.every((byte, index) => byte === theirs[index])) return undefined;
    return deriveResumeKey(own, theirs);
  }
}

const randomBytes = (): Bytes => crypto.getRandomValues(new Uint8Array(32));
