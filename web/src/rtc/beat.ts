// SPDX-License-Identifier: AGPL-3.0-only
/** The channels on which both ends of a connection say that the way works (N17). Decides nothing about the way. */

import { times } from "../core/limits.ts";
import { ownBeat } from "../core/path-watch.ts";

/** The feature of peers that know beats. */
export const feature = "beat";
const protocol = "keks-meet.beat";
/** A beat that is late helps nobody. */
const options: RTCDataChannelInit = { protocol, ordered: false, maxRetransmits: 0 };
/** The channels of a connection: each end may have opened one. */
const most = 2;

export class Beat {
  readonly #connection: RTCPeerConnection;
  readonly #heard: (text: string) => void;
  readonly #channels: RTCDataChannel[] = [];
  #pausedAt = -Infinity;

  /** @param heard is given what the other end says */
  constructor(connection: RTCPeerConnection, heard: (text: string) => void) {
    this.#connection = connection;
    this.#heard = heard;
  }

  /** Opens the channel of this end, once: best before an offer is made, which then holds it. */
  open(): void {
    if (this.#channels.length > 0 || this.#connection.signalingState !== "stable") return;
    this.#keep(this.#connection.createDataChannel("", options));
  }

  /** Takes a channel that the other end opened. @returns whether it is one for beats */
  takes(channel: RTCDataChannel): boolean {
    if (channel.protocol !== protocol || this.#channels.length >= most) return false;
    this.#keep(channel);
    return true;
  }

  /** Promises nothing for a while: the bytes of a file are to come, behind which a later beat would wait. */
  pause(): void {
    this.#pausedAt = performance.now();
    this.#say(ownBeat(true, false));
  }

  /** Says that the way works, unless sound says so. @param channels those of files */
  tell(channels: ReadonlySet<RTCDataChannel>): void {
    if (this.#sendsSound) return;
    const isPaused = performance.now() - this.#pausedAt < times.longestBeat;
    const isBusy = isPaused || [...channels].some(({ bufferedAmount }) => bufferedAmount > 0);
    this.#say(ownBeat(isBusy, document.hidden));
  }

  get #sendsSound(): boolean {
    return this.#connection
      .getTransceivers()
      .some(({ sender, currentDirection: way }) => sender.track?.kind === "audio" && isSending(way));
  }

  #say(text: string): void {
    const channel = this.#channels.find(({ readyState }) => readyState === "open");
    channel?.send(text);
  }

  #keep(channel: RTCDataChannel): void {
    this.#channels.push(channel);
    channel.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#heard(data);
    });
  }
}

const isSending = (way: RTCRtpTransceiverDirection | null): boolean => way === "sendrecv" || way === "sendonly";
