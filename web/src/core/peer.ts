// SPDX-License-Identifier: AGPL-3.0-only
/** One other member of the room, as a session knows it: who it is, whether it is there, and how its connection does. */

import type { ConnectionState, PeerKey, PeerStatus } from "./events.ts";
import { limits } from "./limits.ts";
import type { Negotiation } from "./negotiation.ts";
import type { Chat, HandState, Identity, RecordingState } from "./relay-messages.ts";
import { RemoteResources } from "./resources.ts";
import type { Way } from "./way.ts";

/** A line that this client says in chat, under an id of its own (M6). */
export interface Line {
  readonly id: string;
  readonly chat: Chat;
}

/** An id that joined and is nobody's yet: it has not identified itself (L7). */
export interface Arrival {
  readonly id: number;
  /** The peer that it is going to be, once it has proven who it is: what it wants with that begins at once (M10). */
  peer?: Peer;
}

export class Peer {
  readonly resources: RemoteResources;
  instance: string | undefined;
  /** The credential that the peer has proven; undefined for one that seals nothing (Y4). */
  credential: string | undefined;
  /** Whether the peer has said who it is (L7). */
  isIdentified: boolean;
  /** Whether the person knows of the peer: not while only its proof has been heard, and its name follows (M10). */
  isAnnounced = true;
  username: string;
  features: ReadonlySet<string>;
  /** The kinds of tracks that the peer requests as soon as they are offered (M10). */
  wants: readonly string[];
  /** The id by which the server knows the peer; undefined while the peer is away (L2). */
  id: number | undefined;
  /** The negotiation, which there is from the first request on (N2). */
  negotiation: Negotiation | undefined;
  connection: ConnectionState = "new";
  /** The way that packets take, once known. */
  way: Way | undefined;
  /** Restarts since the connection last worked (N9). */
  restarts = 0;
  /** Whether the peer has sent at least one preview (V2). */
  hasSentPreview = false;
  /** Previews that were taken in within the last moment (V3). */
  recentPreviews = 0;
  hand: HandState = "down";
  /** Gestures that were taken in within the last moment (M12). */
  gestures = 0;
  recording: RecordingState = "off";
  /** Beginnings and ends of recordings that were taken in within the last moment (M13). */
  recordings = 0;
  /** Whether this client has ever asked the peer for something: only then the peer may offer a connection (N10). */
  wasAsked = false;
  /** Connections that the peer began anew within the last moment (N10). */
  newConnections = 0;
  /** Whether nothing comes any more over the way in use, as far as one can tell (N15). */
  isSilent = false;
  /** Whether another way is looked for, as the one in use brings nothing (N15). */
  isDoubted = false;
  /** Whether the peer has just begun to look for another way, before the one in use was doubted here (N15). */
  isTried = false;
  /** Doubts within the last moment that were acted on. */
  doubts = 0;
  /** Attempts at another way in the doubt of now. */
  looks = 0;
  /**
   * Whether the connection is up in the sense of L2: it has worked, and has not failed since. Some engines call it
   * connecting again while they look for another way.
   */
  isConnectionUp = false;
  /** Whether this client has lost the server since the peer was last there, perhaps with its network (L1). */
  wasCutOff = false;
  #everConnected = false;
  /** Chat that was written while the peer was away. */
  #missed: Line[] = [];
  /** The lines that were said to the peer last, to be said again when something has not arrived (Y13). */
  recent: readonly Line[] = [];
  /** The id of the line that the peer says next (M6). */
  nextLine: string | undefined;
  /** The name, status and path, as the shell knows them. */
  told: { readonly username: string; readonly status: PeerStatus; readonly way: Way | undefined };

  /** @param identity what the peer said of itself, if it did (L7) @param credential what it has proven to be */
  constructor(
    readonly key: PeerKey,
    id: number,
    identity?: Identity,
    credential?: string,
  ) {
    this.id = id;
    this.isIdentified = identity !== undefined;
    this.username = identity?.username ?? "";
    this.instance = identity?.instance;
    this.credential = credential;
    this.features = new Set(identity?.features);
    this.wants = identity?.wants ?? [];
    this.resources = new RemoteResources(key);
    this.told = { username: this.username, status: "unconnected", way: undefined };
  }

  get isAway(): boolean {
    return this.id === undefined;
  }

  /** Whether the peer can prove to be the same when signaling was lost (R1). */
  get isResumable(): boolean {
    return this.isIdentified && this.instance !== undefined && this.credential !== undefined;
  }

  get status(): PeerStatus {
    if (this.isAway) return "reconnecting";
    if (!this.negotiation) return "unconnected";
    if (this.connection === "connected") return "connected";
    if (this.restarts > (this.#everConnected ? 1 : 0)) return "failed";
    return this.#everConnected ? "reconnecting" : "connecting";
  }

  identify(identity: Identity): void {
    this.username = identity.username;
    this.features = new Set(identity.features);
    this.wants = identity.wants ?? [];
  }

  /** Lets the person know of the peer, by what it says of itself, if it does (L7). */
  announce(identity?: Identity): void {
    this.isAnnounced = true;
    this.isIdentified = identity !== undefined;
    if (identity) this.identify(identity);
    this.told = { username: this.username, status: "unconnected", way: undefined };
  }

  miss(line: Line): void {
    this.#missed = [...this.#missed, line].slice(-limits.missedChats);
  }

  /** Keeps a line that is said to the peer now. */
  said(line: Line): void {
    this.recent = [...this.recent, line].slice(-limits.missedChats);
  }

  takeMissed(): Line[] {
    return this.#missed.splice(0);
  }

  /** @param state what the engine says; a connection that the other side closed stays closed, whatever that is */
  setConnection(state: ConnectionState): void {
    if (this.connection === "closed") return;
    this.connection = state;
    if (["new", "failed", "closed"].includes(state)) this.isConnectionUp = false;
    if (state !== "connected") return;
    this.isConnectionUp = this.#everConnected = true;
    this.restarts = 0;
  }

  /** Takes note of a new connection in place of another. */
  beginConnection(): void {
    this.connection = "new";
    this.isSilent = this.isConnectionUp = this.isTried = false;
  }

  dropConnection(): void {
    this.beginConnection();
    this.negotiation = undefined;
    this.way = undefined;
    this.restarts = 0;
    this.newConnections = 0;
    this.#everConnected = false;
    this.resources.stopAllFlows();
  }
}
