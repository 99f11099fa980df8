// SPDX-License-Identifier: AGPL-3.0-only
/** The senders of own streams on one connection: a free one is used again, so that descriptions do not grow (N10). */

interface OwnSender {
  readonly sender: RTCRtpSender;
  readonly kind: string;
}

interface SentStream {
  readonly stream: MediaStream;
  /** A sender that has just been given its track does not say so yet, so its kind stands beside it. */
  readonly senders: readonly OwnSender[];
}

export class OwnSenders {
  readonly #connection: RTCPeerConnection;
  readonly #sent = new Map<string, SentStream>();

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /** Sends the stream's tracks; negotiation follows by itself. */
  attach(stream: MediaStream): void {
    const senders = stream.getTracks().map((track) => ({ sender: this.#send(track, stream), kind: track.kind }));
    this.#sent.set(stream.id, { stream, senders });
  }

  detach(streamId: string): void {
    const senders = this.#sendersOf(streamId);
    this.#sent.delete(streamId);
    for (const { sender } of senders) this.#stop(sender);
  }

  /**
   * Tells the engine again to which stream each sender belongs. Chromium 156 goes back to a sender's first stream with
   * each description that is set, and says that one in the next: then the peer shows a picture under another's name,
   * or not at all. To be called right before a description is made and right after it is set, so that the engine finds
   * nothing new to negotiate either.
   */
  nameStreams(): void {
    for (const { stream, senders } of this.#sent.values()) for (const { sender } of senders) sender.setStreams(stream);
  }

  /** The senders of the pictures of an own stream, or of its sound. */
  list(streamId: string, kind: string): RTCRtpSender[] {
    return this.#sendersOf(streamId)
      .filter((each) => each.kind === kind)
      .map(({ sender }) => sender);
  }

  /** Sends another track in the place of the one of its kind; nobody is asked. */
  replaceTrack(streamId: string, track: MediaStreamTrack): void {
    // A sender that fails is of a connection that is closed.
    for (const sender of this.list(streamId, track.kind)) sender.replaceTrack(track).catch(() => undefined);
  }

  #sendersOf(streamId: string): readonly OwnSender[] {
    return this.#sent.get(streamId)?.senders ?? [];
  }

  /** Sends a track in the place of one of its kind that was sent and is not any more; else in a new one. */
  #send(track: MediaStreamTrack, stream: MediaStream): RTCRtpSender {
    const free = this.#connection.getTransceivers().find((each) => isFree(each, track.kind));
    if (!free) return this.#connection.addTrack(track, stream);
    free.sender.setStreams(stream);
    void this.#replace(free.sender, track, stream.id);
    free.direction = free.direction === "recvonly" ? "sendrecv" : "sendonly";
    return free.sender;
  }

  /** Gives a track to a sender, unless its stream was detached meanwhile. */
  async #replace(sender: RTCRtpSender, track: MediaStreamTrack, streamId: string): Promise<void> {
    try {
      await sender.replaceTrack(track);
      const isAttached = this.#sendersOf(streamId).some((each) => each.sender === sender);
      if (!isAttached) await sender.replaceTrack(null);
    } catch {
      // The sender is of a connection that is closed.
    }
  }

  /** Stops a sender: removing a track that is not there yet leaves a transceiver as it is. */
  #stop(sender: RTCRtpSender): void {
    this.#connection.removeTrack(sender);
    const transceiver = this.#connection.getTransceivers().find((each) => each.sender === sender);
    if (!transceiver || isIdle(transceiver.direction) || transceiver.direction === "stopped") return;
    transceiver.direction = transceiver.direction === "sendrecv" ? "recvonly" : "inactive";
  }
}

const isIdle = (way: RTCRtpTransceiverDirection | null): boolean => way === "inactive" || way === "recvonly";

/** Whether a transceiver sends nothing, as the peer knows already: else it would bring no new track there. */
function isFree({ sender, receiver, direction, currentDirection }: RTCRtpTransceiver, kind: string): boolean {
  return !sender.track && receiver.track.kind === kind && isIdle(direction) && isIdle(currentDirection);
}
