// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The shell around a session: carries its effects out on the signaling link, the peer connections, the timers and the
 * own streams, and tells it what they report. One object for one stay in one room.
 */

import { ActivityDetector } from "../core/activity.ts";
import type { Fact, LineState, SessionEffect } from "../core/effects.ts";
import type { PeerKey, SessionEvent, Timer, TrackKind } from "../core/events.ts";
import { limits } from "../core/limits.ts";
import { streamKey } from "../core/stream-key.ts";
import { Session } from "../core/session.ts";
import type { Chat } from "../core/relay-messages.ts";
import type { RoomView, SessionOptions } from "../core/view.ts";
import type { RoomKeys } from "../crypto/room-keys.ts";
import type { Settings } from "../settings/store.ts";
import type { Source } from "../media/capture.ts";
import type { Connections, SendFile } from "../rtc/connections.ts";
import { type OwnFile, OwnFiles } from "../files/own-files.ts";
import { type OwnStream, OwnStreams } from "../media/own-streams.ts";
import type { PeerConnection } from "../rtc/peer-connection.ts";
import type { Proofs, ResumptionEffect } from "./proofs.ts";
import type { IceSource } from "./server-config.ts";
import { SignalingLink } from "./signaling-link.ts";
import type { PeerStats } from "../rtc/peer-stats.ts";
import type { Sink } from "../files/sinks.ts";
import { Late, persistently } from "./late.ts";
import type { EndedTransfer, Transfer, Transfers } from "../files/transfers.ts";

/** Between two pictures of the room, in milliseconds. */
const showInterval = 16;
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
  /** Something has happened, and is told once. What is to be seen of it comes with `changed`, a moment later at most. */
  told(fact: Fact): void;
  /** @param peer who said it, or nobody for oneself @param line the id of an own line */
  chat(username: string, chat: Chat, peer?: PeerKey, line?: string): void;
  /** A peer, or without one this client, offers more of a kind than there is room for. */
  boundReached(kind: string, peer?: PeerKey): void;
  /** What has become of an own line. */
  line(id: string, state: LineState): void;
  /** A message was larger than the server takes. */
  tooLarge(): void;
  roomCount(hash: string, count: number): void;
  transfersChanged(transfers: readonly Transfer[]): void;
  transferEnded(transfer: EndedTransfer): void;
  /** So many messages were not understood, could not be opened or were not expected, until now (E3, M5). */
  ignored(count: number): void;
  /** The server closed the connection and said why. */
  refused(reason: string): void;
  /** The device went away, or the browser's own button ended the stream. */
  captureEnded(stream: OwnStream): void;
  streamsChanged(streams: ReadonlyMap<string, MediaStream>): void;
  speaking(speakers: ReadonlySet<Speaker>): void;
}

