// SPDX-License-Identifier: AGPL-3.0-only
/** The signs of life of one connection: reads what comes over it, and tells the other end that it works (N15, N17). */

import { ownBeat } from "../core/own-beats.ts";
import { PathWatch } from "../core/path-watch.ts";
import { Beat } from "./beat.ts";

/** The time now, in milliseconds, by the clock of what engines tell of packets. */
export const clock = (): number => performance.timeOrigin + performance.now();

const flowing: ReadonlySet<RTCRtpTransceiverDirection> = new Set(["sendrecv", "sendonly", "recvonly"]);

export class PathSigns {
  readonly #connection: RTCPeerConnection;
  readonly #watch = new PathWatch();
  readonly #beat: Beat;
  /** The channels of files that are open, or open soon. */
  readonly #channels = new Set<RTCDataChannel>();
  /** When one was opened here, whose bytes are to come. */
  #openedAt = -Infinity;
  /** The beats since there was something last that may go over the connection. */
  #unused = 0;
  /** The last packet of sound by the engine's clock, and when it came. */
  #sound: { readonly timestamp: number; readonly at: number } | undefined;
  #lookedAt = -Infinity;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
    this.#beat = new Beat(connection, {
      heard: (text) => this.#watch.beat(clock(), text),
      ended: () => this.#watch.beatsEnded(),
    });
  }

  /** Whether something of the peer came until now. */
  get isHeard(): boolean {
    return this.#watch.isHeard;
  }

  /** Looks whether what came still comes. @returns whether the way is silent, if that is news */
  look(): boolean | undefined {
    const now = clock();
    const heard = this.#lastHeard(now);
    this.#lookedAt = now;
    return this.#watch.look(now, heard);
  }

  /** Opens the channel for beats, if there is none; negotiation follows by itself. */
  open(): void {
    this.#beat.open();
  }

  /** Says that the way works. */
  say(): void {
    this.#unused = this.#isUsed ? 0 : this.#unused + 1;
    const isBusy = [...this.#channels].some(({ bufferedAmount }) => bufferedAmount > 0);
    const sinceOpening = clock() - this.#openedAt;
    const text = ownBeat({ unused: this.#unused, sinceOpening, isBusy, isHidden: document.hidden });
    if (text !== undefined) this.#beat.say(text);
  }

  /** Takes note that a channel is opened here, over which bytes go soon: a beat would wait behind the first of them. */
  opening(): void {
    this.#openedAt = clock();
    this.#beat.say("0");
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

  /**
   * When the last packet of sound came, of all that the other side sends now. Clocks of some engines differ from this
   * one; a packet that was not there at the last look has come since.
   */
  #lastHeard(now: number): number | undefined {
    const sounds = this.#sounds("recvonly");
    if (sounds.length === 0) this.#sound = undefined;
    const sources = sounds.flatMap(({ receiver }) => receiver.getSynchronizationSources());
    // Engines forget a source after ten seconds of silence.
    const last = sources.length > 0 ? Math.max(...sources.map(({ timestamp }) => timestamp)) : undefined;
    if (last !== undefined && last > (this.#sound?.timestamp ?? -Infinity))
      this.#sound = { timestamp: last, at: Math.min(Math.max(last, this.#lookedAt), now) };
    return this.#sound?.at;
  }

  /** Whether something may go over the connection. */
  get #isUsed(): boolean {
    const lines = this.#connection.getTransceivers();
    return this.#channels.size > 0 || lines.some(({ currentDirection: way }) => way !== null && flowing.has(way));
  }

  /** The lines over which sound goes this way, or both. */
  #sounds(way: "sendonly" | "recvonly"): RTCRtpTransceiver[] {
    return this.#connection
      .getTransceivers()
      .filter(({ currentDirection }) => currentDirection === "sendrecv" || currentDirection === way)
      .filter(({ receiver }) => receiver.track.kind === "audio");
  }
}
