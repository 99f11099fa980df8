// SPDX-License-Identifier: AGPL-3.0-only
/** The channels on which both ends of a connection say that the way works (N17). Decides nothing about the way. */

const protocol = "keks-meet.beat";
/** The channels that a connection ever has: each end may open one. */
const most = 2;

export interface BeatListener {
  /** The other end says something. */
  heard(text: string): void;
  /** It can say nothing any more. */
  ended(): void;
}

export class Beat {
  readonly #connection: RTCPeerConnection;
  readonly #listener: BeatListener;
  readonly #channels = new Set<RTCDataChannel>();
  #count = 0;

  constructor(connection: RTCPeerConnection, listener: BeatListener) {
    this.#connection = connection;
    this.#listener = listener;
  }

  /** Opens the channel of this end, if there is none; negotiation follows by itself. */
  open(): void {
    const isPossible = this.#channels.size === 0 && this.#count < most;
    if (!isPossible || this.#connection.signalingState !== "stable") return;
    // A beat that is late helps nobody.
    this.#keep(this.#connection.createDataChannel("", { protocol, ordered: false, maxRetransmits: 0 }));
  }

  /** Takes a channel that the other end opened. @returns whether it is one for beats */
  takes(channel: RTCDataChannel): boolean {
    if (channel.protocol !== protocol || this.#count >= most) return false;
    this.#keep(channel);
    return true;
  }

  /**
   * Says a beat, twice: an engine acknowledges the second of two packets at once, and one that comes alone after 200 ms.
   * Whatever it would send again meanwhile, since a router has lost it, does not leave.
   */
  say(text: string): void {
    const channel = [...this.#channels].find(({ readyState }) => readyState === "open");
    if (!channel) return;
    try {
      channel.send(text);
      channel.send(text);
    } catch {
      // The buffer is full: the way brings nothing, or too much waits for it.
    }
  }

  #keep(channel: RTCDataChannel): void {
    this.#count += 1;
    this.#channels.add(channel);
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string") this.#listener.heard(data);
    });
    channel.addEventListener("close", () => {
      this.#channels.delete(channel);
      if (this.#channels.size === 0) this.#listener.ended();
    });
  }
}