export class Room {
  readonly #session: Session;
  readonly #listener: RoomListener;
  readonly #settings: Settings;
  readonly #connections: Late<Connections>;
  readonly #timers = new Map<string, number>();
  #showTimer: number | undefined;
  /** Something is to be seen that was not shown yet. */
  #isStale = false;
  readonly #own: OwnStreams;
  readonly #files = new OwnFiles();
  #proofs: Promise<Proofs | undefined> | undefined;
  readonly #transfers: Late<Transfers>;
  /** Opened for downloads that the session has not confirmed yet, by their tickets. */
  readonly #sinks = new Map<number, Sink>();
  #tickets = 0;
  readonly #activity: ActivityDetector<Speaker>;
  readonly #activityTimer: number;
  #link: SignalingLink | undefined;
  #roomHash = "";
  #watched: readonly string[] = [];
  /** Messages that the session never heard of. */
  #ignoredByLink = 0;
  #ignored = 0;
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
        for (const [, connection] of this.#peerConnections()) connection.replaceTrack(info.id, track);
        this.limitUpload();
        this.#show();
      },
    });
    this.#connections = new Late(async () => {
      const module = await persistently(() => import("../rtc/connections.ts"));
      return new module.Connections(await options.ice, {
        handle: (event) => this.#handle(event),
        channelArrived: (peer, channel) => this.#transfers.loaded?.channelArrived(peer, channel) === true,
        connectionGone: (peer) => this.#transfers.loaded?.connectionGone(peer),
        streamsChanged: (streams) => this.#listener.streamsChanged(streams),
        streamKey,
        ownStream: (id) => this.#own.get(id)?.stream,
        sent: () => this.limitUpload(),
        sendFile: (effect, connection) => this.#sendFile(effect, connection),
      });
    });
    this.#transfers = new Late(async () => {
      const module = await import("../files/transfers.ts");
      return new module.Transfers({
        changed: (transfers) => this.#listener.transfersChanged(transfers),
        ended: (transfer) => this.#transferEnded(transfer),
        stalled: (peer, id) => this.#handle({ type: "file-stalled", peer, id }),
      });
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
    const entries = this.#peerConnections().map(
      async ([peer, connection]) => [peer, await connection.stats()] as const,
    );
    return new Map(await Promise.all(entries));
  }

  /** The largest message that the server takes, in bytes. */
  get messageBytes(): number {
    return this.#link?.messageBytes ?? limits.messageBytes;
  }

  /** @param line its id, of one's own choice: `RoomListener.line` tells what becomes of it */
  chat(chat: Chat, line: string): void {
    this.#handle({ type: "chat-written", chat, line });
  }

  /** @param sink where the bytes go; aborted when the file is no longer there to be asked for */
  async download(peer: PeerKey, id: string, sink: Sink): Promise<void> {
    await this.#transfers.load();
    const ticket = ++this.#tickets;
    this.#sinks.set(ticket, sink);
    this.#handle({ type: "resource-wanted", peer, id, ticket });
    if (this.#sinks.delete(ticket)) void sink.abort();
  }

  abortDownload(peer: PeerKey, id: string): void {
    this.#transfers.loaded?.abort(peer, id);
  }

  /** @param hashes of the rooms whose member counts are wanted, now and after each reconnection */
  watch(hashes: readonly string[]): void {
    this.#watched = hashes;
    this.#link?.watch(hashes);
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

  /** @param wants kinds of tracks that are asked for as soon as they are offered */
  setWants(wants: readonly TrackKind[]): void {
    this.#handle({ type: "wants-set", wants });
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
    clearTimeout(this.#showTimer);
    this.#showNow();
  }

  async #join({ keys, ice, signalingUrl }: RoomOptions): Promise<void> {
    const [{ key, hash }] = await Promise.all([keys, ice]);
    if (this.#isLeft) return;
    this.#roomHash = hash;
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
      tooLarge: (message) => {
        if ("chat" in message) this.#handle({ type: "chat-refused", chat: message.chat });
        this.#listener.tooLarge();
      },
      passed: (line) => this.#handle({ type: "confirmed", line }),
      ignored: () => {
        this.#ignoredByLink += 1;
        this.#countIgnored();
      },
    });
  }

  /** Events that the effects of another one cause wait for it. */
  #handle(event: SessionEvent): void {
    this.#events.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    for (let next = this.#events.shift(); next && !this.#isLeft; next = this.#events.shift()) {
      const effects = safely(() => this.#session.handle(next)) ?? [];
      for (const effect of effects) safely(() => this.#carryOut(effect));
    }
    this.#isHandling = false;
    this.#countIgnored();
    this.#show();
  }

  #countIgnored(): void {
    const count = this.#ignoredByLink + this.#session.ignoredMessages;
    if (count !== this.#ignored) this.#listener.ignored(count);
    this.#ignored = count;
  }

  /** At once, but no more often than screens are drawn: a peer may offer thousands of files. */
  #show(): void {
    this.#isStale = true;
    if (this.#showTimer !== undefined) return;
    this.#showNow();
    this.#showTimer = setTimeout(() => {
      this.#showTimer = undefined;
      if (this.#isStale) this.#show();
    }, showInterval);
  }

  #showNow(): void {
    this.#isStale = false;
    this.#listener.changed(this.#session.view(), this.#own.list(), this.#files.list());
  }

  #carryOut(effect: SessionEffect): void {
    switch (effect.type) {
      case "join":
        return this.#link?.send({ join: { hash: this.#roomHash } });
      case "relay":
        return this.#link?.relay(effect.message, effect.recipient);
      case "open-connection":
      case "close-connection":
      case "engine":
      case "restart-ice":
      case "attach":
      case "detach":
      case "offer-to-receive":
      case "send-file":
        return this.#connections.do((connections) => connections.carryOut(effect), reportError);
      case "stop-file":
        return this.#transfers.do((transfers) => transfers.stopSending(effect.peer, effect.id), reportError);
      case "give-up-file":
        return this.#transfers.loaded?.giveUp(effect.peer, effect.id);
      case "expect-file":
        return this.#receiveFile(effect);
      case "confirm":
        return this.#link?.confirm(effect.line);
      case "show-line":
        return this.#listener.line(effect.line, effect.state);
      case "show-bound":
        if (effect.id !== undefined) this.stop(effect.id);
        return this.#listener.boundReached(effect.kind, effect.peer);
      case "show-chat":
        return this.#listener.chat(effect.username, effect.chat, effect.peer, effect.line);
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
        return this.#stopTimer(effect.timer);
      default:
        return this.#tell(effect);
    }
  }

  #tell(fact: Fact): void {
    if (fact.type === "peer-joined") void this.#connections.load();
    // Which of equal names it is can be told of what is shown.
    if (fact.type === "peer-joined" || fact.type === "peer-renamed") this.#showNow();
    this.#listener.told(fact);
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

  /** Whoever gets pictures or does not any more, all others have another part of the upload. */
  limitUpload(): void {
    const limit = (this.#settings.get("video_upload_limit") ?? 0) * 1000;
    this.#connections.loaded?.limitUpload(this.#own.list(), limit);
  }

  /** One that cannot be taken is missed by nobody: the next one is due soon. */
  #takePreview(id: string): void {
    const own = this.#own.get(id);
    if (!own) return;
    void import("../media/still.ts")
      .then(({ takeStill }) => takeStill(own.stream, this.#settings))
      .then((data) => this.#handle({ type: "preview-taken", id, data }))
      .catch(() => undefined);
  }

  #sendFile({ peer, id, features }: SendFile, connection: PeerConnection): void {
    const own = this.#files.get(id);
    if (!own) return;
    this.#transfers.do(
      (transfers) => transfers.send(peer, own.info, own.file, connection, features),
      () => this.#handle({ type: "file-ended", peer, id }),
    );
  }

  #receiveFile({ peer, resource, features, ticket = 0 }: Extract<SessionEffect, { type: "expect-file" }>): void {
    const sink = this.#sinks.get(ticket);
    if (sink) this.#transfers.loaded?.receive(peer, resource, sink, features);
    this.#sinks.delete(ticket);
  }

  #transferEnded(transfer: EndedTransfer): void {
    const { peer, id, direction } = transfer;
    this.#handle({ type: direction === "out" ? "file-ended" : "resource-unwanted", peer, id });
    this.#listener.transferEnded(transfer);
    // A file that cannot be read is on offer no longer, so that nobody asks for it again and again.
    if (direction === "out" && transfer.outcome === "broken") this.stop(id);
  }

  #peerConnections(): (readonly [PeerKey, PeerConnection])[] {
    return this.#connections.loaded?.list() ?? [];
  }

  #startTimer(timer: Timer, ms: number): void {
    this.#stopTimer(timer);
    const fire = (): void => {
      this.#timers.delete(nameOf(timer));
      this.#handle({ type: "timer-fired", timer });
    };
    this.#timers.set(nameOf(timer), setTimeout(fire, ms));
  }

  #stopTimer(timer: Timer): void {
    clearTimeout(this.#timers.get(nameOf(timer)));
    this.#timers.delete(nameOf(timer));
  }

  #ownEnded(own: OwnStream, byDevice: boolean): void {
    this.#handle({ type: "resource-removed", id: own.info.id });
    if (byDevice) this.#listener.captureEnded(own);
  }

  #lookForSpeakers(): void {
    const levels: [Speaker, number][] = [["own", this.#own.loudest()]];
    for (const [peer, connection] of this.#peerConnections())
      levels.push([peer, Math.max(0, ...connection.audioLevels().values())]);
    this.#listener.speaking(this.#activity.update(levels, performance.now()));
  }
}

const nameOf = ({ name, of }: Timer): string => `${name} ${of}`;

/** What fails is a fault of ours or of the browser, and no reason to stop all else. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    reportError(error);
    return undefined;
  }
}
