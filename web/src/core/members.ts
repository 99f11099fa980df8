// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The members of the room: arrivals become peers, peers that were away come back, and nobody takes another one's place
 * (M1, L2 to L7, R1). That a member has a credential was proven before a session hears of it (`pairing.ts`).
 */

import type { Company, makeCompany } from "./company.ts";
import type { LinkStatus, PeerKey, Timer, TrackKind } from "./events.ts";
import { Gestures } from "./gestures.ts";
import { limits, times } from "./limits.ts";
import { Lines } from "./lines.ts";
import { Offering } from "./offering.ts";
import type { Outbox } from "./outbox.ts";
import type { Introduction } from "./pairing-orders.ts";
import { type Arrival, Peer } from "./peer.ts";
import { Recordings } from "./recordings.ts";
import type { Identity, RelayMessage } from "./relay-messages.ts";
import type { OwnResources } from "./resources.ts";
import type { SessionOptions } from "./view.ts";

/** Makes what only company needs. Pages have it once there is another member, and not before. */
export type MakeCompany = typeof makeCompany;

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
  /** The kinds of tracks that are requested as soon as they are offered. */
  wants: readonly TrackKind[];
  /** Those that members may take for requested (M10). */
  readonly toldWants = new Set<TrackKind | undefined>();
  /** Messages that nobody known may say (M5). */
  ignored = 0;
  readonly lines: Lines;
  readonly offering: Offering;
  readonly gestures: Gestures;
  readonly recordings: Recordings;
  readonly #options: SessionOptions;
  readonly #makeCompany: MakeCompany;
  readonly #own: OwnResources;
  readonly #out: Outbox;
  #company: Company | undefined;
  readonly #arrivals = new Map<number, Arrival>();
  #ownId: number | undefined;
  #ownIds: readonly number[] = [];
  #nextKey: PeerKey = 1;

  constructor(options: SessionOptions, makeCompany: MakeCompany, own: OwnResources, out: Outbox) {
    this.username = options.username;
    this.wants = options.wants;
    this.#options = options;
    this.#makeCompany = makeCompany;
    this.#own = own;
    this.#out = out;
    this.lines = new Lines(this.peers, this.#arrivals, out);
    this.offering = new Offering(own, this.peers, out);
    this.gestures = new Gestures(this.peers, out);
    this.recordings = new Recordings(this.peers, out);
  }

  /** The connections of all members. */
  get connections(): Company["connections"] {
    return this.company.connections;
  }

  /** What only company needs. */
  get company(): Company {
    return (this.#company ??= this.#makeCompany(this.#options, this.#own, this.peers, this.#out));
  }

  // This client

  /** Takes this client's id, once: another one would let it seal under somebody else's (S3). @returns whether it did */
  initialized(ownId: number): boolean {
    if (this.#ownId !== undefined) return false;
    this.#ownId = ownId;
    this.#ownIds = [...this.#ownIds, ownId].slice(-limits.ownIds);
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
    for (const id of this.#arrivals.keys()) this.#out.stopTimer({ name: "appear", of: id });
    this.#arrivals.clear();
    for (const peer of this.peers.values()) {
      if (!peer.isResumable) {
        this.gone(peer);
      } else {
        if (peer.isAway) this.#out.stopTimer({ name: "away", of: peer.key });
        peer.id = undefined;
        peer.wasCutOff = true;
      }
    }
  }

  /** Ends everything: this client has left. */
  left(): void {
    for (const peer of this.peers.values()) {
      if (peer.credential && peer.features.has("leaving")) this.#out.relay(peer, { leaving: null });
      this.connections.close(peer);
    }
    this.peers.clear();
    this.#arrivals.clear();
    this.#ownId = undefined;
  }

  // Coming and going

  /** Takes in a member: it says who it is, and hears who this client is and what it offers (M1, M2). */
  clientJoined(id: number): void {
    if (this.#ownId === undefined) return;
    if (id === this.#ownId) return this.#joined();
    // The server believes for a while in a connection of this client that is lost (L1).
    if (this.#ownIds.includes(id) || this.#arrivals.has(id) || this.#peerById(id)) return;
    if (this.#arrivals.size + this.announced().length >= limits.peers) return;
    this.#arrivals.set(id, { id });
    this.#out.startTimer({ name: "appear", of: id }, times.appear);
    this.#out.add({ type: "relay", recipient: id, message: { identify: this.#identity() } });
    this.offering.greet(id);
  }

  /** Waits for a member that may come back, and takes leave of any other (L2). */
  clientLeft(id: number): void {
    this.offering.forget(id);
    const arrival = this.#arrivals.get(id);
    if (this.#arrivals.delete(id)) this.#out.stopTimer({ name: "appear", of: id });
    if (arrival?.peer) this.gone(arrival.peer);
    const peer = this.#peerById(id);
    if (!peer) return;
    if (!peer.isResumable || !peer.isConnectionUp) return this.gone(peer);
    peer.id = undefined;
    this.#out.startTimer({ name: "away", of: peer.key }, times.away);
  }

  /** Takes leave of a peer for good. */
  gone(peer: Peer): void {
    this.peers.delete(peer.key);
    this.#out.stopTimer({ name: "away", of: peer.key });
    this.connections.close(peer);
    if (peer.isAnnounced) this.#out.add({ type: "peer-left", peer: peer.key, username: peer.username });
  }

  /** Waits no longer for a peer to come back, or for an arrival to say who it is (L2, L7). */
  due({ name, of = 0 }: Timer): void {
    const [peer, arrival] = [this.peers.get(of), this.#arrivals.get(of)];
    if (name === "away" && peer?.isAway) this.gone(peer);
    if (name === "appear" && arrival) this.#appear(arrival);
  }

  /** Takes a member for a newcomer: nobody had proven to have said what was said under its id (Y12). */
  begunAnew(client: number): void {
    this.clientLeft(client);
    this.clientJoined(client);
  }

  /** Says again to a member what holds now: something that was said to it has not arrived (Y13). */
  missed(client: number): void {
    const peer = this.#peerById(client);
    if (!peer && !this.#arrivals.has(client)) return;
    this.#out.add({ type: "relay", recipient: client, message: { identify: this.#identity() } });
    this.offering.greet(client);
    const arriving = this.#arrivals.get(client)?.peer;
    if (arriving) this.#sayAgain(arriving);
    if (!peer) return;
    this.#sayAgain(peer);
    this.lines.sayAgain(peer);
  }

  /**
   * The peer that an arrival is going to be, to begin with what it wants: its name follows (M10). None for who is known,
   * and for who was here before: that one goes on where it was.
   */
  introduced({ client, credential, instance, features, wants }: Omit<Introduction, "type">): Peer | undefined {
    const arrival = this.#arrivals.get(client);
    if (!arrival || arrival.peer || this.#bearer(instance, credential)) return undefined;
    const peer = this.#newPeer(client, undefined, credential);
    peer.isAnnounced = false;
    peer.instance = instance;
    peer.features = new Set(features);
    peer.wants = wants;
    return (arrival.peer = peer);
  }

  /** The peers that the person knows of. */
  announced(): Peer[] {
    return [...this.peers.values()].filter(({ isAnnounced }) => isAnnounced);
  }

  // Messages of members

  /**
   * Takes what a member says. @param credential what the member has proven to be, if the message came sealed
   * @returns who said it, if it is for the session to hear (M5): a first identify is
   */
  messageRelayed(sender: number, message: RelayMessage, credential: string | undefined): Peer | undefined {
    const [arrival, peer] = [this.#arrivals.get(sender), this.#peerById(sender)];
    const identity = "identify" in message ? message.identify : undefined;
    // No other client has this instance.
    if (identity?.instance === this.#options.instance) this.ignored += 1;
    else if (identity && arrival) return this.#arrivalIdentified(arrival, identity, credential);
    else if (identity && peer) return this.#peerIdentified(peer, identity, credential);
    else if (!peer || peer.credential !== credential) this.ignored += 1;
    else if (credential !== undefined && !peer.isIdentified) this.ignored += 1;
    else return peer;
    return undefined;
  }

  #arrivalIdentified(arrival: Arrival, identity: Identity, credential: string | undefined): Peer | undefined {
    this.#out.stopTimer({ name: "appear", of: arrival.id });
    const bearer = this.#bearer(identity.instance, credential);
    if (!bearer) return this.#appear(arrival, identity, credential);
    if (arrival.peer) this.gone(arrival.peer);
    return this.#resume(bearer, arrival.id, identity);
  }

  /** Takes what a peer says of itself: one announced before may turn out to be one that is waited for (L7, R1). */
  #peerIdentified(peer: Peer, identity: Identity, credential: string | undefined): Peer | undefined {
    if (peer.isIdentified) {
      if (peer.credential === credential) peer.identify(identity);
      else this.ignored += 1;
      return undefined;
    }
    const bearer = this.#bearer(identity.instance, credential);
    if (!bearer || peer.id === undefined) {
      peer.isIdentified = true;
      peer.instance = identity.instance;
      peer.credential = credential;
      peer.identify(identity);
      this.connections.reconsider(peer);
      this.gestures.met(peer);
      this.recordings.met(peer);
      return peer;
    }
    this.peers.delete(peer.key);
    this.#out.add({ type: "peer-merged", peer: peer.key, into: bearer.key });
    this.connections.close(peer);
    return this.#resume(bearer, peer.id, identity);
  }

  /** The peer that a member has proven to be, if it was here before (R1). */
  #bearer(instance: string | undefined, credential: string | undefined): Peer | undefined {
    if (credential === undefined) return undefined;
    const identified = [...this.peers.values()].filter(({ isIdentified }) => isIdentified);
    return identified.find((peer) => peer.instance === instance && peer.credential === credential);
  }

  #joined(): void {
    if (this.link === "joined") return;
    this.link = "joined";
    this.lines.joined();
    for (const peer of this.peers.values()) {
      if (peer.isAway) this.#out.startTimer({ name: "away", of: peer.key }, times.away);
    }
  }

  /** Announces a peer, with what it said of itself or without (L7). */
  #appear(arrival: Arrival, identity?: Identity, credential?: string): Peer {
    const peer = arrival.peer ?? this.#newPeer(arrival.id, identity, credential);
    this.#arrivals.delete(arrival.id);
    if (!peer.isAnnounced) peer.announce(identity);
    this.#out.add({ type: "peer-joined", peer: peer.key, username: peer.username });
    this.lines.met(peer);
    this.gestures.met(peer);
    this.recordings.met(peer);
    return peer;
  }

  #newPeer(client: number, identity?: Identity, credential?: string): Peer {
    const peer = new Peer(this.#nextKey++, client, identity, credential);
    this.peers.set(peer.key, peer);
    return peer;
  }

  /** Lets a peer go on under another id (L3, L4); everything that may have been lost is said again (L6). */
  #resume(peer: Peer, client: number, identity: Identity): undefined {
    this.#arrivals.delete(client);
    this.#out.stopTimer({ name: "away", of: peer.key });
    peer.id = client;
    peer.identify(identity);
    this.#sayAgain(peer);
    if (peer.connection === "closed") this.connections.restart(peer);
    else if (peer.connection === "failed") this.connections.recover(peer);
    else if (peer.isDoubted) this.connections.doubtAgain(peer);
    peer.wasCutOff = false;
  }

  /** Says all that may have been lost; offers go to everybody who comes (L6). */
  #sayAgain(peer: Peer): void {
    const again = [...this.#own.withdrawals(), ...peer.resources.requests()];
    for (const message of again) this.#out.relay(peer, message);
    this.lines.met(peer);
    this.gestures.met(peer);
    this.recordings.met(peer);
    this.connections.sayAgain(peer);
  }

  #identity(): Identity {
    for (const kind of this.wants) this.toldWants.add(kind);
    const { instance, features } = this.#options;
    const wants = this.wants.length > 0 ? { wants: [...this.wants] } : {};
    return { username: this.username, instance, features: [...features], ...wants };
  }

  #peerById(id: number): Peer | undefined {
    return this.announced().find((peer) => peer.id === id);
  }
}
