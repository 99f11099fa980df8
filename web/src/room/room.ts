// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The shell around a session: carries its effects out on the signaling link, the peer connections, the timers and the
 * own streams, and tells it what they report. One object for one stay in one room.
 */

import { ActivityDetector } from "../core/activity.ts";
import type { SessionEffect } from "../core/effects.ts";
import type { Fact } from "../core/facts.ts";
import type { PeerKey, SessionEvent, Timer, TrackKind } from "../core/events.ts";
import type { MakeCompany } from "../core/members.ts";
import { Session } from "../core/session.ts";
import type { Chat, HandState, ReactionName, RecordingState } from "../core/relay-messages.ts";
import type { SessionOptions } from "../core/view.ts";
import type { RoomKeys } from "../crypto/room-keys.ts";
import type { Preferences } from "../settings/declaration.ts";
import type { Source } from "../media/capture.ts";
import type { Connections } from "../rtc/connections.ts";
import { RoomFiles } from "../files/room-files.ts";
import { type Device, type OwnStream, OwnStreams } from "../media/own-streams.ts";
import type { RoomListener, Speaker } from "./listener.ts";
import type { IceSource } from "../io/server-config.ts";
import type { IsHeard, OwnIdentity } from "./sealing.ts";
import { safely } from "./safely.ts";
import { Signaling } from "./signaling.ts";
import { Timers } from "./timers.ts";
import type { PeerStats } from "../rtc/peer-stats.ts";
import type { Sink } from "../files/sinks.ts";
import { Late, persistently } from "../io/late.ts";

/** The pauses between two pictures of the room, and between two looks at the loudness, in milliseconds. */
const [showInterval, activityInterval] = [16, 100];

export interface RoomOptions {
  readonly session: Omit<SessionOptions, "wants">;
  /** The keys; like the ICE servers, they may still be on their way while the server is connected to already. */
  readonly keys: RoomKeys;
  readonly ice: Promise<IceSource>;
  /** Gives the key to be known by, which is needed with the first other member. */
  readonly identity: () => Promise<OwnIdentity>;
  readonly preferences: Preferences;
}

