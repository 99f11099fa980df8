// SPDX-License-Identifier: AGPL-3.0-only
/** One RTCPeerConnection: carries out what the session orders and reports what happens. Decides nothing. */

import type { Description } from "../core/descriptions.ts";
import { beginsIceAnew } from "../core/generations.ts";
import { hiddenAddress, hiddenCandidate } from "../core/hidden-address.ts";
import { passiveAnswer } from "../core/passive-answer.ts";
import { ConnectWatch } from "../core/path-watch.ts";
import { robustAudio } from "../core/robust-audio.ts";
import type { Way } from "../core/way.ts";
import type { EngineEffect } from "../core/negotiation-effects.ts";
import type { ConnectionState } from "../core/events.ts";
import type { NegotiationEvent } from "../core/negotiation.ts";
import { levelOf } from "./levels.ts";
import { clock, PathSigns } from "./path-signs.ts";
import { type PeerStats, StatsReader } from "./peer-stats.ts";
import { Robustness } from "./robustness.ts";
import { KeyFrames } from "./key-frames.ts";
import { OwnSenders } from "./own-senders.ts";
import { entriesOf, selectedPair, wayOf } from "./stats-report.ts";
import type { Ice } from "./ice.ts";

/** The number of times that the path of a new connection is asked for, and the pauses between them in milliseconds. */
const pathAttempts = 20;
const pathPause = 500;
/** The largest message that RFC 8841 assumes of a side that says nothing, in bytes. */
const smallestMaxMessage = 65_536;
/** The feature of peers that know descriptions that ask for lost packets of sound (N16). */
const robust = "robust-audio";
/** The feature of peers that know beats (N17). */
const beats = "beat";
/** States that an engine may stay in for ever: also failed, while an offer of another way is never answered. */
const unconnected: ReadonlySet<RTCPeerConnectionState> = new Set(["new", "connecting", "failed"]);
/** The number of channels that nobody asked for after which a connection is closed (N10). */
const unaskedChannels = 64;

export interface ConnectionListener {
  negotiation(event: NegotiationEvent): void;
  stateChanged(state: ConnectionState): void;
  /** The other side closed the connection on purpose, or it was closed here for its misuse; or here for own reasons. */
  closed(own?: true): void;
  pathFound(way: Way): void;
  /** A stream arrived, or its tracks changed. */
  streamArrived(stream: MediaStream): void;
  streamEnded(id: string): void;
  /** Whether both sides have announced a feature. */
  knows(feature: string): boolean;
  /** The other side opened a data channel. @returns whether somebody had asked for it */
  channelArrived(channel: RTCDataChannel): boolean;
}

export class PeerConnection {
  readonly #connection: RTCPeerConnection;
  readonly #listener: ConnectionListener;
  /** Ends everything that listens when the connection is closed. */
  readonly #life = new AbortController();
  readonly #own: OwnSenders;
  #unasked = 0;
  /** Whether this side made the first offer. */
  #hasOffered = false;
  /** Whether the transport closed while an offer was taken that may replace it. */
  #mayBeReplaced = false;
  readonly #connectWatch = new ConnectWatch();
  readonly #signs: PathSigns;
  readonly #keyFrames: KeyFrames;
  readonly #statsReader = new StatsReader();
  readonly #robustness: Robustness;
  /** Whether the last description asked for lost packets of sound: the first one may come before features (N16). */
  #isRobust = false;
  readonly #watchedTransports = new WeakSet<RTCDtlsTransport>();

  readonly #ice: Ice;
  /** The renewal to wait for before candidates are gathered. */
  #renewal: Promise<void> | undefined;

  constructor(ice: Ice, listener: ConnectionListener) {
    this.#ice = ice;
    const bundlePolicy = listener.knows("instance") ? "max-bundle" : "balanced";
    this.#connection = new RTCPeerConnection({ ...ice.configuration, bundlePolicy });
    this.#renewal = ice.renew(this.#connection);
    this.#listener = listener;
    this.#own = new OwnSenders(this.#connection);
    this.#signs = new PathSigns(this.#connection);
    this.#keyFrames = new KeyFrames(this.#connection);
    this.#robustness = new Robustness(this.#connection, () => listener.negotiation({ type: "negotiation-needed" }));
    this.#listen();
  }

