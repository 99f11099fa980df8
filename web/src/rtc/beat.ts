// SPDX-License-Identifier: AGPL-3.0-only
/** The channels on which both ends of a connection say that the way works (N17). Decides nothing about the way. */

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
  #isOpened = false;
  #said = "";

  /** @param heard is given what the other end says */
  constructor(connection: RTCPeerConnection, heard: (text: string) => void) {
    this.#connection = connection;
    this.#heard = heard;
  }

  /** Opens the channel of this end, once: before an offer is made, which then holds it. */
  open(): void {
    if (this.#isOpened || this.#channels.length > 0 || this.#connection.signalingState !== "stable") return;
    this.#isOpened = true;
    this.#keep(this.#connection.createDataChannel("", options));
  }

  /** Takes a channel that the other end opened. @returns whether it is one for beats */
  takes(channel: RTCDataChannel): boolean {
    if (channel.protocol !== protocol || this.#channels.length >= most) return false;
    this.#keep(channel);
    return true;
  }

  /** Says a beat. That nothing is promised is said once. */
  say(text: string): void {
    const channel = this.#channels.find(({ readyState }) => readyState === "open");
    if (!channel || (text === "0" && this.#said === "0")) return;
    this.#said = text;
    channel.send(text);
  }

  #keep(channel: RTCDataChannel): void {
    this.#channels.push(channel);
    channel.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#heard(data);
    });
  }
}
