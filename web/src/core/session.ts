// SPDX-License-Identifier: AGPL-3.0-only
/**
 * A client's part in one room: who offers and gets what, and what the shell hears of it (M1 to M7, N10, F7, F12). Who is
 * there is decided in `members.ts`. Events in, effects out; owns no socket, no connection, no clock and no key.
 */

import type { Connections } from "./connections.ts";
import type { SessionEffect } from "./effects.ts";
import type { ConnectionState, LinkStatus, PeerKey, SessionEvent, Timer, TrackKind } from "./events.ts";
import { times } from "./limits.ts";
import { LateStreams } from "./late-streams.ts";
import type { Lines } from "./lines.ts";
import { type MakeCompany, Members } from "./members.ts";
import type { Description } from "./descriptions.ts";
import { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { Previews } from "./previews.ts";
import type { Chat, RelayMessage, Request, ResourceInfo } from "./relay-messages.ts";
import { OwnResources } from "./resources.ts";
import type { PeerView, RoomView, SessionOptions } from "./view.ts";

export class Session {
  readonly #own = new OwnResources();
  readonly #out = new Outbox();
  readonly #members: Members;
  readonly #peers: ReadonlyMap<PeerKey, Peer>;
  readonly #lines: Lines;
  /** The pause between two own stills; undefined where none are sent. */
  #pause: number | undefined;
  readonly #lateStreams: LateStreams;
  #toldLink: LinkStatus = "joining";
  #ignored = 0;

  /** @param makeCompany is called when there is a peer, and not before */
  constructor(options: SessionOptions, makeCompany: MakeCompany) {
    this.#members = new Members(options, makeCompany, this.#own, this.#out);
    this.#peers = this.#members.peers;
    this.#lines = this.#members.lines;
    this.#lateStreams = new LateStreams(this.#members, this.#out);
  }

  get #connections(): Connections {
    return this.#members.connections;
  }

  /** The stills of videos, once there is somebody who could see them. */
  get #previews(): Previews | undefined {
    return this.#peers.size > 0 ? this.#members.company.previews : undefined;
  }

  handle(event: SessionEvent): SessionEffect[] {
    this.#note(event);
    this.#previews?.consider(this.#pause);
    this.#lines.consider();
    this.#tell();
    return this.#out.take();
  }

  /** The peer that a member is, if it is one yet. */
  keyOf(client: number | undefined): PeerKey | undefined {
    return client === undefined ? undefined : this.#members.announced().find(({ id }) => id === client)?.key;
  }

  featuresWith(key: PeerKey): readonly string[] {
    return this.#connections.commonFeatures(this.#peers.get(key));
  }

  view(): RoomView {
    const peers = this.#members.announced().map(viewOf);
    const { link, username } = this.#members;
    return { link, username, resources: this.#own.list(), peers };
  }

  /** Messages that were not understood or not expected (E3, M5). */
  get ignoredMessages(): number {
    return this.#ignored + this.#members.ignored;
  }

  #note(event: SessionEvent): void {
    switch (event.type) {
      case "packet-received":
        return this.#packetReceived(event.packet);
      case "message-relayed":
        return this.#messageRelayed(event);
      case "introduced":
        return this.#introduced(event);
      case "begun-anew":
        return this.#members.begunAnew(event.client);
      case "missed":
        return this.#members.missed(event.client);
      case "link-lost":
        return this.#members.lost();
      case "timer-fired":
        return this.#timerFired(event.timer);
      case "renamed":
        return this.#members.renamed(event.username);
      case "wants-set":
        return void (this.#members.wants = event.wants);
      case "resource-added":
        return this.#resourceAdded(event.resource);
      case "resource-removed":
        return this.#resourceRemoved(event.id);
      case "left":
        return this.#members.left();
      default:
        return "peer" in event ? this.#peerEvent(event) : this.#said(event);
    }
  }

  /** Takes what the person says and shows to all. */
  #said(event: Said): void {
    switch (event.type) {
      case "chat-written":
        return this.#chatWritten(event.chat, event.line);
      case "chat-refused":
        return this.#lines.refused(event.chat);
      case "confirmed":
        return this.#lines.confirmed(event.line);
      case "previews-allowed":
        return void (this.#pause = event.allowed ? (event.pause ?? times.preview) : undefined);
      case "preview-taken":
        return this.#previews?.taken(event);
      case "hand-set":
        return this.#members.gestures.setHand(event.state);
      case "reaction-made":
        return this.#members.gestures.react(event.name);
      case "recording-set":
        return this.#members.recordings.set(event.state);
    }
  }

  /** Takes an event that names a peer; one that is gone meanwhile is of no interest any more. */
  #peerEvent(event: Extract<SessionEvent, { peer: PeerKey }>): void {
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
        // A peer that is sending the file already takes no notice (M3, F12).
        if (peer.resources.isWantedFile(event.id)) this.#askAgain(peer, event.id);
        return;
      case "file-interrupted":
        return this.#fileInterrupted(peer, event);
      case "negotiation":
        return this.#connections.negotiate(peer, event.event);
      case "connection-state-changed":
        return this.#connectionStateChanged(peer, event.state);
      case "connection-closed":
        return this.#connectionClosed(peer, event.own === true);
      case "path-found":
        peer.way = event.way;
        return;
      case "path-silent":
        return this.#connections.silent(peer, event.silent);
      case "stream-arrived":
        return peer.resources.setFlowing(event.id, true);
      case "stream-ended":
        return peer.resources.setFlowing(event.id, false);
    }
  }

  #packetReceived(packet: Extract<SessionEvent, { type: "packet-received" }>["packet"]): void {
    if ("init" in packet) this.#count(this.#members.initialized(packet.init.your_id));
    else if ("client_join" in packet) this.#members.clientJoined(packet.client_join.id);
    else if ("client_leave" in packet) this.#members.clientLeft(packet.client_leave.id);
    else this.#out.add({ type: "show-room-count", hash: packet.room_info.hash, count: packet.room_info.user_count });
  }

  #count(isUsed: boolean): void {
    if (!isUsed) this.#ignored += 1;
  }

  #chatWritten(chat: Chat, line: string): void {
    this.#out.add({ type: "show-chat", username: this.#members.username, chat, line });
    this.#lines.written({ id: line, chat });
  }

  // Messages of peers

  #messageRelayed({ sender, message, credential }: Extract<SessionEvent, { type: "message-relayed" }>): void {
    const peer = this.#members.messageRelayed(sender, message, credential);
    if (peer) this.#peerSaid(peer, message);
  }

  #peerSaid(peer: Peer, message: RelayMessage): void {
    if ("identify" in message) this.#sendAllWanted(peer);
    else if ("provide" in message) this.#provided(peer, message.provide);
    else if ("provide_stop" in message) this.#provideStopped(peer, message.provide_stop.id);
    else if ("request" in message) this.#requested(peer, message.request);
    else if ("request_stop" in message) this.#requestStopped(peer, message.request_stop.id);
    else if ("offer" in message) this.#described(peer, { type: "offer", sdp: message.offer });
    else if ("answer" in message) this.#described(peer, { type: "answer", sdp: message.answer });
    else if ("ice_candidate" in message) {
      this.#connections.negotiate(peer, { type: "candidate-received", candidate: message.ice_candidate });
    } else if ("leaving" in message) peer.setConnection("closed");
    else if ("chat_id" in message) peer.nextLine = message.chat_id.id;
    else if ("chat" in message) {
      if (!this.#lines.heard(peer)) return;
      this.#out.add({ type: "show-chat", peer: peer.key, username: peer.username, chat: message.chat });
    } else if ("recording" in message) this.#count(this.#members.recordings.heard(peer, message.recording.state));
    else if ("hand" in message || "reaction" in message) this.#count(this.#members.gestures.heard(peer, message));
    else this.#count("preview" in message && this.#previews?.received(peer, message.preview) === true);
  }

  #provided(peer: Peer, info: ResourceInfo): void {
    if (peer.resources.provide(info, this.#isWanted(info))) {
      this.#ask(peer, info.id);
    } else if (this.#members.toldWants.has(trackKindOf(info)) && !peer.resources.isWanted(info.id)) {
      // The peer takes it for requested (M10).
      this.#out.relay(peer, { request_stop: { id: info.id } });
    }
    const kind = peer.resources.takeFull();
    if (kind !== undefined) this.#out.add({ type: "show-bound", kind, peer: peer.key });
  }

  /** Whether a resource is asked for as soon as it is offered. */
  #isWanted(info: ResourceInfo): boolean {
    const kind = trackKindOf(info);
    return kind !== undefined && this.#members.wants.includes(kind);
  }

  /** Sends at once what a member wants that has proven who it is: its name follows (M10). */
  #introduced(member: Extract<SessionEvent, { type: "introduced" }>): void {
    const peer = this.#members.introduced(member);
    if (peer) this.#sendAllWanted(peer);
  }

  #sendAllWanted(peer: Peer): void {
    for (const own of this.#own.list()) this.#sendWanted(peer, own);
  }

  /** Sends a track that a peer has requested before it was offered (M10). */
  #sendWanted(peer: Peer, own: ResourceInfo): void {
    const kind = trackKindOf(own);
    if (kind && peer.wants.includes(kind) && !peer.isAway) this.#requested(peer, { id: own.id });
  }

  /** Requests a resource; from now on the peer may offer a connection for that (N10). */
  #ask(peer: Peer, id: string): void {
    peer.wasAsked = true;
    this.#lateStreams.asked(peer, id);
    this.#out.relay(peer, { request: { id } });
  }

  #provideStopped(peer: Peer, id: string): void {
    if (peer.resources.isWantedFile(id)) this.#out.add({ type: "give-up-file", peer: peer.key, id });
    peer.resources.stop(id);
  }

  #requested(peer: Peer, request: Request): void {
    if (this.#own.request(request, peer.key)) this.#connections.send(peer, request);
  }

  #requestStopped(peer: Peer, id: string): void {
    if (this.#own.stopRequest(id, peer.key)) this.#connections.stopSending(peer.key, id, this.#own.kindOf(id));
  }

  #resourceWanted(peer: Peer, id: string, ticket: number | undefined): void {
    const resource = peer.resources.get(id);
    if (!resource || !peer.resources.want(id, true)) return;
    if (resource.kind === "file") {
      const features = this.#connections.commonFeatures(peer);
      this.#out.add({ type: "expect-file", peer: peer.key, resource, features, ticket });
    }
    this.#ask(peer, id);
  }

  /** Asks for the rest of a download at once, and when there is a connection: until then the peer may not have noticed. */
  #fileInterrupted(peer: Peer, { id, offset, salt }: Extract<SessionEvent, { type: "file-interrupted" }>): void {
    if (peer.resources.interrupted(offset > 0 ? { id, offset, salt } : { id })) this.#askAgain(peer, id);
    else this.#out.add({ type: "give-up-file", peer: peer.key, id });
  }

  #askAgain(peer: Peer, id: string): void {
    this.#out.relay(peer, { request: peer.resources.requestOf(id) });
  }

  #resourceAdded(resource: ResourceInfo): void {
    if (!this.#own.add(resource)) {
      this.#out.add({ type: "show-bound", kind: resource.kind, id: resource.id });
      return;
    }
    this.#out.add({ type: "own-offered", resource });
    if (this.#members.link !== "joined") return;
    this.#members.offering.tell(resource);
    for (const peer of this.#peers.values()) this.#sendWanted(peer, resource);
  }

  #resourceRemoved(id: string): void {
    const removed = this.#own.remove(id);
    if (removed) {
      for (const peer of removed.requesters.keys()) this.#connections.stopSending(peer, id, removed.info.kind);
      this.#out.add({ type: "own-withdrawn", resource: removed.info });
    }
    this.#members.relayToAll({ provide_stop: { id } });
  }

  #described(peer: Peer, description: Description): void {
    if (description.type === "offer") {
      // Nobody asked for a connection (N10).
      if (!peer.negotiation && !peer.wasAsked) {
        this.#ignored += 1;
        return;
      }
      this.#connections.ensure(peer);
      this.#connections.offered(peer, description.sdp);
    }
    this.#connections.negotiate(peer, { type: "description-received", description });
  }

  // Connections

  #connectionStateChanged(peer: Peer, state: ConnectionState): void {
    // What was given up is made anew (N7).
    if (state === "connected" && peer.negotiation?.hasGivenUp) return;
    this.#connections.stateChanged(peer, state);
    if (state === "failed" && !peer.isAway) this.#connections.recover(peer);
    // The peer is waited for: its machine may be asleep, or between two networks (L5).
    else if (state === "failed" && this.#members.link === "joined") this.#connections.close(peer);
    if (state === "connected") for (const id of peer.resources.takeInterrupted()) this.#askAgain(peer, id);
  }

  /**
   * Takes a connection that the peer closed: the peer leaves, as signaling will say, or both sides start afresh in a
   * while. @param isOwn it was closed here, and a peer that is away is waited for
   */
  #connectionClosed(peer: Peer, isOwn: boolean): void {
    this.#connections.stateChanged(peer, "closed");
    peer.negotiation?.close();
    peer.resources.stopAllFlows();
    if (peer.isAway && isOwn) this.#connections.close(peer);
    else if (peer.isAway) this.#members.gone(peer);
    else this.#connections.recover(peer);
  }

  #timerFired(timer: Timer): void {
    const { name, of = 0 } = timer;
    // Also when nobody is left: the next one who comes is shown stills again.
    if (name === "preview") return this.#members.company.previews.due();
    if (name === "offers") return this.#members.offering.due();
    const peer = this.#peers.get(of);
    if (name === "recordings" && (peer || of === 0)) return this.#members.recordings.due(peer);
    if (name === "gestures" && (peer || of === 0)) return this.#members.gestures.due(peer);
    if (name === "away" || name === "appear") this.#members.due(timer);
    else if (peer && name === "previews") peer.recentPreviews = 0;
    else if (peer && name === "restart") this.#connections.restart(peer);
    else if (peer && name === "yield") this.#connections.yielded(peer);
    else if (peer && name === "doubts") peer.doubts = 0;
    else if (peer && name === "late") this.#lateStreams.due(peer);
    else if (peer && name === "renew") this.#connections.momentPassed(peer);
  }

  /** Tells the changes that the event made; joining, leaving and chat were told at once. */
  #tell(): void {
    const { link } = this.#members;
    if (link !== this.#toldLink) this.#out.add({ type: "link-changed", status: link });
    this.#toldLink = link;
    for (const peer of this.#members.announced()) {
      this.#tellOf(peer);
      for (const news of peer.resources.takeNews()) this.#out.add(news);
    }
  }

  #tellOf(peer: Peer): void {
    const { key, username, status, way, told } = peer;
    if (told.username !== username) this.#out.add({ type: "peer-renamed", peer: key, before: told.username, username });
    if (told.status !== status || told.way !== way) {
      const relayed = way?.startsWith("relay");
      this.#out.add({ type: "peer-status-changed", peer: key, status, relayed, ...(way && { way }) });
    }
    peer.told = { username, status, way };
  }
}

type Said = Extract<
  SessionEvent,
  { type: `chat-${string}` | `preview${string}` | "confirmed" | "hand-set" | "reaction-made" | "recording-set" }
>;

/** The kind of a track; undefined for any other resource. */
const trackKindOf = ({ kind, track_kind }: ResourceInfo): TrackKind | undefined =>
  kind === "track" ? track_kind : undefined;

const viewOf = ({ key, username, status, way, resources, credential, isIdentified, features }: Peer): PeerView => ({
  key,
  username,
  status,
  way,
  resources: resources.list().map((resource) => ({ ...resource })),
  // Until a peer has said its name and its features, nothing can be said about whom the person knows by its key.
  credential: isIdentified ? credential : undefined,
  features,
});
