// SPDX-License-Identifier: AGPL-3.0-only
/**
 * A client's part in one room: who is there, who offers and gets what, and what happens to both when signaling is
 * lost (M1 to M5, N2, N8, N9, L1 to L7). Events in, effects out; owns no socket, no connection, no clock and no key.
 */

import type { SessionEffect } from "./effects.ts";
import type { ConnectionState, PeerKey, SessionEvent } from "./events.ts";
import { limits, pauseBefore, times } from "./limits.ts";
import { type Description, Negotiation, type NegotiationEvent } from "./negotiation.ts";
import type { Init } from "./packets.ts";
import { type Arrival, Peer } from "./peer.ts";
import type { Identity, RelayMessage, ResourceInfo } from "./relay-messages.ts";
import { OwnResources } from "./resources.ts";
import type { LinkStatus, RoomView, SessionOptions } from "./view.ts";

export class Session {
  readonly #options: SessionOptions;
  readonly #own = new OwnResources();
  readonly #peers = new Map<PeerKey, Peer>();
  readonly #arrivals = new Map<number, Arrival>();
  #username: string;
  #link: LinkStatus = "joining";
  #ownId: number | undefined;
  #nextKey: PeerKey = 1;
  #ignoredMessages = 0;
  #effects: SessionEffect[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#username = options.username;
  }

  handle(event: SessionEvent): SessionEffect[] {
    this.#effects = [];
    this.#note(event);
    return this.#effects;
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
      case "link-lost":
        return this.#linkLost();
      case "timer-fired":
        return this.#timerFired(event.timer);
      case "renamed":
        this.#username = event.username;
        return this.#relayToAll({ identify: this.#identity() });
      case "resource-added":
        this.#own.add(event.resource);
        return this.#relayToAll({ provide: event.resource });
      case "resource-removed":
        return this.#resourceRemoved(event.id);
      case "left":
        return this.#left();
      default:
        return this.#peerEvent(event);
    }
  }

  /** An event that names a peer; one that is gone meanwhile is of no interest any more. */
  #peerEvent(event: Extract<SessionEvent, { peer: PeerKey }>): void {
    const peer = this.#peers.get(event.peer);
    if (!peer) return;
    switch (event.type) {
      case "resource-wanted":
        if (peer.resources.want(event.id, true)) this.#relay(peer, { request: { id: event.id } });
        return;
      case "resource-unwanted":
        if (peer.resources.want(event.id, false)) this.#relay(peer, { request_stop: { id: event.id } });
        return;
      case "negotiation":
        return this.#negotiate(peer, event.event);
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
    else if ("client_join" in packet) this.#clientJoined(packet.client_join.id);
    else if ("client_leave" in packet) this.#clientLeft(packet.client_leave.id);
  }

  #initialized(init: Init): void {
    this.#ownId = init.your_id;
    this.#effects.push({ type: "join" });
  }

  #clientJoined(id: number): void {
    if (id === this.#ownId) return this.#joined();
    if (this.#arrivals.has(id) || this.#peerById(id)) return;
    if (this.#arrivals.size + this.#peers.size >= limits.peers) return;
    this.#arrivals.set(id, { id, held: [] });
    this.#startTimer(`appear:${id}`, times.appear);
    for (const message of [{ identify: this.#identity() }, ...this.#own.offers()]) {
      this.#effects.push({ type: "relay", recipient: id, message });
    }
  }

  #joined(): void {
    this.#link = "joined";
    for (const peer of this.#peers.values()) {
      if (peer.isAway) this.#startTimer(`away:${peer.key}`, times.away);
    }
  }

  #clientLeft(id: number): void {
    if (this.#arrivals.delete(id)) {
      this.#stopTimer(`appear:${id}`);
      this.#stopTimer(`shadow:${id}`);
    }
    const peer = this.#peerById(id);
    if (!peer) return;
    const successor = this.#arrivalOf(peer.instance);
    if (successor) {
      peer.id = undefined;
      return this.#resume(peer, successor);
    }
    if (peer.instance === undefined || !peer.isConnectionUp) return this.#gone(peer);
    peer.id = undefined;
    this.#startTimer(`away:${peer.key}`, times.away);
  }

  #linkLost(): void {
    this.#ownId = undefined;
    if (this.#link === "joined") this.#link = "reconnecting";
    for (const { id } of this.#arrivals.values()) {
      this.#stopTimer(`appear:${id}`);
      this.#stopTimer(`shadow:${id}`);
    }
    this.#arrivals.clear();
    for (const peer of this.#peers.values()) {
      if (peer.instance === undefined) {
        this.#gone(peer);
      } else {
        if (peer.isAway) this.#stopTimer(`away:${peer.key}`);
        peer.id = undefined;
      }
    }
  }

  #messageRelayed(sender: number, message: RelayMessage): void {
    const arrival = this.#arrivals.get(sender);
    const peer = this.#peerById(sender);
    if (arrival && !arrival.identity && "identify" in message) this.#arrivalIdentified(arrival, message.identify);
    else if (arrival && arrival.held.length < limits.heldMessages) arrival.held.push(message);
    else if (peer) this.#peerSaid(peer, message);
    else this.#ignoredMessages += 1;
  }

  // Who is who

  #arrivalIdentified(arrival: Arrival, identity: Identity): void {
    arrival.identity = identity;
    this.#stopTimer(`appear:${arrival.id}`);
    const bearer = this.#peerByInstance(identity.instance);
    if (!bearer) this.#appear(arrival, identity);
    else if (bearer.isAway) this.#resume(bearer, arrival);
    else this.#startTimer(`shadow:${arrival.id}`, times.shadow);
  }

  #appear(arrival: Arrival, identity: Identity): void {
    const peer = new Peer(this.#nextKey++, arrival.id, identity);
    this.#peers.set(peer.key, peer);
    this.#effects.push({ type: "announce", what: "joined", username: peer.username });
    this.#release(arrival, peer);
  }

  /** The peer goes on under the id of the arrival (L3); everything that may have been lost is said again (L6). */
  #resume(peer: Peer, arrival: Arrival): void {
    this.#stopTimer(`away:${peer.key}`);
    this.#stopTimer(`shadow:${arrival.id}`);
    peer.id = arrival.id;
    if (arrival.identity) peer.identify(arrival.identity);
    for (const message of [...this.#own.withdrawals(), ...peer.resources.requests()]) this.#relay(peer, message);
    this.#negotiate(peer, { type: "resumed", connected: peer.connection === "connected" });
    if (peer.connection === "failed") this.#connectionFailed(peer);
    this.#release(arrival, peer);
  }

  #release(arrival: Arrival, peer: Peer): void {
    this.#arrivals.delete(arrival.id);
    for (const message of arrival.held) this.#peerSaid(peer, message);
  }

  #gone(peer: Peer): void {
    this.#peers.delete(peer.key);
    this.#stopTimer(`away:${peer.key}`);
    this.#closeConnection(peer);
    this.#effects.push({ type: "announce", what: "left", username: peer.username });
  }

  #left(): void {
    for (const peer of this.#peers.values()) this.#closeConnection(peer);
    this.#peers.clear();
    this.#arrivals.clear();
    this.#ownId = undefined;
  }

  // What peers say

  #peerSaid(peer: Peer, message: RelayMessage): void {
    if ("identify" in message) peer.identify(message.identify);
    else if ("provide" in message) this.#provided(peer, message.provide);
    else if ("provide_stop" in message) peer.resources.stop(message.provide_stop.id);
    else if ("request" in message) this.#requested(peer, message.request.id);
    else if ("request_stop" in message) this.#requestStopped(peer, message.request_stop.id);
    else if ("offer" in message) this.#described(peer, { type: "offer", sdp: message.offer });
    else if ("answer" in message) this.#described(peer, { type: "answer", sdp: message.answer });
    else if ("ice_candidate" in message) {
      this.#negotiate(peer, { type: "candidate-received", candidate: message.ice_candidate });
    } else this.#ignoredMessages += 1;
  }

  #provided(peer: Peer, info: ResourceInfo): void {
    if (peer.resources.provide(info, this.#options.wantsAtFirst(info))) {
      this.#relay(peer, { request: { id: info.id } });
    }
  }

  #requested(peer: Peer, id: string): void {
    if (!this.#own.request(id, peer.key)) return;
    this.#ensureNegotiation(peer);
    this.#effects.push({ type: "attach", peer: peer.key, id });
  }

  #requestStopped(peer: Peer, id: string): void {
    if (this.#own.stopRequest(id, peer.key)) this.#effects.push({ type: "detach", peer: peer.key, id });
  }

  #resourceRemoved(id: string): void {
    for (const peer of this.#own.remove(id)) this.#effects.push({ type: "detach", peer, id });
    this.#relayToAll({ provide_stop: { id } });
  }

  #described(peer: Peer, description: Description): void {
    if (description.type === "offer") this.#ensureNegotiation(peer);
    this.#negotiate(peer, { type: "description-received", description });
  }

  // Connections

  #ensureNegotiation(peer: Peer): void {
    if (peer.negotiation) return;
    peer.negotiation = this.#newNegotiation(peer);
    this.#effects.push({ type: "open-connection", peer: peer.key });
  }

  #newNegotiation(peer: Peer): Negotiation {
    const polite = peer.instance !== undefined && this.#options.instance < peer.instance;
    return new Negotiation(polite, peer.instance !== undefined);
  }

  #negotiate(peer: Peer, event: NegotiationEvent): void {
    for (const effect of peer.negotiation?.handle(event) ?? []) {
      if (effect.type === "send") this.#relay(peer, effect.message);
      else if (effect.type === "replace-connection") this.#openConnectionAgain(peer);
      else if (effect.type === "give-up") this.#connectionFailed(peer);
      else this.#effects.push({ type: "engine", peer: peer.key, effect });
    }
  }

  /** A new connection in place of the old one, with everything that the peer had asked for. */
  #openConnectionAgain(peer: Peer): void {
    peer.connection = "new";
    peer.resources.stopAllFlows();
    this.#effects.push({ type: "open-connection", peer: peer.key });
    for (const id of this.#own.requestedBy(peer.key)) this.#effects.push({ type: "attach", peer: peer.key, id });
  }

  #connectionStateChanged(peer: Peer, state: ConnectionState): void {
    peer.setConnection(state);
    if (state === "connected") this.#stopTimer(`restart:${peer.key}`);
    if (state === "failed") this.#connectionFailed(peer);
  }

  /** N9, L5: restarted at once, later with growing pauses; not waited for when the peer is reported gone, too. */
  #connectionFailed(peer: Peer): void {
    if (peer.isAway) {
      if (this.#link === "joined") this.#gone(peer);
      return;
    }
    peer.restarts += 1;
    if (peer.restarts === 1 && peer.connection === "failed") {
      this.#effects.push({ type: "restart-ice", peer: peer.key });
    } else {
      this.#startTimer(`restart:${peer.key}`, pauseBefore(peer.restarts));
    }
  }

  /** The peer leaves, and signaling will say so; or it starts afresh, and so does this side in a while. */
  #connectionClosed(peer: Peer): void {
    peer.setConnection("closed");
    peer.resources.stopAllFlows();
    if (peer.isAway) this.#gone(peer);
    else this.#connectionFailed(peer);
  }

  /** Peers that know N8 get a new connection; the original's get another ICE restart, all that they understand. */
  #restart(peer: Peer): void {
    if (peer.isAway || !peer.negotiation || peer.connection === "connected") return;
    if (peer.instance === undefined) {
      this.#effects.push({ type: "restart-ice", peer: peer.key });
      return;
    }
    peer.negotiation = this.#newNegotiation(peer);
    this.#openConnectionAgain(peer);
  }

  #closeConnection(peer: Peer): void {
    this.#own.forgetPeer(peer.key);
    if (!peer.negotiation) return;
    peer.dropConnection();
    this.#stopTimer(`restart:${peer.key}`);
    this.#effects.push({ type: "close-connection", peer: peer.key });
  }

  // Timers

  #timerFired(timer: string): void {
    const [name, number] = timer.split(":");
    if (name === "away" || name === "restart") {
      const peer = this.#peers.get(Number(number));
      if (peer && name === "away" && peer.isAway) this.#gone(peer);
      if (peer && name === "restart") this.#restart(peer);
      return;
    }
    const arrival = this.#arrivals.get(Number(number));
    // A second bearer of an instance that outlasted its patience is somebody else (L4): it appears without it.
    if (arrival) this.#appear(arrival, { username: arrival.identity?.username ?? "" });
  }

  #startTimer(timer: string, ms: number): void {
    this.#effects.push({ type: "start-timer", timer, ms });
  }

  #stopTimer(timer: string): void {
    this.#effects.push({ type: "stop-timer", timer });
  }

  // Sending and finding

  #identity(): Identity {
    return { username: this.#username, instance: this.#options.instance, features: [...this.#options.features] };
  }

  #relay(peer: Peer, message: RelayMessage): void {
    if (peer.id !== undefined) this.#effects.push({ type: "relay", recipient: peer.id, message });
  }

  #relayToAll(message: RelayMessage): void {
    if (this.#link === "joined") this.#effects.push({ type: "relay", message });
  }

  #peerById(id: number): Peer | undefined {
    return [...this.#peers.values()].find((peer) => peer.id === id);
  }

  #peerByInstance(instance: string | undefined): Peer | undefined {
    return instance === undefined ? undefined : [...this.#peers.values()].find((peer) => peer.instance === instance);
  }

  #arrivalOf(instance: string | undefined): Arrival | undefined {
    return instance === undefined
      ? undefined
      : [...this.#arrivals.values()].find(({ identity }) => identity?.instance === instance);
  }
}
