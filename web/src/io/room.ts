// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The shell around a session: carries its effects out on the signaling link, the peer connections, the timers and the
 * own streams, and tells it what they report. One object for one stay in one room.
 */

import { ActivityDetector } from "../core/activity.ts";
import type { SessionEffect } from "../core/effects.ts";
import type { PeerKey, SessionEvent } from "../core/events.ts";
import { limits } from "../core/limits.ts";
import { Session } from "../core/session.ts";
import type { Chat, ResourceInfo } from "../core/relay-messages.ts";
import type { RoomView, SessionOptions } from "../core/view.ts";
import type { RoomKeys } from "../crypto/room-keys.ts";
import type { Settings } from "../settings/store.ts";
import type { Source } from "./capture.ts";
import { type OwnFile, OwnFiles } from "./own-files.ts";
import { type OwnStream, OwnStreams } from "./own-streams.ts";
import { PeerConnection } from "./peer-connection.ts";
import type { Proofs, ResumptionEffect } from "./proofs.ts";
import type { IceSource } from "./server-config.ts";
import { SignalingLink } from "./signaling-link.ts";
import type { PeerStats } from "./peer-stats.ts";
import type { Sink } from "./sinks.ts";
import { LateTransfers } from "./late-transfers.ts";
import type { EndedTransfer, Transfer } from "./transfers.ts";

/** How often loudness is looked at, in milliseconds. */
const activityInterval = 100;

export interface RoomOptions {
  readonly session: SessionOptions;
  readonly signalingUrl: string;
  /** Both may still be on their way while streams are captured already. */
  readonly keys: Promise<RoomKeys>;
  readonly ice: Promise<IceSource>;
  readonly settings: Settings;
}

/** Who speaks: peers, and oneself. */
export type Speaker = PeerKey | "own";

export interface RoomListener {
  changed(view: RoomView, streams: readonly OwnStream[], files: readonly OwnFile[]): void;
  announced(what: "joined" | "left", username: string): void;
  chat(peer: PeerKey, username: string, chat: Chat): void;
  /** A message was larger than the server takes. */
  tooLarge(): void;
  roomCount(hash: string, count: number): void;
  transfersChanged(transfers: readonly Transfer[]): void;
  transferEnded(transfer: EndedTransfer): void;
  /** The server closed the connection and said why. */
  refused(reason: string): void;
  /** The device went away, or the browser's own button ended the stream. */
  captureEnded(stream: OwnStream): void;
  streamsChanged(streams: ReadonlyMap<string, MediaStream>): void;
  speaking(speakers: ReadonlySet<Speaker>): void;
}

/** Names a stream among those of all members. */
export const streamKey = (member: Speaker, id: string): string => `${member} ${id}`;

export class Room {
  readonly #session: Session;
  readonly #listener: RoomListener;
  readonly #settings: Settings;
  readonly #connections = new Map<PeerKey, PeerConnection>();
  readonly #timers = new Map<string, number>();
  readonly #own: OwnStreams;
  readonly #files = new OwnFiles();
  #proofs: Promise<Proofs | undefined> | undefined;
  readonly #transfers: LateTransfers;
  /** Opened for a download that the session has not confirmed yet. */
  #sink: Sink | undefined;
  readonly #activity: ActivityDetector<Speaker>;
  readonly #activityTimer: number;
  #streams: ReadonlyMap<string, MediaStream> = new Map();
  #link: SignalingLink | undefined;
  #roomHash = "";
  #ice: IceSource = { configuration: {} };
  #watched: readonly string[] = [];
  readonly #events: SessionEvent[] = [];
  #isHandling = false;
  #isLeft = false;

