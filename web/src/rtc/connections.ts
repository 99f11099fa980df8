// SPDX-License-Identifier: AGPL-3.0-only
/** The peer connections of a room, by peer, and the streams that arrived over them. Loaded when somebody else is there. */

import type { SessionEffect } from "../core/effects.ts";
import type { PeerKey, SessionEvent } from "../core/events.ts";
import { times } from "../core/limits.ts";
import { streamKey } from "../core/stream-key.ts";
import { Ways } from "../core/ways.ts";
import type { OwnStream } from "../media/own-streams.ts";
import { Ice } from "./ice.ts";
import { largest } from "./losses.ts";
import { type ConnectionListener, PeerConnection } from "./peer-connection.ts";
import type { PeerStats } from "./peer-stats.ts";
import type { IceSource } from "../io/server-config.ts";
import { chooseCodec } from "./screen-codec.ts";
import { limitUpload } from "./video-upload.ts";

/** Orders about one peer connection. */
type ConnectionEffect = Extract<
  SessionEffect,
  {
    type:
      | "open-connection"
      | "close-connection"
      | "engine"
      | "restart-ice"
      | "attach"
      | "detach"
      | "offer-to-receive"
      | "send-file";
  }
>;
export type SendFile = Extract<SessionEffect, { type: "send-file" }>;

export interface ConnectionsListener {
  handle(event: SessionEvent): void;
  channelArrived(peer: PeerKey, channel: RTCDataChannel): boolean;
  /** A connection is gone, for all that went over it. */
  connectionGone(peer: PeerKey): void;
  /** The streams have changed; they are by peer and id. */
  streamsChanged(streams: ReadonlyMap<string, MediaStream>): void;
  /** The features that a peer has announced, and this client as well. */
  featuresWith(peer: PeerKey): readonly string[];
  /** Whether the person hides their address (N18). */
  hidesAddress(): boolean;
  ownStream(id: string): MediaStream | undefined;
  /** A stream is sent to somebody, or not any more. */
  sent(): void;
  sendFile(effect: SendFile, connection: PeerConnection): void;
}

export class Connections {
  readonly #ice: Ice;
  readonly #listener: ConnectionsListener;
  #hides: boolean;
  readonly #connections = new Map<PeerKey, PeerConnection>();
  #watchTimer: number | undefined;
  #streams: ReadonlyMap<string, MediaStream> = new Map();
  readonly #ways = new Ways();
  #own: readonly OwnStream[] = [];

  constructor(ice: IceSource, listener: ConnectionsListener) {
    this.#ice = new Ice(ice, () => listener.hidesAddress());
    this.#hides = listener.hidesAddress();
    this.#listener = listener;
  }

  /** Looks at the ways to all peers. */
  async stats(): Promise<ReadonlyMap<PeerKey, PeerStats>> {
    const looks = this.list().map(async ([peer, connection]) => [peer, await connection.stats()] as const);
    const stats = (await Promise.allSettled(looks)).flatMap((look) =>
      look.status === "fulfilled" ? [look.value] : [],
    );
    this.#chooseCodecs();
    const lost = stats.map(([peer, { losses }]) => [peer, largest([losses.sent, losses.received])] as const);
    const faults = this.#ways.look(new Map(lost));
    return new Map(stats.map(([peer, each]) => [peer, { ...each, fault: faults.get(peer) }]));
  }

