// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Who may go on as whom: tokens that are given once, and challenges that prove them (R1 to R5). Decides who is
 * challenged for what. Tokens, nonces and proofs are the shell's: this has none of them.
 */

import type { PeerKey } from "./events.ts";
import { times } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Arrival, Peer } from "./peer.ts";
import type { SessionOptions } from "./view.ts";

const feature = "resume-token";

export class Resumption {
  readonly #isKnown: boolean;
  readonly #peers: ReadonlyMap<PeerKey, Peer>;
  readonly #out: Outbox;
  /** Members whose proof is waited for. */
  readonly #proving = new Set<number>();

  constructor({ features }: Pick<SessionOptions, "features">, peers: ReadonlyMap<PeerKey, Peer>, out: Outbox) {
    this.#isKnown = features.includes(feature);
    this.#peers = peers;
    this.#out = out;
  }

  /** Gives a peer its token, once, as soon as it has said that it knows what that is (R1). */
  met(peer: Peer): void {
    if (!this.#isKnown || !peer.features.has(feature) || peer.hasOwnToken || peer.id === undefined) return;
    peer.hasOwnToken = true;
    this.#out.add({ type: "issue-token", peer: peer.key, client: peer.id });
  }

  /** @returns whether it is kept: the first token of a peer counts (R1) */
  tokenReceived(peer: Peer, token: string): boolean {
    if (!this.#isKnown || peer.hasTheirToken) return false;
    peer.hasTheirToken = true;
    this.#out.add({ type: "keep-token", peer: peer.key, token });
    return true;
  }

  /** The peer that could prove to be the one with this instance; who is away comes first (R2). */
  bearerOf(instance: string | undefined): Peer | undefined {
    if (instance === undefined) return undefined;
    const bearers = [...this.#peers.values()].filter((peer) => peer.instance === instance && peer.isResumable);
    return bearers.find(({ isAway }) => isAway) ?? bearers[0];
  }

  /** Lets a member prove that it is this peer (R2). */
  challenge(client: number, peer: Peer): void {
    this.#proving.add(client);
    this.#out.add({ type: "challenge", client, peer: peer.key });
    this.#out.startTimer(`prove:${client}`, times.prove);
  }

  /** Proves to a member that this client is who it was to this peer (R3). @returns whether it can */
  challenged(client: number, peer: Peer | undefined, nonce: string): boolean {
    if (!peer?.isResumable) return false;
    this.#out.add({ type: "prove", client, peer: peer.key, nonce });
    return true;
  }

  /** Has a proof looked at. @returns whether there is anything to look at */
  answered(client: number, peer: Peer | undefined, mac: string): boolean {
    if (!peer?.isResumable) return false;
    this.#out.add({ type: "verify", client, peer: peer.key, mac });
    return true;
  }

  /** Asks a peer that began a new connection to prove itself: until then its permissions rest (R5). */
  doubt(peer: Peer): void {
    this.#out.add({ type: "doubt-peer", peer: peer.key });
    if (peer.isResumable && peer.id !== undefined) this.challenge(peer.id, peer);
  }

  trust(peer: Peer): void {
    this.#out.add({ type: "trust-peer", peer: peer.key });
  }

  /** Waits for no proof of a member any more. */
  settled(client: number | undefined): void {
    if (client !== undefined && this.#proving.delete(client)) this.#out.stopTimer(`prove:${client}`);
  }

  /** A peer is gone for good. */
  forget(peer: Peer): void {
    if (peer.hasOwnToken || peer.hasTheirToken) this.#out.add({ type: "forget-tokens", peer: peer.key });
  }
}

/** The peer that a member was challenged to be. */
export function claims(arrival: Arrival | undefined, peer: Peer | undefined): PeerKey | undefined {
  return arrival ? arrival.bearer : (peer?.bearer ?? peer?.key);
}
