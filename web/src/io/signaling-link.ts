// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The WebSocket to the server (S1 to S10): connects, and connects again with growing pauses (L1); seals what goes out
 * and opens what comes in, both in order (E1 to E4). Knows nothing of rooms and peers.
 */

import { limits, pauseBefore, times } from "../core/limits.ts";
import { type Clientbound, decodeClientbound, encodeServerbound, type Serverbound } from "../core/packets.ts";
import { decodeEnvelopeContent, encodeEnvelopeContent, type RelayMessage } from "../core/relay-messages.ts";
import { Malformed } from "../core/schema.ts";
import { open, seal, Unopenable } from "../crypto/envelope.ts";
import { SequentialQueue } from "./queue.ts";

export interface LinkListener {
  packet(packet: Exclude<Clientbound, { message: unknown }>): void;
  message(sender: number, message: RelayMessage): void;
  /** The connection ended or could not be made; `reason` is the server's own words, often empty. */
  lost(reason: string): void;
  /** A message was larger than the server takes, and was not sent. */
  tooLarge(message: RelayMessage): void;
}

export class SignalingLink {
  readonly #url: string;
  readonly #key: CryptoKey;
  readonly #listener: LinkListener;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retryTimer: number | undefined;
  #pingTimer: number | undefined;
  #settledTimer: number | undefined;
  #incoming = new SequentialQueue();
  #outgoing = new SequentialQueue();
  #ownId: number | undefined;
  #messageBytes: number = limits.messageBytes;

  constructor(url: string, key: CryptoKey, listener: LinkListener) {
    this.#url = url;
    this.#key = key;
    this.#listener = listener;
    globalThis.addEventListener("online", this.#retryNow);
    this.#connect();
  }

  send(packet: Serverbound): void {
    const socket = this.#socket;
    this.#outgoing.run(async () => transmit(socket, encodeServerbound(packet)));
  }

  /** Seals and sends to one member or, without recipient, to all others. Dropped when the connection is away. */
  relay(message: RelayMessage, recipient?: number): void {
    const [socket, sender] = [this.#socket, this.#ownId];
    if (!socket || sender === undefined) return;
    this.#outgoing.run(async () => {
      const sealed = await seal(this.#key, encodeEnvelopeContent(sender, message));
      const relay = recipient === undefined ? { message: sealed } : { recipient, message: sealed };
      const frame = encodeServerbound({ relay });
      if (frame.length > this.#messageBytes) this.#listener.tooLarge(message);
      else transmit(socket, frame);
    });
  }

  /** The id that the server gave to this connection. */
  get ownId(): number | undefined {
    return this.#ownId;
  }

  /** The largest frame that the server takes, in bytes. */
  get messageBytes(): number {
    return this.#messageBytes;
  }

  /** Ends the connection for good. */
  close(): void {
    globalThis.removeEventListener("online", this.#retryNow);
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#forgetSocket();
    socket?.close(1000);
  }

  readonly #retryNow = (): void => {
    if (this.#retryTimer === undefined) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  };

  #connect(): void {
    this.#retryTimer = undefined;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    // What still waits in the queues of an earlier connection stays there.
    this.#incoming = new SequentialQueue();
    this.#outgoing = new SequentialQueue();
    socket.addEventListener("message", ({ data }) => this.#received(socket, data));
    socket.addEventListener("close", ({ reason }) => this.#closed(socket, reason));
  }

  #received(socket: WebSocket, frame: unknown): void {
    this.#incoming.run(async () => {
      if (socket !== this.#socket) return;
      const packet = ignoringMalformed(() => decodeClientbound(String(frame)));
      if (!packet) return;
      if ("message" in packet) return this.#open(socket, packet.message.sender, packet.message.message);
      if ("init" in packet) {
        // A connection has one id (S3).
        if (this.#ownId !== undefined) return;
        this.#initialized(packet.init.your_id, packet.init.limits?.message_bytes);
      }
      this.#listener.packet(packet);
    });
  }

  #initialized(ownId: number, messageBytes: number | undefined): void {
    this.#ownId = ownId;
    this.#messageBytes = messageBytes ?? limits.messageBytes;
    // Not at once: a server that closes again and again is asked less and less often.
    this.#settledTimer = setTimeout(() => (this.#attempt = 0), times.settled);
    this.#pingTimer = setInterval(() => this.send({ ping: null }), times.ping);
  }

  async #open(socket: WebSocket, sender: number, envelope: string): Promise<void> {
    try {
      const message = decodeEnvelopeContent(await open(this.#key, envelope), sender);
      if (message && socket === this.#socket) this.#listener.message(sender, message);
    } catch (error) {
      // Somebody without the key, or with a client of their own: dropped (E3, M5).
      if (!(error instanceof Unopenable || error instanceof Malformed)) throw error;
    }
  }

  #closed(socket: WebSocket, reason: string): void {
    if (socket !== this.#socket) return;
    this.#forgetSocket();
    const pause = pauseBefore(this.#attempt++) * (0.5 + Math.random() / 2);
    this.#retryTimer = setTimeout(() => this.#connect(), pause);
    this.#listener.lost(reason);
  }

  #forgetSocket(): void {
    clearInterval(this.#pingTimer);
    clearTimeout(this.#settledTimer);
    this.#socket = undefined;
    this.#ownId = undefined;
  }
}

function transmit(socket: WebSocket | undefined, frame: string): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
}

function ignoringMalformed<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
