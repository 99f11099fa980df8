// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The shell around a session: carries its effects out on the signaling link, the peer connections, the timers and the
 * own streams, and tells it what they report. One object for one stay in one room.
 */

import { ActivityDetector } from "../core/activity.ts";
import type { SessionEffect } from "../core/effects.ts";
import type { PeerKey, SessionEvent } from "../core/events.ts";
import { Session } from "../core/session.ts";
import type { RoomView, SessionOptions } from "../core/view.ts";
import type { RoomKeys } from "../crypto/room-keys.ts";
import type { Source } from "./capture.ts";
import { type OwnStream, OwnStreams } from "./own-streams.ts";
import { PeerConnection } from "./peer-connection.ts";
import { SignalingLink } from "./signaling-link.ts";

/** How often loudness is looked at, in milliseconds. */
const activityInterval = 100;

export interface RoomOptions {
  readonly session: SessionOptions;
  readonly signalingUrl: string;
  /** Both may still be on their way while streams are captured already. */
  readonly keys: Promise<RoomKeys>;
  readonly rtcConfiguration: Promise<RTCConfiguration>;
  /** Level from 0 to 1 from which on somebody counts as speaking. */
  readonly activityThreshold: number;
}

/** Who speaks: peers, and oneself. */
export type Speaker = PeerKey | "own";

export interface RoomListener {
  changed(view: RoomView, own: readonly OwnStream[]): void;
  announced(what: "joined" | "left", username: string): void;
  /** The server closed the connection and said why. */
  refused(reason: string): void;
  /** The device went away, or the browser's own button ended the stream. */
  captureEnded(stream: OwnStream): void;
  streamsChanged(streams: ReadonlyMap<string, MediaStream>): void;
  speaking(speakers: ReadonlySet<Speaker>): void;
}

/** Names a stream among those of all peers. */
export const streamKey = (peer: PeerKey, id: string): string => `${peer} ${id}`;

export class Room {
  readonly #session: Session;
  readonly #listener: RoomListener;
  readonly #connections = new Map<PeerKey, PeerConnection>();
  readonly #timers = new Map<string, number>();
  readonly #own: OwnStreams;
  readonly #activity: ActivityDetector<Speaker>;
  readonly #activityTimer: number;
  #streams: ReadonlyMap<string, MediaStream> = new Map();
  #link: SignalingLink | undefined;
  #roomHash = "";
  #rtcConfiguration: RTCConfiguration = {};
  #isLeft = false;

