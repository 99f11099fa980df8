// SPDX-License-Identifier: AGPL-3.0-only
/** The channels on which both ends of a connection say that the way works (N17). Decides nothing about the way. */

const protocol = "keks-meet.beat";
/** The channels of a connection: each end may have opened one. */
const most = 2;

export class Beat {
  readonly #connection: RTCPeerConnection;
  /** Is given what the other end says. */
  readonly #heard: (text: string) => void;
  readonly #channels: RTCDataChannel[] = [];

  constructor(connection: RTCPeerConnection, heard: (text: string) => void) {
    this.#connection = connection;
    this.#heard = heard;
  }

  /** Opens the channel of this end, once; negotiation follows by itself. */
  open(): void {
    if (this.#channels.length > 0 || this.#connection.signalingState !== "stable") return;
    // A beat that is late helps nobody.
    this.#keep(this.#connection.createDataChannel("", { protocol, ordered: false, maxRetransmits: 0 }));
  }

  /** Takes a channel that the other end opened. @returns whether it is one for beats */
  takes(channel: RTCDataChannel): boolean {
    if (channel.protocol !== protocol || this.#channels.length >= most) return false;
    this.#keep(channel);
    return true;
  }

  /**
   * Says a beat, twice: an engine acknowledges the second of two packets at once, and one that comes alone after 200 ms.
   * Whatever it would send again meanwhile, since a router has lost it, does not leave.
   */
  say(text: string): void {
    const channel = this.#channels.find(({ readyState }) => readyState === "open");
    if (!channel) return;
    try {
      channel.send(text);
      channel.send(text);
    } catch {
      // The buffer is full: the way brings nothing, or too much waits for it.
    }
  }

  #keep(channel: RTCDataChannel): void {
    this.#channels.push(channel);
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string") this.#heard(data);
    });
  }
}