  carryOut(effect: EngineEffect): void {
    switch (effect.type) {
      case "set-local-description":
        return this.#operate(async (connection) => {
          this.#begin();
          this.#own.nameStreams();
          await connection.setLocalDescription(effect.passive && (await passiveAnswerOf(connection)));
          this.#own.nameStreams();
          const { type, sdp } = described(connection);
          this.#isRobust = this.#listener.knows(robust);
          const said = this.#isRobust ? robustAudio(sdp) : sdp;
          const shown = this.#ice.hidesAddress ? hiddenAddress(said) : said;
          return { type: "local-description-set", description: { type, sdp: shown } };
        });
      case "set-remote-description":
        this.#renewFor(effect.description);
        return this.#operate(async (connection) => {
          await connection.setRemoteDescription(effect.description);
          if (connection.connectionState === "connected") this.#watchTransport();
          return { type: "remote-description-set" };
        });
      case "roll-back":
        return this.#operate(async (connection) => {
          await connection.setLocalDescription({ type: "rollback" });
          return { type: "rolled-back" };
        });
      case "add-candidate":
        // One bad candidate, or one of an offer that was taken back, is no loss.
        this.#connection.addIceCandidate(effect.candidate).catch(() => undefined);
    }
  }

  /** Takes note of who makes the first offer: that side opens the channel for beats, best in that offer (N17). */
  #begin(): void {
    this.#hasOffered ||= this.#connection.remoteDescription === null;
    if (this.#hasOffered && this.#listener.knows(beats)) this.#signs.open();
  }

  /** Has credentials that last for an offer that begins ICE anew: the answer to it gathers candidates, too. */
  #renewFor({ type, sdp }: Description): void {
    const before = this.#connection.remoteDescription?.sdp ?? "";
    if (type !== "offer" || !beginsIceAnew(sdp, before)) return;
    this.#renewal = this.#ice.renew(this.#connection) ?? this.#renewal;
  }

  restartIce(): void {
    this.#renewal = this.#ice.renew(this.#connection);
    this.#connection.restartIce();
  }

  /**
   * Hides the own address, or does so no longer. Engines go on using the way that they have after a restart of ICE,
   * though it shows the address: so this connection ends, and the session makes another one.
   */
  hideAddress(): void {
    if (this.#life.signal.aborted) return;
    if (this.#ice.hidesAddress) {
      this.close();
      return this.#listener.closed(true);
    }
    this.#ice.configure(this.#connection);
    this.restartIce();
  }

  /** Sends the stream's tracks; negotiation follows by itself. */
  attach(stream: MediaStream): void {
    this.#own.attach(stream);
  }

  detach(streamId: string): void {
    this.#own.detach(streamId);
  }

  /** Offers a line for a track that the other side sends; negotiation follows by itself. */
  offerToReceive(kind: "audio" | "video"): void {
    this.#connection.addTransceiver(kind, { direction: "recvonly" });
  }

  /** The senders of the pictures of an own stream, or of its sound. */
  senders(streamId: string, kind: "audio" | "video"): RTCRtpSender[] {
    return this.#own.list(streamId, kind);
  }

  /** Sends another track in the place of the one of its kind; nobody is asked. */
  replaceTrack(streamId: string, track: MediaStreamTrack): void {
    this.#own.replaceTrack(streamId, track);
  }

  /** Looks at the statistics, and at what they show that has to be done. */
  async stats(): Promise<PeerStats> {
    const stats = this.#statsReader.read(await this.#connection.getStats());
    if (this.#listener.knows(robust)) this.#robustness.heed(stats, this.#isRobust, performance.now());
    return stats;
  }

  /** Opens a reliable, ordered data channel (F1). */
  openChannel(label: string): RTCDataChannel {
    this.#signs.opening();
    const channel = this.#connection.createDataChannel(label);
    this.#signs.keep(channel);
    return channel;
  }

  /** The largest message that the other side takes, in bytes; small until that is known. */
  get maxMessage(): number {
    return this.#connection.sctp?.maxMessageSize ?? smallestMaxMessage;
  }

  /** The loudness of each incoming track just now, 0 to 1. */
  audioLevels(): Map<MediaStreamTrack, number> {
    const receivers = this.#connection.getReceivers().filter(({ track }) => track.kind === "audio");
    return new Map(receivers.map((receiver) => [receiver.track, levelOf(receiver)]));
  }

  /** Looks whether the connection comes up, and says that it failed if not: an engine may try for ever (N9). */
  lookForFailure(): void {
    const isTrying = unconnected.has(this.#connection.connectionState) && this.#hasPartner;
    if (this.#connectWatch.look(clock(), isTrying)) this.#listener.stateChanged("failed");
  }

  /** Whether there is something to connect: a description was taken, and not everything taken away again. */
  get #hasPartner(): boolean {
    return this.#connection.remoteDescription !== null && this.#transport !== undefined;
  }

  /** Says that the way works (N17). */
  beat(): void {
    if (this.#connection.connectionState === "connected") this.#begin();
    this.#signs.say();
  }

  /** Looks whether what came still comes (N15, N17). @returns whether it is silent, if that is news */
  lookForSilence(): boolean | undefined {
    const silent = this.#signs.look();
    if (silent === false) this.#keyFrames.send();
    return silent;
  }

  /** Whether something of the peer came until now (N15, N17). */
  get isHeard(): boolean {
    return this.#signs.isHeard;
  }

  close(): void {
    this.#life.abort();
    this.#connection.close();
  }

  #listen(): void {
    const connection = this.#connection;
    const options = { signal: this.#life.signal };
    connection.addEventListener(
      "negotiationneeded",
      () => this.#listener.negotiation({ type: "negotiation-needed" }),
      options,
    );
    connection.addEventListener("datachannel", ({ channel }) => this.#channelArrived(channel), options);
    connection.addEventListener("icecandidate", ({ candidate }) => this.#gathered(candidate), options);
    connection.addEventListener("connectionstatechange", () => this.#stateChanged(), options);
    connection.addEventListener("signalingstatechange", () => this.#signalingChanged(), options);
    connection.addEventListener("track", ({ streams }) => streams.forEach((stream) => this.#arrived(stream)), options);
  }

  /**
   * Takes a channel. One that nobody asked for is closed, and after many the connection is: each costs the engine
   * something.
   */
  #channelArrived(channel: RTCDataChannel): void {
    if (this.#signs.takes(channel)) return;
    if (this.#listener.channelArrived(channel)) return this.#signs.keep(channel);
    channel.close();
    this.#unasked += 1;
    if (this.#unasked <= unaskedChannels) return;
    this.close();
    this.#listener.closed();
  }

  #gathered(candidate: RTCIceCandidate | null): void {
    // The end-of-candidates mark is not sent (N1).
    const named = this.#ice.hidesAddress ? hiddenCandidate(candidate?.candidate ?? "") : candidate?.candidate;
    if (!candidate || !named) return;
    const { sdpMLineIndex, sdpMid, usernameFragment } = candidate;
    this.#listener.negotiation({
      type: "candidate-gathered",
      candidate: {
        candidate: named,
        ...(sdpMLineIndex === null ? {} : { sdpMLineIndex }),
        ...(sdpMid === null ? {} : { sdpMid }),
        ...(usernameFragment === null ? {} : { usernameFragment }),
      },
    });
  }

  #stateChanged(): void {
    const { connectionState } = this.#connection;
    this.#listener.stateChanged(connectionState);
    if (connectionState !== "connected") return;
    this.#watchTransport();
    this.#pathChanged();
  }

  #pathChanged(): void {
    this.#keyFrames.send();
    void this.#findPath();
  }

  /** The transport that media and channels go over. */
  get #transport(): RTCDtlsTransport | undefined {
    const used = this.#connection.getTransceivers().find(({ currentDirection: way }) => way && way !== "stopped");
    return used?.receiver.transport ?? this.#connection.sctp?.transport;
  }

  /**
   * Closing a connection closes its DTLS transport, which is all that the other side is told. A transport in its place
   * is no end: the original stops the transceiver that all others hang on, and the engine replaces the transport then,
   * while it takes the offer that says so (N14). An own offer that is out replaces nothing.
   */
  #transportClosed(): void {
    this.#mayBeReplaced = this.#connection.signalingState === "have-remote-offer";
    if (this.#transport?.state === "closed" && !this.#mayBeReplaced) this.#listener.closed();
    else this.#watchTransport();
  }

  #signalingChanged(): void {
    if (this.#mayBeReplaced && this.#connection.signalingState !== "have-remote-offer") this.#transportClosed();
  }

  #watchTransport(): void {
    const watched = this.#transport;
    if (!watched || this.#watchedTransports.has(watched)) return;
    this.#watchedTransports.add(watched);
    const options = { signal: this.#life.signal };
    watched.addEventListener("statechange", () => watched.state === "closed" && this.#transportClosed(), options);
    // The first way is not the last: engines go on looking for a better one.
    watched.iceTransport.addEventListener("selectedcandidatepairchange", () => this.#pathChanged(), options);
  }

  /** Finds the path of packets. Right after connecting there may be no answer yet. */
  async #findPath(attempt = 0): Promise<void> {
    if (this.#life.signal.aborted) return;
    const all = entriesOf(await this.#connection.getStats());
    if (this.#life.signal.aborted) return;
    const pair = selectedPair(all);
    if (!pair) {
      if (attempt < pathAttempts) setTimeout(() => void this.#findPath(attempt + 1), pathPause);
      return;
    }
    this.#listener.pathFound(wayOf(pair, all));
  }

  #arrived(stream: MediaStream): void {
    stream.onremovetrack = () => {
      if (this.#life.signal.aborted) return;
      if (stream.getTracks().length > 0) this.#listener.streamArrived(stream);
      else this.#listener.streamEnded(stream.id);
    };
    this.#listener.streamArrived(stream);
  }

  #operate(operation: (connection: RTCPeerConnection) => Promise<NegotiationEvent>): void {
    void (async () => {
      let event: NegotiationEvent;
      try {
        await this.#renewal;
        event = await operation(this.#connection);
      } catch {
        event = { type: "operation-failed", signaling: signalingOf(this.#connection) };
      }
      if (!this.#life.signal.aborted) this.#listener.negotiation(event);
    })();
  }
}

async function passiveAnswerOf(connection: RTCPeerConnection): Promise<RTCLocalSessionDescriptionInit> {
  const { sdp = "" } = await connection.createAnswer();
  return { type: "answer", sdp: passiveAnswer(sdp) };
}

function described({ localDescription }: RTCPeerConnection): { type: "offer" | "answer"; sdp: string } {
  if (localDescription?.type !== "offer" && localDescription?.type !== "answer")
    throw new Error("no description was set");
  return { type: localDescription.type, sdp: localDescription.sdp };
}

function signalingOf({ signalingState }: RTCPeerConnection): "stable" | "have-local-offer" | "have-remote-offer" {
  return signalingState === "have-local-offer" || signalingState === "have-remote-offer" ? signalingState : "stable";
}
