// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Resumption: tokens that are given once, and challenges that prove them, tell who may go on as whom (R1 to R5). This
 * module decides who is challenged for what. Tokens, nonces and proofs are the shell's: this has none of them.
 */

import type { PeerKey } from "./events.ts";
import { limits, times } from "./limits.ts";
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

  /**
   * The peers that could prove to be the one with this instance; those that are away come first (R2). There may be
   * several: whoever hears an instance can say it.
   */
  bearersOf(instance: string | undefined): Peer[] {
    if (instance === undefined) return [];
    const bearers = [...this.#peers.values()].filter((peer) => peer.instance === instance && peer.isResumable);
    return [...bearers.filter(({ isAway }) => isAway), ...bearers.filter(({ isAway }) => !isAway)];
  }

  /** The peers that a member may prove to be: it comes back, or begins anew as the peer that it is. */
  candidates(arrival: Arrival | undefined, peer: Peer | undefined): Peer[] {
    if (arrival) return this.bearersOf(arrival.identity?.instance);
    if (!peer) return [];
    if (peer.isChallenged) return this.bearersOf(peer.instance).filter((bearer) => bearer !== peer);
    return peer.isResumable ? [peer] : [];
  }

  /** Lets a member prove who it is (R2); one challenge at a time is enough. */
  challenge(client: number): void {
    if (this.#proving.has(client)) return;
    this.#proving.add(client);
    this.#out.add({ type: "challenge", client });
    this.#out.startTimer({ name: "prove", of: client }, times.prove);
  }

  /** Proves to a member that this client is who it was to these peers (R3). @returns whether it can */
  challenged(client: number, candidates: readonly Peer[], nonce: string): boolean {
    if (candidates.length === 0) return false;
    this.#out.add({ type: "prove", client, peers: keysOf(candidates), nonce });
    return true;
  }

  /** Has proofs looked at. @returns whether there is anything to look at */
  answered(client: number, candidates: readonly Peer[], macs: readonly string[]): boolean {
    if (candidates.length === 0 || !this.#proving.has(client)) return false;
    this.#out.add({ type: "verify", client, peers: keysOf(candidates), macs });
    return true;
  }

  /** Asks a peer that began a new connection to prove itself: until then its permissions rest (R5). */
  doubt(peer: Peer): void {
    peer.isDoubted = true;
    this.#out.add({ type: "doubt-peer", peer: peer.key });
    if (peer.isResumable && peer.id !== undefined) this.challenge(peer.id);
  }

  trust(peer: Peer): void {
    if (!peer.isDoubted) return;
    peer.isDoubted = false;
    this.#out.add({ type: "trust-peer", peer: peer.key });
  }

  /** Waits for no proof of a member any more. */
  settled(client: number | undefined): void {
    if (client !== undefined && this.#proving.delete(client)) this.#out.stopTimer({ name: "prove", of: client });
  }

  /** Takes note that a peer is gone for good. */
  forget(peer: Peer): void {
    if (peer.hasOwnToken || peer.hasTheirToken) this.#out.add({ type: "forget-tokens", peer: peer.key });
  }
}

const keysOf = (peers: readonly Peer[]): PeerKey[] => peers.slice(0, limits.proofs).map(({ key }) => key);