export class Room {
  readonly #session: Session;
  readonly #listener: RoomListener;
  #preferences: Preferences;
  readonly #connections: Late<Connections>;
  readonly #timers = new Timers<Timer>((timer) => this.#handle({ type: "timer-fired", timer }));
  #showTimer: number | undefined;
  #isStale = false;
  readonly #own: OwnStreams;
  readonly #files: RoomFiles;
  readonly #activity: ActivityDetector<Speaker>;
  readonly #activityTimer: number;
  readonly #signaling: Signaling;
  #makeCompany: MakeCompany = () => {
    throw new Error("nobody has been met");
  };
  #watched: readonly string[] = [];
  #ignored = 0;
  readonly #events: SessionEvent[] = [];
  #isHandling = false;
  #isLeft = false;
  #isRecording = false;

  constructor(options: RoomOptions, listener: RoomListener) {
    const wants = wantsOf(options.preferences);
    this.#session = new Session({ ...options.session, wants }, (...parts) => this.#makeCompany(...parts));
    this.#listener = listener;
    this.#preferences = options.preferences;
    this.#own = new OwnStreams(options.preferences, {
      added: (own) => this.#handle({ type: "resource-added", resource: own.info }),
      ended: (own, byDevice) => this.#ownEnded(own, byDevice),
      changed: () => this.#show(),
      switched: (source, problem) => listener.deviceSwitched(source, problem),
      trackReplaced: ({ info }, track) => {
        for (const [, connection] of this.#peerConnections()) connection.replaceTrack(info.id, track);
        this.#limitUpload();
        this.#show();
      },
    });
    this.#connections = new Late(async () => {
      const module = await persistently(() => import("../rtc/connections.ts"));
      return new module.Connections(await options.ice, {
        handle: (event) => this.#handle(event),
        channelArrived: (peer, channel) => this.#files.channelArrived(peer, channel),
        connectionGone: (peer) => this.#files.connectionGone(peer),
        streamsChanged: (streams) => this.#listener.streamsChanged(streams),
        featuresWith: (peer) => this.#session.featuresWith(peer),
        hidesAddress: () => this.#preferences.hide_address === true,
        ownStream: (id) => this.#own.get(id)?.stream,
        sent: () => this.#limitUpload(),
        sendFile: (effect, connection) => this.#files.send(effect, connection),
      });
    });
    this.#files = new RoomFiles({
      happened: (event) => this.#handle(event),
      transfersChanged: (transfers) => listener.transfersChanged(transfers),
      transferEnded: (transfer) => listener.transferEnded(transfer),
    });
    this.#activity = new ActivityDetector(() => this.#preferences.audio_activity_threshold ?? 0);
    this.#activityTimer = setInterval(() => this.#lookForSpeakers(), activityInterval);
    this.#signaling = this.#connect(options);
    this.#show();
  }

  /** @throws CaptureError */
  async add(source: Source, muted: boolean): Promise<void> {
    await this.#own.add(source, muted);
    // The person may have left while the browser asked.
    if (this.#isLeft) this.#own.stopAll();
  }

  offerFile(file: File): void {
    this.#handle({ type: "resource-added", resource: this.#files.add(file) });
  }

  /** Ends an own stream, or takes an own file back. */
  stop(id: string): void {
    this.#own.stop(id);
    this.#files.stop(id);
  }

  stopStreams(): void {
    for (const { info } of this.#own.list()) this.#own.stop(info.id);
  }

  setAllMuted(muted: boolean): void {
    this.#own.setAllMuted(muted);
  }

  /** Takes over what the person prefers now. */
  prefer(preferences: Preferences): void {
    this.#preferences = preferences;
    this.#connections.loaded?.prefer();
    this.#handle({ type: "wants-set", wants: wantsOf(preferences) });
    const pause = (preferences.preview_rate ?? 0) * 1000;
    this.#handle({ type: "previews-allowed", allowed: preferences.send_previews === true, pause });
    void this.#own.prefer(preferences).then(() => this.#limitUpload());
  }

  /** Tries again to have the device that is preferred, after it could not be had. */
  tryDeviceAgain(source: Device): void {
    this.#own.tryAgain(source);
  }

  /** Looks at the ways to all peers, once there are any. */
  stats(): Promise<ReadonlyMap<PeerKey, PeerStats>> | undefined {
    return this.#connections.loaded?.stats();
  }

  /** The largest message that the server takes, in bytes. */
  get messageBytes(): number {
    return this.#signaling.messageBytes;
  }

  /** @param line the id of the line, of one's own choice: `RoomListener.line` tells its fate */
  chat(chat: Chat, line: string): void {
    this.#handle({ type: "chat-written", chat, line });
  }

  /** @param sink where the bytes go; aborted when the file is no longer there to be asked for */
  download(peer: PeerKey, id: string, sink: Sink): Promise<void> {
    return this.#files.download(peer, id, sink);
  }

  abortDownload(peer: PeerKey, id: string): void {
    this.#files.abort(peer, id);
  }

  /** @param hashes of the rooms whose member counts are wanted, now and after each reconnection */
  watch(hashes: readonly string[]): void {
    this.#watched = hashes;
    this.#signaling.watch(hashes);
  }

  setMuted(id: string, muted: boolean): void {
    this.#own.setMuted(id, muted);
    this.#show();
  }

  want(peer: PeerKey, id: string, wanted: boolean): void {
    this.#handle({ type: wanted ? "resource-wanted" : "resource-unwanted", peer, id });
  }

  setHand(state: HandState): void {
    this.#handle({ type: "hand-set", state });
  }

  react(name: ReactionName): void {
    this.#handle({ type: "reaction-made", name });
  }

  /** @returns whether this client may record now: others were told */
  setRecording(state: RecordingState): boolean {
    this.#handle({ type: "recording-set", state });
    return this.#isRecording;
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
    void this.#signaling.close();
    clearInterval(this.#activityTimer);
    this.#timers.stopAll();
    this.#files.leave();
    clearTimeout(this.#showTimer);
    this.#showNow();
  }

  /** Loads what only company needs, before there is any. */
  async #prepare(): Promise<void> {
    this.#makeCompany = (await persistently(() => import("../core/company.ts"))).makeCompany;
  }

  #connect({ keys, identity, session }: RoomOptions): Signaling {
    const isHeard: IsHeard = (client) => this.#connections.loaded?.isHeard(this.#session.keyOf(client));
    return new Signaling(
      keys,
      { ...session, identity, isHeard, prepare: () => this.#prepare() },
      {
        packet: (packet) => {
          this.#handle({ type: "packet-received", packet });
          if ("init" in packet && this.#watched.length > 0) this.watch(this.#watched);
        },
        happened: (event) => this.#handle(event),
        warned: (client, about) => this.#listener.warned(about, this.#session.keyOf(client)),
        compared: (what, client, witness) =>
          this.#listener.compared(what, this.#session.keyOf(client), this.#session.keyOf(witness)),
        lost: (reason) => {
          this.#handle({ type: "link-lost" });
          if (reason) this.#listener.refused(reason);
        },
        tooLarge: (message) => {
          if ("chat" in message) this.#handle({ type: "chat-refused", chat: message.chat });
          this.#listener.tooLarge();
        },
        passed: (line) => this.#handle({ type: "confirmed", line }),
        ignored: () => this.#countIgnored(),
      },
    );
  }

  /** Handles an event; events that its effects cause wait for it. */
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
    const count = this.#signaling.ignored + this.#session.ignoredMessages;
    if (count !== this.#ignored) this.#listener.ignored(count);
    this.#ignored = count;
  }

  /** Shows the room at once, but no more often than screens are drawn: a peer may offer thousands of files. */
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
        return this.#signaling.join();
      case "relay":
        return this.#signaling.relay(effect.message, effect.recipient);
      case "confirm":
        return this.#signaling.confirm(effect.line);
      case "doubt-link":
        return this.#signaling.doubt();
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
        return this.#files.stopSending(effect.peer, effect.id);
      case "give-up-file":
        return this.#files.giveUp(effect.peer, effect.id);
      case "continue-file":
        return this.#files.goOn(effect.peer, effect.id);
      case "expect-file":
        return this.#files.receive(effect);
      case "take-preview":
        return this.#takePreview(effect.id);
      case "start-timer":
        return this.#timers.start(effect.timer, effect.ms);
      case "stop-timer":
        return this.#timers.stop(effect.timer);
      default:
        return this.#present(effect);
    }
  }

  /** Presents what the person is to see or hear. */
  #present(effect: Presented): void {
    switch (effect.type) {
      case "show-line":
        return this.#listener.line(effect.line, effect.state);
      case "show-bound":
        if (effect.id !== undefined) this.stop(effect.id);
        return this.#listener.boundReached(effect.kind, effect.peer);
      case "show-chat":
        return this.#listener.chat(effect.username, effect.chat, effect.peer, effect.line);
      case "show-room-count":
        return this.#listener.roomCount(effect.hash, effect.count);
      case "doubt-peer":
        // Pages give no permissions that outlast a connection.
        return;
      default:
        return this.#tell(effect);
    }
  }

  #tell(fact: Fact): void {
    if (fact.type === "peer-joined") void this.#connections.load();
    // The number of a peer among equal names is found in what is shown.
    if (fact.type === "peer-joined") this.#showNow();
    // Anybody may have ever new names: of many, some are shown.
    if (fact.type === "peer-renamed") this.#show();
    if (fact.type === "recording-changed" && fact.peer === undefined) this.#isRecording = fact.state === "on";
    this.#listener.told(fact);
  }

  /** Shares the upload: when somebody begins or ends to get pictures, all others have another part of it. */
  #limitUpload(): void {
    const limit = (this.#preferences.video_upload_limit ?? 0) * 1000;
    this.#connections.loaded?.limitUpload(this.#own.list(), limit);
  }

  /** Takes a preview. One that cannot be taken is missed by nobody: the next one is due soon. */
  #takePreview(id: string): void {
    const own = this.#own.get(id);
    if (!own) return;
    void import("../media/still.ts")
      .then(({ takeStill }) => takeStill(own.stream, this.#preferences))
      .then((data) => this.#handle({ type: "preview-taken", id, data }))
      .catch(() => undefined);
  }

  #peerConnections(): ReturnType<Connections["list"]> {
    return this.#connections.loaded?.list() ?? [];
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
    if (this.#own.talksMuted(this.#preferences.audio_activity_threshold ?? 0)) this.#listener.talksMuted();
  }
}

/** Effects that need neither the server nor a peer connection. */
type Presented = Fact | Extract<SessionEffect, { type: `show-${string}` | `${string}-peer` }>;

/** The kinds of tracks that are asked for as soon as they are offered; files and the rest wait for a click. */
const wantsOf = (preferences: Preferences): TrackKind[] =>
  (["audio", "video"] as const).filter((kind) => preferences[`optional_${kind}_default_enable`] === true);
