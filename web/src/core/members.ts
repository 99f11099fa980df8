// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The members of the room: arrivals become peers, peers that were away come back, and nobody takes another one's place
 * (M1, L2 to L7, R1 to R5).
 */

import { Connections } from "./connections.ts";
import type { LinkStatus, PeerKey, Timer } from "./events.ts";
import { limits, times } from "./limits.ts";
import { Lines } from "./lines.ts";
import { Offering } from "./offering.ts";
import type { Outbox } from "./outbox.ts";
import { type Arrival, Peer } from "./peer.ts";
import type { Identity, RelayMessage, ResumptionMessage } from "./relay-messages.ts";
import type { OwnResources } from "./resources.ts";
import { Resumption } from "./resumption.ts";
import type { SessionOptions } from "./view.ts";

/**
 * The members of a room, from the moment that the server names them until they are gone; this client among them. A
 * member that comes or goes needs a connection or loses it, has to hear what was said, and what is on offer. So these
 * parts belong here.
 */
export class Members {
  /** The name of this client. */
  username: string;
  /** Whether this client is in the room, as far as the server said. */
  link: LinkStatus = "joining";
  /** The peers that were announced, including those that are away for a moment. */
  readonly peers = new Map<PeerKey, Peer>();
  readonly connections: Connections;
  readonly lines: Lines;
  readonly offering: Offering;
  readonly #options: SessionOptions;
  readonly #own: OwnResources;
  readonly #out: Outbox;
  readonly #arrivals = new Map<number, Arrival>();
  readonly #resumption: Resumption;
  readonly #said: [Peer, RelayMessage][] = [];
  #ownId: number | undefined;
  #nextKey: PeerKey = 1;

