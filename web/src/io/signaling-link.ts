// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The WebSocket to the server (S1 to S10): connects, and connects again with growing pauses (L1); seals what goes out
 * and opens what comes in, both in order (E1 to E4); asks whether the server still answers (L8). Knows nothing of rooms
 * and peers.
 */

import { limits, times } from "../core/limits.ts";
import { type LinkOrder, LinkWatch } from "../core/link-watch.ts";
import { type Clientbound, decodeClientbound, encodeServerbound, type Serverbound } from "../core/packets.ts";
import { pauseBefore } from "../core/pauses.ts";
import { decodeEnvelopeContent, encodeEnvelopeContent, type RelayMessage } from "../core/relay-messages.ts";
import { Malformed } from "../core/schema.ts";
import { open, seal, Unopenable } from "../crypto/envelope.ts";
import { connect } from "./begun.ts";
import { SequentialQueue } from "./queue.ts";

export interface LinkListener {
  /** What comes later waits until a packet or a message has been taken. */
  packet(packet: Exclude<Clientbound, { message: unknown }>): Promise<void>;
  message(sender: number, message: RelayMessage): Promise<void>;
  /** The connection ended or could not be made; `reason` is the server's own words, often empty. */
  lost(reason: string): void;
  /** A message was larger than the server takes, and was not sent. */
  tooLarge(message: RelayMessage): void;
  /** All that was relayed before `confirm` was asked for this has reached the server. */
  passed(line: string): void;
  /** A packet or a message was not understood, or could not be opened (E3, M5). */
  ignored(): void;
}

/** The events that tell that the machine may have slept, or changed its network. */
const wakes = ["online", "pageshow", "visibilitychange", "resume"];
/** Tells of another network, where a browser does; also, from time to time, of its speed. */
const network =
  "connection" in navigator && navigator.connection instanceof EventTarget ? navigator.connection : undefined;

type TimerId = ReturnType<typeof setTimeout> | undefined;

export class SignalingLink {
  /** The message key, which may still be on its way while the connection is made. */
  readonly #key: Promise<CryptoKey>;
  readonly #listener: LinkListener;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retryTimer: TimerId;
  #pingTimer: TimerId;
  #settledTimer: TimerId;
  #watchTimer: TimerId;
  #checkTimer: TimerId;
  #connectTimer: TimerId;
  /** When the connection was begun, in milliseconds. */
  #begun = 0;
  #probed = { number: 0, at: 0 };
  /** How long the last probe took to the server and back, in milliseconds. */
  #roundTrip = 0;
  readonly #watch = new LinkWatch();
  /** Lines to confirm when the probe of a number, or a later probe, comes back. */
  #confirming: (readonly [number, string])[] = [];
  #incoming = new SequentialQueue();
  #outgoing = new SequentialQueue();
  #ownId: number | undefined;
  #hasFeatures = false;
  #messageBytes: number = limits.messageBytes;

