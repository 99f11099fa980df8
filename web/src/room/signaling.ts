// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The way to the members of a room: the link to the server, and what seals for each of them, which is loaded with the
 * first other one. Until then there is nobody to talk to.
 */

import type { Clientbound } from "../core/packets.ts";
import type { RelayMessage } from "../core/relay-messages.ts";
import type { RoomKeys } from "../crypto/room-keys.ts";
import { Late, persistently } from "../io/late.ts";
import { type LinkListener, SignalingLink } from "../io/signaling-link.ts";
import type { Sealing, SealingListener, SealingOptions } from "./sealing.ts";

export interface SignalingListener extends SealingListener, Omit<LinkListener, "packet" | "message"> {
  /** What the server said. */
  packet(packet: Exclude<Clientbound, { message: unknown }>): void;
}

interface SignalingOptions extends SealingOptions {
  /** Loads what else has to be there before another member is met. */
  readonly prepare: () => Promise<void>;
}

export class Signaling {
  readonly #keys: RoomKeys;
  readonly #link: SignalingLink;
  readonly #sealing: Late<Sealing>;
  readonly #listener: SignalingListener;
  /** Counts connections to the server: ids of one mean nothing on the next. */
  #connection = 0;
  #ignored = 0;

  /** Connects at once: a room is only entered once its keys are there, or will be soon. */
  constructor(keys: RoomKeys, options: SignalingOptions, listener: SignalingListener) {
    this.#keys = keys;
    this.#listener = listener;
    this.#sealing = new Late(async () => {
      const [module] = await Promise.all([persistently(() => import("./sealing.ts")), options.prepare()]);
      const [{ bytes: messageKey }, roomHash] = await Promise.all([keys.message, keys.hash]);
      return new module.Sealing({ messageKey, roomHash }, options, this.#link, listener);
    });
    const messageKey = keys.message.then(({ key }) => key);
    this.#link = new SignalingLink(messageKey, {
      packet: (packet) => this.#packet(packet),
      message: (sender, message) => this.#message(sender, message),
      lost: (reason) => {
        this.#forget();
        listener.lost(reason);
      },
      tooLarge: (message) => listener.tooLarge(message),
      passed: (line) => listener.passed(line),
      ignored: () => this.#ignore(),
    });
  }

  /** Messages and packets that nobody understood, could open or should have said so (E3, M5, Y12). */
  get ignored(): number {
    return this.#ignored + (this.#sealing.loaded?.ignored ?? 0);
  }

  /** The largest frame that the server takes, in bytes. */
  get messageBytes(): number {
    return this.#link.messageBytes;
  }

  /** Enters the room. */
  join(): void {
    this.#link.send(this.#keys.entry.then((hash) => ({ join: { hash } })));
  }

  watch(rooms: readonly string[]): void {
    this.#link.watch(rooms);
  }

  /** Says a message to one member or, without recipient, to all others. */
  relay(message: RelayMessage, recipient?: number): void {
    this.#sealing.loaded?.relay(message, recipient);
  }

  /** Finds out when all that was relayed so far has reached the server; the listener is told. */
  confirm(line: string): void {
    (this.#sealing.loaded ?? this.#link).confirm(line);
  }

  /** Finds out soon whether the server is still there: the way to a peer is in doubt (L8). */
  doubt(): void {
    this.#link.doubt();
  }

  /** Ends the connection for good, once all that was relayed has been sent (L9). */
  async close(): Promise<void> {
    await this.#sealing.loaded?.allSent();
    this.#link.close();
    this.#forget();
  }

  #forget(): void {
    this.#connection += 1;
    this.#sealing.loaded?.lost();
  }

  /** Takes a packet of the server: who joins is met before the session speaks to it. */
  async #packet(packet: Parameters<SignalingListener["packet"]>[0]): Promise<void> {
    if ("client_join" in packet && packet.client_join.id !== this.#link.ownId) {
      const connection = this.#connection;
      const sealing = await this.#sealing.load();
      if (connection !== this.#connection) return;
      sealing.joined(packet.client_join.id);
    }
    if ("client_leave" in packet) this.#sealing.loaded?.left(packet.client_leave.id);
    this.#listener.packet(packet);
  }

  async #message(sender: number, message: RelayMessage): Promise<void> {
    const sealing = this.#sealing.loaded;
    if (!sealing) return this.#ignore();
    await sealing.heard(sender, message);
    this.#listener.ignored();
  }

  #ignore(): void {
    this.#ignored += 1;
    this.#listener.ignored();
  }
}
