// SPDX-License-Identifier: AGPL-3.0-only
/**
 * A client's part in one room: who is there, who offers and gets what, and what happens to both when signaling is
 * lost (M1 to M5, L1 to L7, R1 to R5). Events in, effects out; owns no socket, no connection, no clock and no key.
 */

import { Connections } from "./connections.ts";
import type { SessionEffect } from "./effects.ts";
import type { ConnectionState, LinkStatus, PeerKey, SessionEvent, Timer, TrackKind } from "./events.ts";
import { limits, times } from "./limits.ts";
import { LateStreams } from "./late-streams.ts";
import { Lines } from "./lines.ts";
import type { Description } from "./negotiation.ts";
import { Offering } from "./offering.ts";
import { Outbox } from "./outbox.ts";
import type { Init } from "./packets.ts";
import { type Arrival, Peer } from "./peer.ts";
import { Previews } from "./previews.ts";
import type { Identity, RelayMessage, ResourceInfo, ResumptionMessage } from "./relay-messages.ts";
import { OwnResources } from "./resources.ts";
import { Resumption } from "./resumption.ts";
import type { RoomView, SessionOptions } from "./view.ts";

export class Session {
  readonly #options: SessionOptions;
  readonly #own = new OwnResources();
  readonly #peers = new Map<PeerKey, Peer>();
  readonly #arrivals = new Map<number, Arrival>();
  #username: string;
  #link: LinkStatus = "joining";
  #toldLink: LinkStatus = "joining";
  #wants: readonly TrackKind[];
  #ownId: number | undefined;
  #nextKey: PeerKey = 1;
  #ignoredMessages = 0;
  readonly #out = new Outbox();
  readonly #offering = new Offering(this.#own, this.#out);
  readonly #lines = new Lines(this.#peers, this.#arrivals, this.#out);
  readonly #resumption: Resumption;
  readonly #connections: Connections;
  readonly #previews: Previews;
  readonly #lateStreams: LateStreams;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#username = options.username;
    this.#wants = options.wants;
    this.#resumption = new Resumption(options, this.#peers, this.#out);
    this.#connections = new Connections(options, this.#own, this.#resumption, this.#out);
    this.#lateStreams = new LateStreams(this.#connections, this.#out);
    this.#previews = new Previews(options.features, this.#own, this.#peers, this.#out);
  }

  handle(event: SessionEvent): SessionEffect[] {
    this.#note(event);
    this.#previews.consider();
    this.#lines.consider();
    this.#tell();
    return this.#out.take();
  }

  view(): RoomView {
    const peers = [...this.#peers.values()].map(({ key, username, status, relayed, resources }) => ({
      key,
      username,
      status,
      relayed,
      resources: resources.list().map((resource) => ({ ...resource })),
    }));
    return { link: this.#link, username: this.#username, resources: this.#own.list(), peers };
  }

  /** Messages that were not understood or not expected (E3, M5). */
  get ignoredMessages(): number {
    return this.#ignoredMessages;
  }

  #note(event: SessionEvent): void {
    switch (event.type) {
      case "packet-received":
        return this.#packetReceived(event.packet);
      case "message-relayed":
        return this.#messageRelayed(event.sender, event.message);
      case "proven":
        return this.#proven(event.client, event.peer);
      case "refuted":
        return this.#refuted(event.client);
      case "link-lost":
        return this.#linkLost();
      case "timer-fired":
        return this.#timerFired(event.timer);
      case "renamed":
        this.#username = event.username;
        return this.#relayToAll({ identify: this.#identity() });
      case "wants-set":
        this.#wants = event.wants;
        return;
      case "resource-added":
        if (this.#own.add(event.resource)) {
          this.#out.add({ type: "own-offered", resource: event.resource });
          if (this.#link === "joined") this.#offering.tell(event.resource);
          return;
        }
        return this.#out.add({ type: "show-bound", kind: event.resource.kind, id: event.resource.id });
      case "resource-removed":
        return this.#resourceRemoved(event.id);
      case "chat-written":
        this.#out.add({ type: "show-chat", username: this.#username, chat: event.chat, line: event.line });
        return this.#lines.written({ id: event.line, chat: event.chat });
      case "chat-refused":
        return this.#lines.refused(event.chat);
      case "confirmed":
        return this.#lines.confirmed(event.line);
      case "previews-allowed":
        return this.#previews.allow(event.allowed, event.pause);
      case "preview-taken":
        return this.#previews.taken(event);
      case "left":
        return this.#left();
      default:
        return this.#peerEvent(event);
    }
  }

  /** An event that names a peer; one that is gone meanwhile is of no interest any more. */
  #peerEvent(event: Exclude<Extract<SessionEvent, { peer: PeerKey }>, { type: "proven" }>): void {
    const peer = this.#peers.get(event.peer);
    if (!peer) return;
    switch (event.type) {
      case "resource-wanted":
        return this.#resourceWanted(peer, event.id, event.ticket);
      case "resource-unwanted":
        if (peer.resources.want(event.id, false)) this.#out.relay(peer, { request_stop: { id: event.id } });
        return;
      case "file-ended":
        this.#own.stopRequest(event.id, peer.key);
        return;
      case "file-stalled":
        // Whoever is sending it already takes no notice (M3, F12).
        if (peer.resources.isWantedFile(event.id)) this.#out.relay(peer, { request: { id: event.id } });
        return;
      case "negotiation":
        return this.#connections.negotiate(peer, event.event);
      case "connection-state-changed":
        return this.#connectionStateChanged(peer, event.state);
      case "connection-closed":
        return this.#connectionClosed(peer);
      case "path-found":
        peer.relayed = event.relayed;
        return;
      case "stream-arrived":
        return peer.resources.setFlowing(event.id, true);
      case "stream-ended":
        return peer.resources.setFlowing(event.id, false);
    }
  }

  // Signaling

  #packetReceived(packet: Extract<SessionEvent, { type: "packet-received" }>["packet"]): void {
    if ("init" in packet) this.#initialized(packet.init);
    else if ("client_join" in packet) {
      if (this.#ownId !== undefined) this.#clientJoined(packet.client_join.id);
    } else if ("client_leave" in packet) this.#clientLeft(packet.client_leave.id);
    else this.#out.add({ type: "show-room-count", hash: packet.room_info.hash, count: packet.room_info.user_count });
  }

  #initialized(init: Init): void {
    // Whoever is renamed in the middle would seal under somebody else's id (S3).
    if (this.#ownId !== undefined) {
      this.#ignoredMessages += 1;
      return;
    }
    this.#ownId = init.your_id;
    this.#out.add({ type: "join" });
  }

  #clientJoined(id: number): void {
    if (id === this.#ownId) {
      if (this.#link !== "joined") this.#joined();
      return;
    }
    if (this.#arrivals.has(id) || this.#peerById(id)) return;
    if (this.#arrivals.size + this.#peers.size >= limits.peers) return;
    this.#arrivals.set(id, { id, held: [], heldCharacters: 0 });
    this.#out.startTimer({ name: "appear", of: id }, times.appear);
    this.#out.add({ type: "relay", recipient: id, message: { identify: this.#identity() } });
    this.#offering.greet(id);
  }

  #joined(): void {
    this.#link = "joined";
    this.#lines.joined();
    for (const peer of this.#peers.values()) {
      if (peer.isAway) this.#out.startTimer({ name: "away", of: peer.key }, times.away);
    }
  }

  #clientLeft(id: number): void {
    this.#offering.forget(id);
    if (this.#arrivals.delete(id)) this.#forgetArrivalTimers(id);
    const peer = this.#peerById(id);
    if (!peer) return;
    this.#resumption.settled(id);
    if (!peer.isResumable || !(peer.isConnectionUp || this.#isClaimed(peer))) return this.#gone(peer);
    peer.id = undefined;
    this.#out.startTimer({ name: "away", of: peer.key }, times.away);
  }

  #linkLost(): void {
    this.#ownId = undefined;
    this.#offering.lost();
    this.#lines.lost();
    if (this.#link === "joined") this.#link = "reconnecting";
    for (const { id } of this.#arrivals.values()) this.#forgetArrivalTimers(id);
    this.#arrivals.clear();
    for (const peer of this.#peers.values()) {
      this.#resumption.settled(peer.id);
      if (!peer.isResumable) {
        this.#gone(peer);
      } else {
        if (peer.isAway) this.#out.stopTimer({ name: "away", of: peer.key });
        peer.id = undefined;
      }
    }
  }

  #messageRelayed(sender: number, message: RelayMessage): void {
    const arrival = this.#arrivals.get(sender);
    const peer = this.#peerById(sender);
    // Nobody else is this client.
    if ("identify" in message && message.identify.instance === this.#options.instance) this.#ignoredMessages += 1;
    else if (isAboutResumption(message)) this.#resumptionMessage(sender, message);
    else if (arrival && !arrival.identity && "identify" in message) this.#arrivalIdentified(arrival, message.identify);
    else if (arrival) hold(arrival, message);
    else if (peer) this.#peerSaid(peer, message);
    else this.#ignoredMessages += 1;
  }

  #forgetArrivalTimers(id: number): void {
    this.#out.stopTimer({ name: "appear", of: id });
    this.#resumption.settled(id);
  }

  // Who is who

  #arrivalIdentified(arrival: Arrival, identity: Identity): void {
    arrival.identity = identity;
    this.#out.stopTimer({ name: "appear", of: arrival.id });
    if (this.#resumption.bearersOf(identity.instance).length === 0) return this.#appear(arrival, identity);
    arrival.isChallenged = true;
    this.#resumption.challenge(arrival.id);
  }

  /** What proves, or asks to prove, who is who; nothing of it waits with what is held. */
  #resumptionMessage(sender: number, message: ResumptionMessage): void {
    let [arrival, peer] = [this.#arrivals.get(sender), this.#peerById(sender)];
    if ("resume_token" in message) {
      // Who gives a token takes this client for somebody new, and has nothing to prove (R4).
      this.#refuted(sender);
      [arrival, peer] = [undefined, this.#peerById(sender)];
    }
    const candidates = this.#resumption.candidates(arrival, peer);
    let isUsed: boolean;
    if ("resume_token" in message) {
      isUsed = peer !== undefined && this.#resumption.tokenReceived(peer, message.resume_token.token);
    } else if ("resume_challenge" in message) {
      isUsed = this.#resumption.challenged(sender, candidates, message.resume_challenge.nonce);
    } else isUsed = this.#resumption.answered(sender, candidates, message.resume_proof.macs);
    if (!isUsed) this.#ignoredMessages += 1;
  }

  /** A member goes on as the peer that it is, whatever the server still says of the old id (R3). */
  #proven(client: number, key: PeerKey): void {
    const [arrival, claimant, bearer] = [this.#arrivals.get(client), this.#peerById(client), this.#peers.get(key)];
    if (!bearer || !this.#resumption.candidates(arrival, claimant).includes(bearer)) return;
    this.#resumption.settled(client);
    if (arrival) this.#resume(bearer, arrival);
    else if (claimant === bearer) this.#resumption.trust(bearer);
    else if (claimant) {
      const { username, instance, features } = claimant;
      const identity = { username, features: [...features], ...(instance === undefined ? {} : { instance }) };
      this.#peers.delete(claimant.key);
      this.#out.add({ type: "peer-merged", peer: claimant.key, into: bearer.key });
      this.#connections.close(claimant);
      this.#resumption.forget(claimant);
      this.#resume(bearer, { id: client, held: [], heldCharacters: 0, identity });
    }
  }

  /** A member that did not prove itself is somebody else (R4). */
  #refuted(client: number): void {
    this.#resumption.settled(client);
    const [arrival, claimant] = [this.#arrivals.get(client), this.#peerById(client)];
    if (arrival?.identity) this.#appear(arrival, arrival.identity);
    else if (claimant?.isChallenged) {
      claimant.isChallenged = false;
      this.#resumption.met(claimant);
    }
    for (const peer of this.#peers.values()) {
      // It was waited for because of that claim alone (L2).
      const isWaitedFor = peer.isConnectionUp || this.#link !== "joined" || this.#isClaimed(peer);
      if (peer.isAway && !isWaitedFor) this.#gone(peer);
    }
  }

  /** Whether somebody is about to prove that it is this peer. */
  #isClaimed(peer: Peer): boolean {
    const claimants = [...this.#peers.values()].filter((each) => each.isChallenged && each !== peer);
    return (
      [...this.#arrivals.values()].some((arrival) => isClaim(arrival, peer)) ||
      claimants.some(({ instance }) => instance === peer.instance)
    );
  }

  #appear(arrival: Arrival, identity: Identity): void {
    const peer = new Peer(this.#nextKey++, arrival.id, arrival.identity !== undefined, identity);
    this.#peers.set(peer.key, peer);
    this.#out.add({ type: "peer-joined", peer: peer.key, username: peer.username });
    this.#resumption.met(peer);
    this.#lines.met(peer);
    this.#release(arrival, peer);
  }

  /** The peer goes on under the id of the arrival (L3); everything that may have been lost is said again (L6). */
  #resume(peer: Peer, arrival: Arrival): void {
    this.#out.stopTimer({ name: "away", of: peer.key });
    this.#resumption.settled(peer.id);
    peer.id = arrival.id;
    if (arrival.identity) peer.identify(arrival.identity);
    this.#resumption.trust(peer);
    const again = [...this.#own.withdrawals(), ...peer.resources.requests()];
    for (const message of again) this.#out.relay(peer, message);
    this.#lines.met(peer);
    this.#connections.negotiate(peer, { type: "resumed", connected: peer.connection === "connected" });
    if (peer.connection === "failed") this.#connectionFailed(peer);
    this.#release(arrival, peer);
  }

  #release(arrival: Arrival, peer: Peer): void {
    this.#arrivals.delete(arrival.id);
    for (const message of arrival.held) this.#peerSaid(peer, message);
  }

  #gone(peer: Peer): void {
    this.#peers.delete(peer.key);
    this.#out.stopTimer({ name: "away", of: peer.key });
    this.#resumption.settled(peer.id);
    this.#connections.close(peer);
    this.#resumption.forget(peer);
    this.#out.add({ type: "peer-left", peer: peer.key, username: peer.username });
    if (this.#resumption.bearersOf(peer.instance).length > 0) return;
    // Those who were to prove that they are this peer are nobody that is known.
    for (const arrival of this.#arrivals.values()) if (isClaim(arrival, peer)) this.#refuted(arrival.id);
  }

  #left(): void {
    for (const peer of this.#peers.values()) this.#connections.close(peer);
    this.#peers.clear();
    this.#arrivals.clear();
    this.#ownId = undefined;
  }

  // What peers say

  #peerSaid(peer: Peer, message: RelayMessage): void {
    if ("identify" in message) this.#identified(peer, message.identify);
    else if ("provide" in message) this.#provided(peer, message.provide);
    else if ("provide_stop" in message) this.#provideStopped(peer, message.provide_stop.id);
    else if ("request" in message) this.#requested(peer, message.request.id);
    else if ("request_stop" in message) this.#requestStopped(peer, message.request_stop.id);
    else if ("offer" in message) this.#described(peer, { type: "offer", sdp: message.offer });
    else if ("answer" in message) this.#described(peer, { type: "answer", sdp: message.answer });
    else if ("ice_candidate" in message) {
      this.#connections.negotiate(peer, { type: "candidate-received", candidate: message.ice_candidate });
    } else if ("chat_id" in message) peer.nextLine = message.chat_id.id;
    else if ("chat" in message) {
      if (!this.#lines.heard(peer)) return;
      this.#out.add({ type: "show-chat", peer: peer.key, username: peer.username, chat: message.chat });
    } else if (!("preview" in message) || !this.#previews.received(peer, message.preview)) this.#ignoredMessages += 1;
  }

  /** A peer that was announced before it said who it is may turn out to be one that is waited for (R2, L7). */
  #identified(peer: Peer, identity: Identity): void {
    const isFirst = !peer.isIdentified;
    peer.isIdentified = true;
    peer.identify(identity);
    if (!isFirst || identity.instance === undefined) return;
    const isKnown = this.#resumption.bearersOf(identity.instance).length > 0;
    peer.instance = identity.instance;
    this.#connections.reconsider(peer);
    if (!isKnown || peer.id === undefined) return this.#resumption.met(peer);
    peer.isChallenged = true;
    this.#resumption.challenge(peer.id);
  }

  #provided(peer: Peer, info: ResourceInfo): void {
    if (peer.resources.provide(info, this.#isWanted(info))) {
      this.#ask(peer, info.id);
    }
    const kind = peer.resources.takeFull();
    if (kind !== undefined) this.#out.add({ type: "show-bound", kind, peer: peer.key });
  }

  /** Whether it is asked for as soon as it is offered. */
  #isWanted({ kind, track_kind }: ResourceInfo): boolean {
    return kind === "track" && this.#wants.includes(track_kind === "audio" ? "audio" : "video");
  }

  /** From now on the peer may offer a connection for that (N10). */
  #ask(peer: Peer, id: string): void {
    peer.wasAsked = true;
    this.#lateStreams.asked(peer, id);
    this.#out.relay(peer, { request: { id } });
  }

  #provideStopped(peer: Peer, id: string): void {
    if (peer.resources.isWantedFile(id)) this.#out.add({ type: "give-up-file", peer: peer.key, id });
    peer.resources.stop(id);
  }

  #requested(peer: Peer, id: string): void {
    if (this.#own.request(id, peer.key)) this.#connections.send(peer, id);
  }

  #requestStopped(peer: Peer, id: string): void {
    if (this.#own.stopRequest(id, peer.key)) this.#connections.stopSending(peer.key, id, this.#own.kindOf(id));
  }

  #resourceWanted(peer: Peer, id: string, ticket: number | undefined): void {
    const resource = peer.resources.get(id);
    if (!resource || !peer.resources.want(id, true)) return;
    if (resource.kind === "file") {
      const features = this.#options.features.filter((feature) => peer.features.has(feature));
      this.#out.add({ type: "expect-file", peer: peer.key, resource, features, ticket });
    }
    this.#ask(peer, id);
  }

  #resourceRemoved(id: string): void {
    const removed = this.#own.remove(id);
    if (removed) {
      for (const peer of removed.requesters) this.#connections.stopSending(peer, id, removed.info.kind);
      this.#out.add({ type: "own-withdrawn", resource: removed.info });
    }
    this.#relayToAll({ provide_stop: { id } });
  }

  #described(peer: Peer, description: Description): void {
    if (description.type === "offer") {
      // Nobody asked for a connection (N10).
      if (!peer.negotiation && !peer.wasAsked) {
        this.#ignoredMessages += 1;
        return;
      }
      this.#connections.ensure(peer);
    }
    this.#connections.negotiate(peer, { type: "description-received", description });
  }

  // Connections

  #connectionStateChanged(peer: Peer, state: ConnectionState): void {
    this.#connections.stateChanged(peer, state);
    if (state === "failed") this.#connectionFailed(peer);
  }

  /** A connection that fails while its peer is reported gone ends the waiting (L5). */
  #connectionFailed(peer: Peer): void {
    if (!peer.isAway) this.#connections.recover(peer);
    else if (this.#link === "joined") this.#gone(peer);
  }

  /** The peer leaves, and signaling will say so; or it starts afresh, and so does this side in a while. */
  #connectionClosed(peer: Peer): void {
    this.#connections.stateChanged(peer, "closed");
    peer.resources.stopAllFlows();
    if (peer.isAway) this.#gone(peer);
    else this.#connections.recover(peer);
  }

  // Timers

  #timerFired({ name, of = 0 }: Timer): void {
    if (name === "preview") return this.#previews.due();
    if (name === "offers") return this.#offering.due();
    if (name === "prove") return this.#refuted(of);
    if (name !== "appear") {
      const peer = this.#peers.get(of);
      if (peer && name === "previews") peer.recentPreviews = 0;
      if (peer && name === "away" && peer.isAway) this.#gone(peer);
      if (peer && name === "restart") this.#connections.restart(peer);
      if (peer && name === "late") this.#lateStreams.due(peer);
      if (peer && name === "renew") this.#connections.momentPassed(peer);
      return;
    }
    const arrival = this.#arrivals.get(of);
    if (arrival) this.#appear(arrival, { username: "" });
  }

  // Telling, sending and finding

  /** What the event has changed; who joined, left or said something was told at once. */
  #tell(): void {
    if (this.#link !== this.#toldLink) this.#out.add({ type: "link-changed", status: this.#link });
    this.#toldLink = this.#link;
    for (const peer of this.#peers.values()) {
      this.#tellOf(peer);
      for (const news of peer.resources.takeNews()) this.#out.add(news);
    }
  }

  #tellOf(peer: Peer): void {
    const { key, username, status, relayed, told } = peer;
    if (told.username !== username) this.#out.add({ type: "peer-renamed", peer: key, before: told.username, username });
    if (told.status !== status || told.relayed !== relayed)
      this.#out.add({ type: "peer-status-changed", peer: key, status, relayed });
    peer.told = { username, status, relayed };
  }

  #identity(): Identity {
    return { username: this.#username, instance: this.#options.instance, features: [...this.#options.features] };
  }

  #relayToAll(message: RelayMessage): void {
    if (this.#link === "joined") this.#out.add({ type: "relay", message });
  }

  #peerById(id: number): Peer | undefined {
    return [...this.#peers.values()].find((peer) => peer.id === id);
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