  constructor(options: RoomOptions, listener: RoomListener) {
    this.#session = new Session(options.session);
    this.#listener = listener;
    this.#own = new OwnStreams({
      added: (own) => this.#handle({ type: "resource-added", resource: own.info }),
      ended: (own, byDevice) => this.#ownEnded(own, byDevice),
    });
    this.#activity = new ActivityDetector(options.activityThreshold);
    this.#activityTimer = setInterval(() => this.#lookForSpeakers(), activityInterval);
    void this.#join(options);
    this.#show();
  }

  /** @throws CaptureError */
  async add(source: Source): Promise<void> {
    await this.#own.add(source);
    // The person may have left while the browser asked.
    if (this.#isLeft) this.#own.stopAll();
  }

  stop(id: string): void {
    this.#own.stop(id);
  }

  setMuted(id: string, muted: boolean): void {
    this.#own.setMuted(id, muted);
    this.#show();
  }

  want(peer: PeerKey, id: string, wanted: boolean): void {
    this.#handle({ type: wanted ? "resource-wanted" : "resource-unwanted", peer, id });
  }

  rename(username: string): void {
    this.#handle({ type: "renamed", username });
  }

  /** Closes everything at once, so that nobody waits for this client to come back. */
  leave(): void {
    if (this.#isLeft) return;
    this.#handle({ type: "left" });
    this.#isLeft = true;
    this.#own.stopAll();
    this.#link?.close();
    clearInterval(this.#activityTimer);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #join({ keys, rtcConfiguration, signalingUrl }: RoomOptions): Promise<void> {
    const [{ key, hash }, configuration] = await Promise.all([keys, rtcConfiguration]);
    if (this.#isLeft) return;
    this.#roomHash = hash;
    this.#rtcConfiguration = configuration;
    this.#link = new SignalingLink(signalingUrl, key, {
      packet: (packet) => this.#handle({ type: "packet-received", packet }),
      message: (sender, message) => this.#handle({ type: "message-relayed", sender, message }),
      lost: (reason) => {
        this.#handle({ type: "link-lost" });
        if (reason) this.#listener.refused(reason);
      },
      tooLarge: () => undefined,
    });
  }

  #handle(event: SessionEvent): void {
    if (this.#isLeft) return;
    for (const effect of this.#session.handle(event)) this.#carryOut(effect);
    this.#show();
  }

  #show(): void {
    this.#listener.changed(this.#session.view(), this.#own.list());
  }

  #carryOut(effect: SessionEffect): void {
    switch (effect.type) {
      case "join":
        return this.#link?.send({ join: { hash: this.#roomHash } });
      case "relay":
        return this.#link?.relay(effect.message, effect.recipient);
      case "open-connection":
        return this.#openConnection(effect.peer);
      case "close-connection":
        return this.#closeConnection(effect.peer);
      case "engine":
        return this.#connections.get(effect.peer)?.carryOut(effect.effect);
      case "restart-ice":
        return this.#connections.get(effect.peer)?.restartIce();
      case "attach":
        return this.#attach(effect.peer, effect.id);
      case "detach":
        return this.#connections.get(effect.peer)?.detach(effect.id);
      case "start-timer":
        return this.#startTimer(effect.timer, effect.ms);
      case "stop-timer":
        clearTimeout(this.#timers.get(effect.timer));
        this.#timers.delete(effect.timer);
        return;
      case "announce":
        return this.#listener.announced(effect.what, effect.username);
    }
  }

  #openConnection(peer: PeerKey): void {
    this.#closeConnection(peer);
    const connection = new PeerConnection(this.#rtcConfiguration, {
      negotiation: (event) => this.#handle({ type: "negotiation", peer, event }),
      stateChanged: (state) => this.#handle({ type: "connection-state-changed", peer, state }),
      closed: () => this.#handle({ type: "connection-closed", peer }),
      pathFound: (relayed) => this.#handle({ type: "path-found", peer, relayed }),
      streamArrived: (stream) => {
        this.#setStreams([...this.#streams, [streamKey(peer, stream.id), stream]]);
        this.#handle({ type: "stream-arrived", peer, id: stream.id });
      },
      streamEnded: (id) => {
        this.#setStreams([...this.#streams].filter(([key]) => key !== streamKey(peer, id)));
        this.#handle({ type: "stream-ended", peer, id });
      },
    });
    this.#connections.set(peer, connection);
  }

  #closeConnection(peer: PeerKey): void {
    const connection = this.#connections.get(peer);
    if (!connection) return;
    connection.close();
    this.#connections.delete(peer);
    this.#setStreams([...this.#streams].filter(([key]) => !key.startsWith(streamKey(peer, ""))));
  }

  #setStreams(entries: Iterable<readonly [string, MediaStream]>): void {
    this.#streams = new Map(entries);
    this.#listener.streamsChanged(this.#streams);
  }

  #attach(peer: PeerKey, id: string): void {
    const own = this.#own.get(id);
    if (own) this.#connections.get(peer)?.attach(own.stream);
  }

  #startTimer(timer: string, ms: number): void {
    clearTimeout(this.#timers.get(timer));
    const fire = (): void => {
      this.#timers.delete(timer);
      this.#handle({ type: "timer-fired", timer });
    };
    this.#timers.set(timer, setTimeout(fire, ms));
  }

  #ownEnded(own: OwnStream, byDevice: boolean): void {
    this.#handle({ type: "resource-removed", id: own.info.id });
    if (byDevice) this.#listener.captureEnded(own);
  }

  #lookForSpeakers(): void {
    const levels: [Speaker, number][] = [["own", this.#own.loudest()]];
    for (const [peer, connection] of this.#connections)
      levels.push([peer, Math.max(0, ...connection.audioLevels().values())]);
    this.#listener.speaking(this.#activity.update(levels, performance.now()));
  }
}