  constructor(key: Promise<CryptoKey>, listener: LinkListener) {
    this.#key = key;
    this.#listener = listener;
    for (const wake of wakes) globalThis.addEventListener(wake, this.#wake, true);
    network?.addEventListener("change", this.#wake);
    this.#connect();
  }

  /** Sends a packet, in the order of all else: what comes later waits for one that is being made. */
  send(packet: Serverbound | Promise<Serverbound>): void {
    const socket = this.#socket;
    this.#outgoing.run(async () => {
      const made = await packet;
      // Who has left meanwhile enters no room.
      if (socket === this.#socket) transmit(socket, encodeServerbound(made));
    });
  }

  /**
   * Watches rooms. A server that announces no features forgets one that is watched again, unless the list was empty
   * before.
   */
  watch(rooms: readonly string[]): void {
    if (!this.#hasFeatures) this.send({ watch_rooms: [] });
    this.send({ watch_rooms: [...rooms] });
  }

  /**
   * Seals a message and sends it to one member or, without recipient, to all others. Dropped when the connection is
   * away.
   */
  relay(message: RelayMessage, recipient?: number): void {
    const [socket, sender] = [this.#socket, this.#ownId];
    if (!socket || sender === undefined) return;
    this.#outgoing.run(async () => {
      const sealed = await seal(await this.#key, encodeEnvelopeContent(sender, message));
      const relay = recipient === undefined ? { message: sealed } : { recipient, message: sealed };
      const frame = encodeServerbound({ relay });
      if (frame.length > this.#messageBytes && !("probe" in message)) return this.#listener.tooLarge(message);
      if (socket === this.#socket) this.#watch.sent(frame.length);
      transmit(socket, frame);
    });
  }

  /** Finds out when all that was relayed so far has reached the server; the listener is told. */
  confirm(line: string): void {
    for (const order of this.#watch.probe()) {
      if (order.type === "probe") this.#confirming.push([order.number, line]);
      this.#carryOut(order);
    }
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
    for (const wake of wakes) globalThis.removeEventListener(wake, this.#wake, true);
    network?.removeEventListener("change", this.#wake);
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#forgetSocket();
    this.#outgoing.run(async () => socket?.close(1000));
  }

  /** Finds out soon whether the server is still there. */
  doubt(): void {
    for (const order of this.#watch.doubted()) this.#carryOut(order);
  }

  readonly #wake = ({ type }: Event): void => {
    if (type === "visibilitychange" && document.hidden) return;
    const isChange = type === "online" || type === "change";
    // What failed so far may have failed by the network before.
    if (isChange) this.#attempt = 0;
    // What was begun on the way before may wait for ever.
    const isLate = this.#socket?.readyState === WebSocket.CONNECTING && performance.now() - this.#begun > times.doubt;
    if (this.#socket && isChange && isLate) this.#giveUp(this.#socket);
    if (this.#socket) for (const order of this.#watch.probe()) this.#carryOut(order);
    else if (isChange) this.#connectNow();
  };

  #carryOut(order: LinkOrder): void {
    if (order.type === "probe") {
      this.#probed = { number: order.number, at: performance.now() };
      return this.relay({ probe: { number: order.number } }, this.#ownId);
    }
    const socket = this.#socket;
    if (!socket) return;
    if (order.type === "check") return this.#checkSoon();
    this.#giveUp(socket);
  }

  /** Ends a connection, whose own end may be announced late, if ever. */
  #giveUp(socket: WebSocket): void {
    this.#closed(socket, "");
    socket.close();
  }

  #checkSoon(): void {
    clearTimeout(this.#checkTimer);
    const wait = Math.max(times.doubt, 3 * this.#roundTrip);
    this.#checkTimer = setTimeout(() => this.#check(), wait);
  }

  #check(): void {
    for (const order of this.#watch.checked()) {
      // A way that has worked and is gone is nothing that the server is to blame for: another is tried at once (L8).
      if (this.#watch.hasAnswered) this.#attempt = 0;
      const isFirst = this.#attempt === 0;
      this.#carryOut(order);
      if (isFirst) this.#connectNow();
    }
  }

  #connectNow(): void {
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  #connect(): void {
    this.#retryTimer = undefined;
    const { socket, frames, reason: refusal } = connect();
    this.#socket = socket;
    this.#watch.opened();
    this.#watchTimer = setInterval(() => {
      for (const order of this.#watch.ticked(socket.bufferedAmount)) this.#carryOut(order);
    }, times.probe);
    this.#begun = performance.now();
    if (socket.readyState === WebSocket.CONNECTING) {
      this.#connectTimer = setTimeout(() => this.#giveUp(socket), times.connect);
      socket.addEventListener("open", () => clearTimeout(this.#connectTimer));
    }
    // Tasks that still wait in the queues of an earlier connection stay there.
    this.#incoming = new SequentialQueue();
    this.#outgoing = new SequentialQueue();
    for (const frame of frames) this.#received(socket, frame);
    socket.addEventListener("message", ({ data }) => this.#received(socket, data));
    socket.addEventListener("close", ({ reason }) => this.#closed(socket, reason));
    // Whoever made this link hears of that once it has it.
    if (socket.readyState === WebSocket.CLOSED) queueMicrotask(() => this.#closed(socket, refusal));
  }

  #received(socket: WebSocket, frame: unknown): void {
    if (socket === this.#socket) this.#watch.heard();
    this.#incoming.run(async () => {
      if (socket !== this.#socket) return;
      const packet = ignoringMalformed(() => decodeClientbound(String(frame)));
      if (!packet) return this.#listener.ignored();
      if ("message" in packet) return this.#open(socket, packet.message.sender, packet.message.message);
      if ("init" in packet) {
        // A connection has one id (S3).
        if (this.#ownId !== undefined) return;
        this.#hasFeatures = packet.init.features !== undefined;
        this.#initialized(packet.init.your_id, packet.init.limits?.message_bytes);
      }
      this.#lookWhere(packet);
      await this.#listener.packet(packet);
    });
  }

  /** Takes note of entering and leaving a room: only in a room the server relays, and may be asked. */
  #lookWhere(packet: Clientbound): void {
    if ("client_join" in packet && packet.client_join.id === this.#ownId) {
      for (const order of this.#watch.entered()) this.#carryOut(order);
    } else if ("client_leave" in packet && packet.client_leave.id === this.#ownId) this.#watch.left();
  }

  #initialized(ownId: number, messageBytes: number | undefined): void {
    this.#ownId = ownId;
    this.#messageBytes = messageBytes ?? limits.messageBytes;
    // The pauses do not begin anew at once: a server that closes again and again is asked less and less often.
    this.#settledTimer = setTimeout(() => (this.#attempt = 0), times.settled);
    this.#pingTimer = setInterval(() => this.send({ ping: null }), times.ping);
  }

  async #open(socket: WebSocket, sender: number, envelope: string): Promise<void> {
    try {
      const message = decodeEnvelopeContent(await open(await this.#key, envelope), sender);
      if (socket !== this.#socket) return;
      if (!message) this.#listener.ignored();
      else if (sender === this.#ownId) this.#cameBack(message);
      else await this.#listener.message(sender, message);
    } catch (error) {
      // The sender has not the key, or a client of its own: dropped (E3, M5).
      if (!(error instanceof Unopenable || error instanceof Malformed)) throw error;
      this.#listener.ignored();
    }
  }

  /** Takes a message that the server relayed to this client itself, of which no session hears (L8). */
  #cameBack(message: RelayMessage): void {
    if (!("probe" in message) || !this.#watch.returned(message.probe.number)) return;
    const { number } = message.probe;
    if (number === this.#probed.number) this.#roundTrip = performance.now() - this.#probed.at;
    const passed = this.#confirming.filter(([asked]) => asked <= number);
    this.#confirming = this.#confirming.slice(passed.length);
    for (const [, line] of passed) this.#listener.passed(line);
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
    clearInterval(this.#watchTimer);
    clearTimeout(this.#checkTimer);
    clearTimeout(this.#connectTimer);
    this.#confirming = [];
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