  constructor(options: SessionOptions, own: OwnResources, out: Outbox) {
    this.username = options.username;
    this.#options = options;
    this.#own = own;
    this.#out = out;
    this.#resumption = new Resumption(options, this.peers, out);
    this.connections = new Connections(options, own, this.#resumption, out);
    this.lines = new Lines(this.peers, this.#arrivals, out);
    this.offering = new Offering(own, out);
  }

  // This client

  /** Takes this client's id, once: another one would let it seal under somebody else's (S3). @returns whether it did */
  initialized(ownId: number): boolean {
    if (this.#ownId !== undefined) return false;
    this.#ownId = ownId;
    this.#out.add({ type: "join" });
    return true;
  }

  /** Tells everybody the new name of this client (M1). */
  renamed(username: string): void {
    this.username = username;
    this.relayToAll({ identify: this.#identity() });
  }

  /** Tells everybody in the room; outside of it nobody hears. */
  relayToAll(message: RelayMessage): void {
    if (this.link === "joined") this.#out.add({ type: "relay", message });
  }

  /** Keeps those who can come back until this client has joined again (L1, L2). */
  lost(): void {
    this.#ownId = undefined;
    this.offering.lost();
    this.lines.lost();
    if (this.link === "joined") this.link = "reconnecting";
    for (const { id } of this.#arrivals.values()) this.#forgetArrivalTimers(id);
    this.#arrivals.clear();
    for (const peer of this.peers.values()) {
      this.#resumption.settled(peer.id);
      if (!peer.isResumable) {
        this.gone(peer);
      } else {
        if (peer.isAway) this.#out.stopTimer({ name: "away", of: peer.key });
        peer.id = undefined;
      }
    }
  }

  /** Ends everything: this client has left. */
  left(): void {
    for (const peer of this.peers.values()) this.connections.close(peer);
    this.peers.clear();
    this.#arrivals.clear();
    this.#ownId = undefined;
  }

  // Coming and going

  /** Takes in a member: it says who it is, and hears who this client is and what it offers (M1, M2). */
  clientJoined(id: number): void {
    if (this.#ownId === undefined) return;
    if (id === this.#ownId) return this.#joined();
    if (this.#arrivals.has(id) || this.#peerById(id)) return;
    if (this.#arrivals.size + this.peers.size >= limits.peers) return;
    this.#arrivals.set(id, { id, held: [], heldCharacters: 0 });
    this.#out.startTimer({ name: "appear", of: id }, times.appear);
    this.#out.add({ type: "relay", recipient: id, message: { identify: this.#identity() } });
    this.offering.greet(id);
  }

  /** Waits for a member that may come back, and takes leave of any other (L2). */
  clientLeft(id: number): void {
    this.offering.forget(id);
    if (this.#arrivals.delete(id)) this.#forgetArrivalTimers(id);
    const peer = this.#peerById(id);
    if (!peer) return;
    this.#resumption.settled(id);
    if (!peer.isResumable || !(peer.isConnectionUp || this.#isClaimed(peer))) return this.gone(peer);
    peer.id = undefined;
    this.#out.startTimer({ name: "away", of: peer.key }, times.away);
  }

  /** Takes leave of a peer for good. */
  gone(peer: Peer): void {
    this.peers.delete(peer.key);
    this.#out.stopTimer({ name: "away", of: peer.key });
    this.#resumption.settled(peer.id);
    this.connections.close(peer);
    this.#resumption.forget(peer);
    this.#out.add({ type: "peer-left", peer: peer.key, username: peer.username });
    if (this.#resumption.bearersOf(peer.instance).length > 0) return;
    // Arrivals that were to prove that they are this peer are taken for somebody else.
    for (const arrival of this.#arrivals.values()) if (isClaim(arrival, peer)) this.refuted(arrival.id);
  }

  /** Waits no longer for a peer to come back, an arrival to say who it is, or a proof (L2, L7, R4). */
  due({ name, of = 0 }: Timer): void {
    if (name === "prove") return this.refuted(of);
    const [peer, arrival] = [this.peers.get(of), this.#arrivals.get(of)];
    if (name === "away" && peer?.isAway) this.gone(peer);
    if (name === "appear" && arrival) this.#appear(arrival, { username: "" });
  }

  // Messages of members

  /** Takes what a member says: see `nextSaid`. @returns false for what nobody known may say (M5) */
  messageRelayed(sender: number, message: RelayMessage): boolean {
    const arrival = this.#arrivals.get(sender);
    const peer = this.#peerById(sender);
    // No other client has this instance.
    if ("identify" in message && message.identify.instance === this.#options.instance) return false;
    if (isAboutResumption(message)) return this.#resumptionMessage(sender, message);
    if (arrival && !arrival.identity && "identify" in message) this.#arrivalIdentified(arrival, message.identify);
    else if (arrival) hold(arrival, message);
    else if (peer) this.#said.push([peer, message]);
    else return false;
    return true;
  }

  /** The next message and who said it, the earliest first and each once, as soon as it is clear who said it. */
  nextSaid(): [Peer, RelayMessage] | undefined {
    for (;;) {
      const said = this.#said.shift();
      if (!said || this.peers.has(said[0].key)) return said;
    }
  }

  /**
   * Takes what a peer says of itself: one that was announced before may turn out to be one that is waited for (R2, L7).
   */
  identified(peer: Peer, identity: Identity): void {
    const isFirst = !peer.isIdentified;
    peer.isIdentified = true;
    peer.identify(identity);
    if (!isFirst || identity.instance === undefined) return;
    const isKnown = this.#resumption.bearersOf(identity.instance).length > 0;
    peer.instance = identity.instance;
    this.connections.reconsider(peer);
    if (!isKnown || peer.id === undefined) return this.#resumption.met(peer);
    peer.isChallenged = true;
    this.#resumption.challenge(peer.id);
  }

  // Identities

  /** Lets a member go on as the peer that it is, whatever the server still says of the old id (R3). */
  proven(client: number, key: PeerKey): void {
    const [arrival, claimant, bearer] = [this.#arrivals.get(client), this.#peerById(client), this.peers.get(key)];
    if (!bearer || !this.#resumption.candidates(arrival, claimant).includes(bearer)) return;
    this.#resumption.settled(client);
    if (arrival) this.#resume(bearer, arrival);
    else if (claimant === bearer) this.#resumption.trust(bearer);
    else if (claimant) {
      const { username, instance, features } = claimant;
      const identity = { username, features: [...features], ...(instance === undefined ? {} : { instance }) };
      this.peers.delete(claimant.key);
      this.#out.add({ type: "peer-merged", peer: claimant.key, into: bearer.key });
      this.connections.close(claimant);
      this.#resumption.forget(claimant);
      this.#resume(bearer, { id: client, held: [], heldCharacters: 0, identity });
    }
  }

  /** Takes a member that did not prove itself for somebody else (R4). */
  refuted(client: number): void {
    this.#resumption.settled(client);
    const [arrival, claimant] = [this.#arrivals.get(client), this.#peerById(client)];
    if (arrival?.identity) this.#appear(arrival, arrival.identity);
    else if (claimant?.isChallenged) {
      claimant.isChallenged = false;
      this.#resumption.met(claimant);
    }
    for (const peer of this.peers.values()) {
      // The peer was waited for because of that claim alone (L2).
      const isWaitedFor = peer.isConnectionUp || this.link !== "joined" || this.#isClaimed(peer);
      if (peer.isAway && !isWaitedFor) this.gone(peer);
    }
  }

  #joined(): void {
    if (this.link === "joined") return;
    this.link = "joined";
    this.lines.joined();
    for (const peer of this.peers.values()) {
      if (peer.isAway) this.#out.startTimer({ name: "away", of: peer.key }, times.away);
    }
  }

  #forgetArrivalTimers(id: number): void {
    this.#out.stopTimer({ name: "appear", of: id });
    this.#resumption.settled(id);
  }

  #arrivalIdentified(arrival: Arrival, identity: Identity): void {
    arrival.identity = identity;
    this.#out.stopTimer({ name: "appear", of: arrival.id });
    if (this.#resumption.bearersOf(identity.instance).length === 0) return this.#appear(arrival, identity);
    arrival.isChallenged = true;
    this.#resumption.challenge(arrival.id);
  }

  /** Takes a message that proves, or asks to prove, who is who; such a message waits with none that are held. */
  #resumptionMessage(sender: number, message: ResumptionMessage): boolean {
    if ("resume_token" in message) {
      // A member that gives a token takes this client for somebody new, and has nothing to prove (R4).
      this.refuted(sender);
      const peer = this.#peerById(sender);
      return peer !== undefined && this.#resumption.tokenReceived(peer, message.resume_token.token);
    }
    const candidates = this.#resumption.candidates(this.#arrivals.get(sender), this.#peerById(sender));
    return "resume_challenge" in message
      ? this.#resumption.challenged(sender, candidates, message.resume_challenge.nonce)
      : this.#resumption.answered(sender, candidates, message.resume_proof.macs);
  }

  /** Whether somebody is about to prove that it is this peer. */
  #isClaimed(peer: Peer): boolean {
    const claimants = [...this.peers.values()].filter((each) => each.isChallenged && each !== peer);
    return (
      [...this.#arrivals.values()].some((arrival) => isClaim(arrival, peer)) ||
      claimants.some(({ instance }) => instance === peer.instance)
    );
  }

  #appear(arrival: Arrival, identity: Identity): void {
    const peer = new Peer(this.#nextKey++, arrival.id, arrival.identity !== undefined, identity);
    this.peers.set(peer.key, peer);
    this.#out.add({ type: "peer-joined", peer: peer.key, username: peer.username });
    this.#resumption.met(peer);
    this.lines.met(peer);
    this.#release(arrival, peer);
  }

  /** Lets the peer go on under the id of the arrival (L3); everything that may have been lost is said again (L6). */
  #resume(peer: Peer, arrival: Arrival): void {
    this.#out.stopTimer({ name: "away", of: peer.key });
    this.#resumption.settled(peer.id);
    peer.id = arrival.id;
    if (arrival.identity) peer.identify(arrival.identity);
    this.#resumption.trust(peer);
    const again = [...this.#own.withdrawals(), ...peer.resources.requests()];
    for (const message of again) this.#out.relay(peer, message);
    this.lines.met(peer);
    this.connections.negotiate(peer, { type: "resumed", connected: peer.connection === "connected" });
    if (peer.connection === "failed") this.connections.recover(peer);
    this.#release(arrival, peer);
  }

  #release(arrival: Arrival, peer: Peer): void {
    this.#arrivals.delete(arrival.id);
    for (const message of arrival.held) this.#said.push([peer, message]);
  }

  #identity(): Identity {
    return { username: this.username, instance: this.#options.instance, features: [...this.#options.features] };
  }

  #peerById(id: number): Peer | undefined {
    return [...this.peers.values()].find((peer) => peer.id === id);
  }
}

const isClaim = ({ isChallenged, identity }: Arrival, { instance }: Peer): boolean =>
  isChallenged === true && identity?.instance === instance;

const isAboutResumption = (message: RelayMessage): message is ResumptionMessage =>
  "resume_token" in message || "resume_challenge" in message || "resume_proof" in message;

/** Keeps a message for later, within limits. */
function hold(arrival: Arrival, message: RelayMessage): void {
  const characters = arrival.heldCharacters + JSON.stringify(message).length;
  if (arrival.held.length >= limits.heldMessages || characters > limits.heldCharacters) return;
  arrival.held.push(message);
  arrival.heldCharacters = characters;
}
