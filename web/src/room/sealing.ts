// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Stands between the signaling link and the session: seals for each member what is said, and opens what comes. What is
 * said how is decided in `core/pairing.ts` (Y10 to Y13); this has the keys and the timers for that. Loaded with the first
 * other member.
 */

import { largestSealedFrame } from "../core/message-size.ts";
import { Pairing } from "../core/pairing.ts";
import type { PairingOrder, PairTimer } from "../core/pairing-orders.ts";
import type { RelayMessage } from "../core/relay-messages.ts";
import type { SessionOptions } from "../core/view.ts";
import type { SigningKey } from "../crypto/credential.ts";
import { encodeBytes } from "../crypto/encoding.ts";
import { helloNonceBytes, type PairRoom } from "../crypto/pair.ts";
import { SequentialQueue } from "../io/queue.ts";
import type { SignalingLink } from "../io/signaling-link.ts";
import { encoded, MemberKeys, type OwnSide } from "./pair-keys.ts";
import { Timers } from "./timers.ts";

export interface SealingListener {
  /** A member said something; `credential` is what it has proven to be, if it came sealed. */
  message(sender: number, message: RelayMessage, credential?: string): void;
  /** Something that was said to a member has not arrived (Y13). */
  missed(client: number): void;
  /** A member has proven who it is after words were said under its id: it is a newcomer (Y12). */
  begunAnew(client: number): void;
  /** A member could not prove who it is, or something that it said has not arrived (Y11, Y13). */
  warned(client: number, about: Order<"warn">["about"]): void;
  /** A message was larger than the server takes once sealed, and was not sent. */
  tooLarge(message: RelayMessage): void;
}

type Order<T extends PairingOrder["type"]> = Extract<PairingOrder, { type: T }>;
/** What this client is to other members. */
export interface SealingOptions extends Pick<SessionOptions, "instance" | "features"> {
  readonly signingKey: () => Promise<SigningKey>;
}
type Link = Pick<SignalingLink, "relay" | "confirm" | "messageBytes">;

/** One stay in one room, as far as it is about who can read what is said. */
export class Sealing {
  readonly #own: OwnSide;
  readonly #link: Link;
  readonly #listener: SealingListener;
  readonly #pairing: Pairing;
  readonly #keys = new Map<number, MemberKeys>();
  readonly #timers = new Timers<PairTimer>((timer) => void this.#follow(this.#pairing.fired(timer)));
  /** What is sent, in order. Each connection to the server has one of its own: ids mean nothing on another one. */
  #outgoing = new SequentialQueue();
  #unreadable = 0;
  /** The message that was too large last: it is told once, whoever it was for. */
  #refused: RelayMessage | undefined;

  constructor(
    room: PairRoom,
    { instance, features, signingKey }: SealingOptions,
    link: Link,
    listener: SealingListener,
  ) {
    this.#own = { room, instance, features, signingKey };
    this.#link = link;
    this.#listener = listener;
    this.#pairing = new Pairing(features);
  }

  /** Messages that could not be opened, or should not have been said so (E3, Y12). */
  get ignored(): number {
    return this.#pairing.ignored + this.#unreadable;
  }

  /** Says a message to one member or, without recipient, to all others. */
  relay(message: RelayMessage, recipient?: number): void {
    void this.#follow(this.#pairing.said(message, recipient));
  }

  /** Finds out when all that was said so far has reached the server, as the link does. */
  confirm(line: string): void {
    void this.#follow(this.#pairing.asked(line));
  }

  /** Meets a member, before the session speaks to it. */
  joined(client: number): void {
    void this.#follow(this.#pairing.joined(client));
  }

  left(client: number): void {
    void this.#follow(this.#pairing.left(client));
  }

  /** Takes note that the server is away: what was not sent by now, or not heard, never is. */
  lost(): void {
    this.#outgoing = new SequentialQueue();
    void this.#follow(this.#pairing.lost());
  }

  /** Takes a message that the room's key has opened. The next one has to wait until this one has been heard. */
  async heard(client: number, message: RelayMessage): Promise<void> {
    await this.#follow(this.#pairing.heard(client, message));
  }

  // Orders