  constructor(options: RoomOptions, listener: RoomListener) {
    this.#session = new Session(options.session);
    this.#listener = listener;
    this.#settings = options.settings;
    this.#own = new OwnStreams(options.settings, {
      added: (own) => this.#handle({ type: "resource-added", resource: own.info }),
      ended: (own, byDevice) => this.#ownEnded(own, byDevice),
      changed: () => this.#show(),
      trackReplaced: ({ info }, track) => {
        for (const connection of this.#connections.values()) connection.replaceTrack(info.id, track);
        this.limitUpload();
        this.#show();
      },
    });
    this.#transfers = new LateTransfers({
      changed: (transfers) => this.#listener.transfersChanged(transfers),
      ended: (transfer) => this.#transferEnded(transfer),
    });
    this.#activity = new ActivityDetector(() => options.settings.get("audio_activity_threshold") ?? 0);
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

  offerFile(file: File): void {
    this.#handle({ type: "resource-added", resource: this.#files.add(file) });
  }

  /** Ends an own stream, or takes an own file back. */
  stop(id: string): void {
    this.#own.stop(id);
    if (this.#files.remove(id)) this.#handle({ type: "resource-removed", id });
  }

  /** Ends every own stream; files stay. */
  stopStreams(): void {
    for (const { info } of this.#own.list()) this.#own.stop(info.id);
  }

  setAllMuted(muted: boolean): void {
    for (const { info, source } of this.#own.list()) if (source === "microphone") this.#own.setMuted(info.id, muted);
    this.#show();
  }

  /** @throws CaptureError */
  switchDevice(source: "microphone" | "camera", isSame: boolean): Promise<void> {
    return this.#own.switchDevice(source, isSame);
  }

  followSettings(): void {
    void this.#own.followSettings().then(() => this.limitUpload());
  }

  /** Of every peer with a connection. */
  async stats(): Promise<Map<PeerKey, PeerStats>> {
    const entries = [...this.#connections].map(async ([peer, connection]) => [peer, await connection.stats()] as const);
    return new Map(await Promise.all(entries));
  }

  /** The largest message that the server takes, in bytes. */
  get messageBytes(): number {
    return this.#link?.messageBytes ?? limits.messageBytes;
  }

  chat(chat: Chat): void {
    this.#handle({ type: "chat-written", chat });
  }

  /** @param sink where the bytes go; aborted when the file is no longer there to be asked for */
  async download(peer: PeerKey, id: string, sink: Sink): Promise<void> {
    await this.#transfers.load();
    this.#sink = sink;
    this.#handle({ type: "resource-wanted", peer, id });
    void this.#sink?.abort();
    this.#sink = undefined;
  }

  abortDownload(peer: PeerKey, id: string): void {
    this.#transfers.loaded?.abort(peer, id);
  }

  /** @param hashes of the rooms whose member counts are wanted, now and after each reconnection */
  watch(hashes: readonly string[]): void {
    this.#watched = hashes;
    this.#link?.send({ watch_rooms: [...hashes] });
  }

  setMuted(id: string, muted: boolean): void {
    this.#own.setMuted(id, muted);
    this.#show();
  }

  want(peer: PeerKey, id: string, wanted: boolean): void {
    this.#handle({ type: wanted ? "resource-wanted" : "resource-unwanted", peer, id });
  }

  /** @param pause between two, in milliseconds */
  allowPreviews(allowed: boolean, pause: number): void {
    this.#handle({ type: "previews-allowed", allowed, pause });
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

  async #join({ keys, ice: source, signalingUrl }: RoomOptions): Promise<void> {
    const [{ key, hash }, ice] = await Promise.all([keys, source]);
    if (this.#isLeft) return;
    this.#roomHash = hash;
    this.#ice = ice;
    this.#link = new SignalingLink(signalingUrl, key, {
      packet: (packet) => {
        this.#handle({ type: "packet-received", packet });
        if ("init" in packet && this.#watched.length > 0) this.watch(this.#watched);
      },
      message: (sender, message) => this.#handle({ type: "message-relayed", sender, message }),
      lost: (reason) => {
        void this.#proofs?.then((proofs) => proofs?.forgetChallenges());
        this.#handle({ type: "link-lost" });
        if (reason) this.#listener.refused(reason);
      },
      tooLarge: () => this.#listener.tooLarge(),
    });
  }

  /** Events that the effects of another one cause wait for it. */
  #handle(event: SessionEvent): void {
    this.#events.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    for (let next = this.#events.shift(); next && !this.#isLeft; next = this.#events.shift()) {
      for (const effect of this.#session.handle(next)) this.#carryOutSafely(effect);
    }
    this.#isHandling = false;
    this.#show();
  }

  #show(): void {
    this.#listener.changed(this.#session.view(), this.#own.list(), this.#files.list());
  }

  /** An effect that fails is a fault of ours or of the browser, and no reason to stop all others. */
  #carryOutSafely(effect: SessionEffect): void {
    try {
      this.#carryOut(effect);
    } catch (error) {
      reportError(error);
    }
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
        this.#connections.get(effect.peer)?.detach(effect.id);
        return this.limitUpload();
      case "send-file":
        return this.#sendFile(effect.peer, effect.id, effect.features);
      case "stop-file":
        return this.#transfers.do((transfers) => transfers.stopSending(effect.peer, effect.id));
      case "give-up-file":
        return this.#transfers.loaded?.giveUp(effect.peer, effect.id);
      case "expect-file":
        return this.#receiveFile(effect.peer, effect.resource, effect.features);
      case "show-chat":
        return this.#listener.chat(effect.peer, effect.username, effect.chat);
      case "show-room-count":
        return this.#listener.roomCount(effect.hash, effect.count);
      case "take-preview":
        return this.#takePreview(effect.id);
      case "issue-token":
      case "keep-token":
      case "forget-tokens":
      case "challenge":
      case "prove":
      case "verify":
        return this.#resume(effect);
      case "doubt-peer":
      case "trust-peer":
        // Pages give no permissions that outlast a connection.
        return;
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

  /** In order, also while that code is being loaded. Without it, peers are taken for new ones when they come back. */
  #resume(effect: ResumptionEffect): void {
    this.#proofs ??= import("./proofs.ts").then(
      ({ Proofs: Loaded }) =>
        new Loaded({
          ownId: () => this.#link?.ownId,
          say: (message, client) => this.#link?.relay(message, client),
          happened: (event) => this.#handle(event),
        }),
      () => (this.#proofs = undefined),
    );
    void this.#proofs.then((proofs) => proofs?.carryOut(effect));
  }

  #openConnection(peer: PeerKey): void {
    this.#closeConnection(peer);
    const connection = new PeerConnection(this.#ice, {
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
      channelArrived: (channel) => this.#transfers.loaded?.channelArrived(peer, channel) === true,
    });
    this.#connections.set(peer, connection);
  }

  #closeConnection(peer: PeerKey): void {
    const connection = this.#connections.get(peer);
    if (!connection) return;
    this.#transfers.loaded?.connectionGone(peer);
    connection.close();
    this.#connections.delete(peer);
    this.limitUpload();
    this.#setStreams([...this.#streams].filter(([key]) => !key.startsWith(streamKey(peer, ""))));
  }

  #setStreams(entries: Iterable<readonly [string, MediaStream]>): void {
    this.#streams = new Map(entries);
    this.#listener.streamsChanged(this.#streams);
  }

  #attach(peer: PeerKey, id: string): void {
    const own = this.#own.get(id);
    if (!own) return;
    this.#connections.get(peer)?.attach(own.stream);
    this.limitUpload();
  }

  /** Whoever gets pictures or does not any more, all others have another part of the upload. */
  limitUpload(): void {
    if (this.#own.list().every(({ source }) => source === "microphone")) return;
    // Without the server that code cannot be loaded: the browser decides then.
    void import("./video-upload.ts").then(
      ({ limitUpload }) => {
        const limit = (this.#settings.get("video_upload_limit") ?? 0) * 1000;
        limitUpload(this.#own.list(), [...this.#connections.values()], limit);
      },
      () => undefined,
    );
  }

  /** One that cannot be taken is missed by nobody: the next one is due soon. */
  #takePreview(id: string): void {
    const own = this.#own.get(id);
    if (!own) return;
    void import("./still.ts")
      .then(({ takeStill }) => takeStill(own.stream, this.#settings))
      .then((data) => this.#handle({ type: "preview-taken", id, data }))
      .catch(() => undefined);
  }

  #sendFile(peer: PeerKey, id: string, features: readonly string[]): void {
    const [own, connection] = [this.#files.get(id), this.#connections.get(peer)];
    if (!own || !connection) return;
    this.#transfers.do(
      (transfers) => transfers.send(peer, own.info, own.file, connection, features),
      () => this.#handle({ type: "file-ended", peer, id }),
    );
  }

  #receiveFile(peer: PeerKey, resource: ResourceInfo, features: readonly string[]): void {
    if (!this.#sink) return;
    this.#transfers.loaded?.receive(peer, resource, this.#sink, features);
    this.#sink = undefined;
  }

  #transferEnded(transfer: EndedTransfer): void {
    const { peer, id, direction } = transfer;
    this.#handle({ type: direction === "out" ? "file-ended" : "resource-unwanted", peer, id });
    this.#listener.transferEnded(transfer);
    // A file that cannot be read is on offer no longer, so that nobody asks for it again and again.
    if (direction === "out" && transfer.outcome === "broken") this.stop(id);
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