  /** Chooses the codecs of own screens, once it is agreed on which there are. */
  #chooseCodecs(): void {
    for (const { info, source, stream } of this.#own) {
      const [track] = stream.getVideoTracks();
      const senders = this.list().flatMap(([, connection]) => connection.senders(info.id, "video"));
      if (track && source === "screen") void chooseCodec(track, senders);
    }
  }

  /** Takes into account what the person prefers now. */
  prefer(): void {
    const hides = this.#listener.hidesAddress();
    if (hides === this.#hides) return;
    this.#hides = hides;
    for (const connection of this.#connections.values()) connection.hideAddress();
  }

  list(): (readonly [PeerKey, PeerConnection])[] {
    return [...this.#connections];
  }

  carryOut(effect: ConnectionEffect): void {
    const connection = this.#connections.get(effect.peer);
    switch (effect.type) {
      case "open-connection":
        return this.#open(effect.peer);
      case "close-connection":
        return this.#close(effect.peer);
      case "engine":
        return connection?.carryOut(effect.effect);
      case "restart-ice":
        return connection?.restartIce();
      case "attach": {
        const stream = this.#listener.ownStream(effect.id);
        if (stream) connection?.attach(stream);
        return this.#listener.sent();
      }
      case "detach":
        connection?.detach(effect.id);
        return this.#listener.sent();
      case "offer-to-receive":
        return connection?.offerToReceive(effect.kind);
      case "send-file":
        if (connection) this.#listener.sendFile(effect, connection);
    }
  }

  /** Opens a connection, in place of the one that may be there. */
  #open(peer: PeerKey): void {
    this.#close(peer);
    const handle = (event: SessionEvent): void => this.#listener.handle(event);
    const connection = this.#made({
      negotiation: (event) => handle({ type: "negotiation", peer, event }),
      stateChanged: (state) => handle({ type: "connection-state-changed", peer, state }),
      closed: (own) => handle({ type: "connection-closed", peer, ...(own ? { own } : {}) }),
      pathFound: (way) => handle({ type: "path-found", peer, way }),
      streamArrived: (stream) => {
        this.#setStreams([...this.#streams, [streamKey(peer, stream.id), stream]]);
        handle({ type: "stream-arrived", peer, id: stream.id });
      },
      streamEnded: (id) => {
        this.#setStreams([...this.#streams].filter(([key]) => key !== streamKey(peer, id)));
        handle({ type: "stream-ended", peer, id });
      },
      knows: (feature) => this.#listener.featuresWith(peer).includes(feature),
      channelArrived: (channel) => this.#listener.channelArrived(peer, channel),
    });
    this.#connections.set(peer, connection);
    this.#startWatching();
  }

  /** Makes a connection. Servers that the browser refuses to use are left out: others can still be reached directly. */
  #made(listener: ConnectionListener): PeerConnection {
    try {
      return new PeerConnection(this.#ice, listener);
    } catch (error) {
      reportError(error);
      return new PeerConnection(new Ice({ configuration: {} }, () => this.#listener.hidesAddress()), listener);
    }
  }

  /** Whether something came from a peer until now (N15). */
  isHeard(peer: PeerKey | undefined): boolean {
    return peer !== undefined && this.#connections.get(peer)?.isHeard === true;
  }

  #startWatching(): void {
    if (this.#watchTimer !== undefined) return;
    this.#watchTimer = setInterval(this.#watch, times.beat);
  }

  #stopWatching(): void {
    clearInterval(this.#watchTimer);
    this.#watchTimer = undefined;
  }

  /** Looks whether a connection comes up, says that it works, and looks whether what came still comes (N9, N15, N17). */
  readonly #watch = (): void => {
    for (const [peer, connection] of this.#connections) {
      connection.lookForFailure();
      connection.beat();
      const silent = connection.lookForSilence();
      if (silent !== undefined) this.#listener.handle({ type: "path-silent", peer, silent });
    }
  };

  #close(peer: PeerKey): void {
    const connection = this.#connections.get(peer);
    if (!connection) return;
    this.#listener.connectionGone(peer);
    connection.close();
    this.#connections.delete(peer);
    if (this.#connections.size === 0) this.#stopWatching();
    this.#listener.sent();
    this.#setStreams([...this.#streams].filter(([key]) => !key.startsWith(streamKey(peer, ""))));
  }

  /** @param limit of all pictures that are sent, in bits a second */
  limitUpload(own: readonly OwnStream[], limit: number): void {
    this.#own = own;
    limitUpload(own, [...this.#connections.values()], limit);
  }

  #setStreams(entries: Iterable<readonly [string, MediaStream]>): void {
    this.#streams = new Map(entries);
    this.#listener.streamsChanged(this.#streams);
  }
}