  /** Carries orders out at once and in order. @returns when what came of them has been followed, too */
  async #follow(orders: readonly PairingOrder[]): Promise<void> {
    const results: Promise<void>[] = [];
    for (const order of orders) {
      if (order.type === "make-pair") results.push(this.#makePair(order));
      else if (order.type === "open-sealed") results.push(this.#open(order));
      else this.#carryOut(order);
    }
    await Promise.all(results);
  }

  #carryOut(order: Exclude<PairingOrder, { type: "make-pair" | "open-sealed" }>): void {
    switch (order.type) {
      case "relay":
        return void this.#send(() => order.message, order.recipient);
      case "say-hello":
        return this.#sayHello(order);
      case "use-pair":
        return this.#keysOf(order.client).use();
      case "drop-pair":
        return this.#keysOf(order.client).drop();
      case "forget-member":
        this.#keys.get(order.client)?.drop();
        this.#keys.delete(order.client);
        return;
      case "seal-for":
        return this.#sealFor(order);
      case "deliver":
        return this.#listener.message(order.client, order.message, order.credential);
      case "say-again":
        return this.#listener.missed(order.client);
      case "begin-anew":
        return this.#listener.begunAnew(order.client);
      case "ask":
        return this.#ask(order.line);
      case "start-timer":
        return this.#timers.start(order.timer, order.ms);
      case "stop-timer":
        return this.#timers.stop(order.timer);
      case "warn":
        return this.#listener.warned(order.client, order.about);
    }
  }

  /** Asks the server once all that was ordered before has been sent. */
  #ask(line: string): void {
    const queue = this.#outgoing;
    queue.run(async () => {
      if (queue === this.#outgoing) this.#link.confirm(line);
    });
  }

  #keysOf(client: number): MemberKeys {
    const known = this.#keys.get(client);
    const keys = known ?? new MemberKeys(this.#own);
    if (!known) this.#keys.set(client, keys);
    return keys;
  }

  /** Sends what is made, once all that was ordered before has been sent. @returns whether there was anything to send */
  #send(
    make: () => RelayMessage | undefined | Promise<RelayMessage | undefined>,
    recipient?: number,
  ): Promise<boolean> {
    const queue = this.#outgoing;
    return new Promise((resolve) => {
      queue.run(async () => {
        let message: RelayMessage | undefined;
        try {
          if (queue === this.#outgoing) message = await make();
          if (message && queue === this.#outgoing) this.#link.relay(message, recipient);
        } finally {
          resolve(message !== undefined);
        }
      });
    });
  }

  #sayHello({ client, answers, is_new: isNew }: Order<"say-hello">): void {
    const [keys, nonce] = [this.#keysOf(client), crypto.getRandomValues(new Uint8Array(helloNonceBytes))];
    void this.#send(() => (isNew ? keys.hello(nonce, answers) : keys.helloAgain(answers)), client);
    if (answers === undefined) void this.#follow(this.#pairing.helloSaid(client, encodeBytes(nonce)));
  }

  async #makePair({ client, hello }: Order<"make-pair">): Promise<void> {
    const [keys, queue] = [this.#keysOf(client), this.#outgoing];
    const making = keys.begin();
    const isMade = await this.#send(() => keys.make(making, hello), client);
    if (!isMade && queue === this.#outgoing) await this.#follow(this.#pairing.failed(client));
  }

  #sealFor({ client, message }: Order<"seal-for">): void {
    const [seal, plaintext] = [this.#keysOf(client).sealer(), encoded(message)];
    // A number that is spent must be sent (Y12).
    if (largestSealedFrame(plaintext.length) <= this.#link.messageBytes) {
      void this.#send(() => seal?.(plaintext), client);
    } else if (message !== this.#refused) {
      this.#refused = message;
      this.#listener.tooLarge(message);
    }
  }

  async #open({ client, message }: Order<"open-sealed">): Promise<void> {
    const queue = this.#outgoing;
    const found = await this.#keysOf(client).open(message);
    if (queue === this.#outgoing) await this.#follow(this.#found(client, found));
  }

  #found(client: number, found: Awaited<ReturnType<MemberKeys["open"]>>): PairingOrder[] {
    if (found.type === "met") return this.#pairing.met(client, found.credential, found.isComplete);
    if (found.type === "failed") return this.#pairing.failed(client);
    if (found.type === "opened" && found.message) return this.#pairing.opened(client, found.message);
    this.#unreadable += 1;
    return found.type === "broken" ? this.#pairing.broken(client) : [];
  }
}
