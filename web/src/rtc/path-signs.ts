// SPDX-License-Identifier: AGPL-3.0-only
/** The signs of life of one connection: reads what comes over it, and tells the other end that it works (N15, N17). */

import { times } from "../core/limits.ts";
import { BeatNeed, ownBeat } from "../core/own-beats.ts";
import { PathWatch } from "../core/path-watch.ts";
import { Beat } from "./beat.ts";

/** The time now, in milliseconds, by the clock of what engines tell of packets. */
export const clock = (): number => performance.timeOrigin + performance.now();

export class PathSigns {
  readonly #connection: RTCPeerConnection;
  readonly #watch = new PathWatch();
  readonly #beat: Beat;
  readonly #need = new BeatNeed();
  /** The channels of files that are open, or open soon. */
  readonly #channels = new Set<RTCDataChannel>();
  /** When one was opened here, whose bytes are to come. */
  #openedAt = -Infinity;
  #heardAt: number | undefined;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
    this.#beat = new Beat(connection, (text) => this.#watch.beat(clock(), text));
  }

  /** Whether something of the peer came until now. */
  get isHeard(): boolean {
    return this.#watch.isHeard;
  }

  /** Looks whether what came still comes. @returns whether the way is silent, if that is news */
  look(): boolean | undefined {
    return this.#watch.look(clock(), this.#lastHeard());
  }

  /** Opens the channel to say it on, in the first offer, unless that offers sound: it saves a negotiation later. */
  offering(): void {
    if (!this.#connection.getSenders().some(({ track }) => track?.kind === "audio")) this.#beat.open();
  }

  /** Says that the way works. @param mayOpen whether this side may open the channel to say it on, where it is needed */
  say(mayOpen: boolean): void {
    const isUnneeded = this.#sounds("recvonly").length > 0 && this.#sounds("sendonly").length > 0;
    if (this.#need.look(clock(), isUnneeded || !mayOpen)) this.#beat.open();
    const isNew = clock() - this.#openedAt < times.longestBeat;
    const isBusy = isNew || [...this.#channels].some(({ bufferedAmount }) => bufferedAmount > 0);
    this.#beat.say(ownBeat(isBusy, document.hidden));
  }

  /** Takes note that a channel is opened here, over which bytes go soon: a beat would wait behind the first of them. */
  opening(): void {
    this.#openedAt = clock();
    this.#beat.say(ownBeat(true, false));
  }

  /** Takes a channel that the other end opened. @returns whether it is one for beats */
  takes(channel: RTCDataChannel): boolean {
    return this.#beat.takes(channel);
  }

  /** Watches a channel of a file. */
  keep(channel: RTCDataChannel): void {
    this.#channels.add(channel);
    channel.addEventListener("close", () => this.#channels.delete(channel));
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      // Words about a file come now and then alone.
      if (typeof data !== "string") this.#watch.arrived(clock());
    });
  }

  /** When the last packet of sound came, of all that the other side sends now: milliseconds since the epoch. */
  #lastHeard(): number | undefined {
    const sounds = this.#sounds("recvonly");
    const sources = sounds.flatMap(({ receiver }) => receiver.getSynchronizationSources());
    // Engines forget a source after ten seconds of silence.
    if (sources.length > 0) this.#heardAt = Math.max(...sources.map(({ timestamp }) => timestamp));
    if (sounds.length === 0) this.#heardAt = undefined;
    return this.#heardAt;
  }

  /** The lines over which sound goes this way, or both. */
  #sounds(way: "sendonly" | "recvonly"): RTCRtpTransceiver[] {
    return this.#connection
      .getTransceivers()
      .filter(({ currentDirection }) => currentDirection === "sendrecv" || currentDirection === way)
      .filter(({ receiver }) => receiver.track.kind === "audio");
  }
}
