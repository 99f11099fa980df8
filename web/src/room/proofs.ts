// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The tokens and nonces with which peers prove to be who they were (R1 to R3): never shown, logged or sent again. Loaded
 * with the first peer.
 */

import type { SessionEffect } from "../core/effects.ts";
import type { PeerKey, SessionEvent } from "../core/events.ts";
import type { RelayMessage } from "../core/relay-messages.ts";
import { encodeBytes } from "../crypto/encoding.ts";
import { decodeRandom, deriveResumeKey, isProof, makeProof } from "../crypto/resumption.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The most challenges whose answers are waited for; the oldest are forgotten. */
const mostNonces = 512;

export type ResumptionEffect = Extract<
  SessionEffect,
  { type: "issue-token" | "keep-token" | "forget-tokens" | "challenge" | "prove" | "verify" }
>;

export interface ProofsListener {
  /** The id that the server gave to this client; none while there is no connection. */
  ownId(): number | undefined;
  say(message: RelayMessage, client: number): void;
  happened(event: SessionEvent): void;
}

export class Proofs {
  readonly #listener: ProofsListener;
  readonly #own = new Map<PeerKey, Bytes>();
  readonly #theirs = new Map<PeerKey, Bytes>();
  readonly #nonces = new Map<number, Bytes>();

  constructor(listener: ProofsListener) {
    this.#listener = listener;
  }

  carryOut(effect: ResumptionEffect): void {
    switch (effect.type) {
      case "issue-token":
        return this.#listener.say({ resume_token: { token: this.#issue(effect.peer) } }, effect.client);
      case "keep-token":
        this.#theirs.set(effect.peer, decodeRandom(effect.token));
        return;
      case "forget-tokens":
        this.#own.delete(effect.peer);
        this.#theirs.delete(effect.peer);
        return;
      case "challenge":
        return this.#listener.say({ resume_challenge: { nonce: this.#challenge(effect.client) } }, effect.client);
      case "prove":
        return void this.#prove(effect.peers, effect.client, effect.nonce);
      case "verify":
        return void this.#verify(effect.peers, effect.client, effect.macs);
    }
  }

  /** Forgets the nonces: their ids ended with the connection to the server. */
  forgetChallenges(): void {
    this.#nonces.clear();
  }

  #issue(peer: PeerKey): string {
    const token = randomBytes();
    this.#own.set(peer, token);
    return encodeBytes(token);
  }

  #challenge(client: number): string {
    const nonce = randomBytes();
    const [oldest] = this.#nonces.keys();
    if (this.#nonces.size >= mostNonces && oldest !== undefined) this.#nonces.delete(oldest);
    this.#nonces.set(client, nonce);
    return encodeBytes(nonce);
  }

  /** Answers a member's challenge, with a proof for each peer that it could be (R3). */
  async #prove(peers: readonly PeerKey[], client: number, nonce: string): Promise<void> {
    const ownId = this.#listener.ownId() ?? 0;
    const keys = await Promise.all(peers.map((peer) => this.#key(peer)));
    const known = keys.filter((key) => key !== undefined);
    const proofs = await Promise.all(known.map((key) => makeProof(key, ownId, client, decodeRandom(nonce))));
    if (proofs.length > 0) this.#listener.say({ resume_proof: { macs: proofs.map(encodeBytes) } }, client);
  }

  /** Finds which of the peers a member's answer proves (R3), if any; each challenge takes one answer. */
  async #verify(peers: readonly PeerKey[], client: number, macs: readonly string[]): Promise<void> {
    const [nonce, ownId] = [this.#nonces.get(client), this.#listener.ownId() ?? 0];
    this.#nonces.delete(client);
    for (const peer of nonce ? peers : []) {
      const key = await this.#key(peer);
      if (!key || !nonce) continue;
      const right = await Promise.all(macs.map((mac) => isProof(key, client, ownId, nonce, decodeRandom(mac))));
      if (right.includes(true)) return this.#listener.happened({ type: "proven", client, peer });
    }
    this.#listener.happened({ type: "refuted", client });
  }

  async #key(peer: PeerKey): Promise<CryptoKey | undefined> {
    const [own, theirs] = [this.#own.get(peer), this.#theirs.get(peer)];
    // A token that comes back proves nothing: everybody who saw it could have sent it.
    if (!own || !theirs || own.every((byte, index) => byte === theirs[index])) return undefined;
    return deriveResumeKey(own, theirs);
  }
}

const randomBytes = (): Bytes => crypto.getRandomValues(new Uint8Array(32));
