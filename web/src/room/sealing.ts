// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Stands between the signaling link and the session: seals for each member what is said, and opens what comes. What is
 * said how is decided in `core/pairing.ts` (Y10 to Y13), and what names members go by is compared in `core/roster.ts` (Y15
 * to Y18); this has the keys and the timers for that. Loaded with the first other member.
 */

import type { SessionEvent } from "../core/events.ts";
import { largestSealedFrame } from "../core/message-size.ts";
import { Pairing } from "../core/pairing.ts";
import type { PairingOrder, PairTimer, Warning } from "../core/pairing-orders.ts";
import type { RelayMessage } from "../core/relay-messages.ts";
import type { CodeMessage } from "../core/room-code-orders.ts";
import { Roster } from "../core/roster.ts";
import type { CheckStatement, RosterOrder } from "../core/roster-orders.ts";
import type { SessionOptions } from "../core/view.ts";
import type { SigningKey } from "../crypto/credential.ts";
import { encodeBytes } from "../crypto/encoding.ts";
import { helloNonceBytes, type PairRoom } from "../crypto/pair.ts";
import { SequentialQueue } from "../io/queue.ts";
import type { SignalingLink } from "../io/signaling-link.ts";
import { encoded, MemberKeys, type OwnSide } from "./pair-keys.ts";
import { RoomCodes } from "./room-codes.ts";
import { Statements } from "./statements.ts";
import { Timers } from "./timers.ts";

/** What a comparison with others has found. */
export interface Comparison {
  readonly about: "contradicts" | "withheld" | "unheard";
  readonly names: readonly string[];
}

export interface SealingListener {
  /** A member said something, has proven who it is, or has not heard everything. */
  happened(event: Extract<SessionEvent, { type: "message-relayed" | "missed" | "begun-anew" | "introduced" }>): void;
  /** A member could not prove who it is, or something that it said has not arrived (Y11, Y13). */
  warned(client: number | undefined, about: "unproven" | "missed"): void;
  /** Members see different things (Y18). @param client whom that is about, and the witness; undefined for nobody */
  compared(what: Comparison, client: number | undefined, witness: number | undefined): void;
  /** A message was larger than the server takes once sealed, and was not sent. */
  tooLarge(message: RelayMessage): void;
}

type Order<T extends (PairingOrder | RosterOrder)["type"]> = Extract<PairingOrder | RosterOrder, { type: T }>;
/** Who this client is. */
export interface OwnIdentity {
  readonly signingKey: SigningKey;
  /** Takes what makes codes of the room, to show them to the person. */
  takeCodes(codes: RoomCodes): void;
}
/** Tells whether the direct way to a member brings something (N15). */
export type IsHeard = (client: number) => boolean | undefined;
/** What this client is to other members. */
export interface SealingOptions extends Pick<SessionOptions, "instance" | "features"> {
  readonly identity: () => Promise<OwnIdentity>;
  readonly isHeard: IsHeard;
}
type Link = Pick<SignalingLink, "relay" | "confirm" | "messageBytes" | "ownId">;

/** One stay in one room, as far as it is about who can read what is said. */
export class Sealing {
  readonly #codes: RoomCodes;
  readonly #own: OwnSide;
  readonly #link: Link;
  readonly #listener: SealingListener;
  readonly #pairing: Pairing;
  readonly #roster: Roster;
  readonly #statements: Statements;
  readonly #keys = new Map<number, MemberKeys>();
  readonly #timers = new Timers<PairTimer>((timer) => this.#fired(timer));
  readonly #isHeard: IsHeard;
  /** What is sent, in order. Each connection to the server has one of its own: ids mean nothing on another one. */
  #outgoing = new SequentialQueue();
  #unreadable = 0;
  /** The kinds of tracks that are requested as soon as they are offered, as they were said last (M10). */
  #wants: string[] | undefined;
  /** The message that was too large last: it is told once, whoever it was for. */
  #refused: RelayMessage | undefined;

  constructor(room: PairRoom, options: SealingOptions, link: Link, listener: SealingListener) {
    const { instance, features, identity } = options;
    this.#own = { room, instance, features, signingKey: async () => (await identity()).signingKey };
    this.#isHeard = options.isHeard;
    this.#link = link;
    this.#listener = listener;
    this.#pairing = new Pairing(features);
    this.#roster = new Roster(instance);
    this.#statements = new Statements(this.#own);
    this.#codes = new RoomCodes(this.#own, {
      say: (client, message) => void this.#follow(this.#pairing.said(message, client)),
      time: (order) => this.#tell(order),
    });
    identity().then((each) => each.takeCodes(this.#codes), reportError);
  }

  /** Messages that could not be opened, or should not have been said so (E3, Y12). */
  get ignored(): number {
    return this.#pairing.ignored + this.#roster.ignored + this.#codes.ignored + this.#unreadable;
  }

  /** Says a message to one member or, without recipient, to all others. */
  relay(message: RelayMessage, recipient?: number): void {
    if ("identify" in message) {
      this.#wants = message.identify.wants;
      void this.#compare(this.#roster.named(message.identify.username));
      this.#codes.named(this.#roster.own());
    }
    void this.#follow(this.#pairing.said(message, recipient));
  }

  /** Finds out when all that was said so far has reached the server, as the link does. */
  confirm(line: string): void {
    void this.#follow(this.#pairing.asked(line));
  }

  /** Waits until all that was ordered has been handed to the link. */
  async allSent(): Promise<void> {
    await this.#send(() => undefined);
  }

  /** Meets a member, before the session speaks to it. */
  joined(client: number): void {
    void this.#compare(this.#roster.joined(client));
    void this.#follow(this.#pairing.joined(client));
  }

  left(client: number): void {
    void this.#compare(this.#roster.left(client));
    this.#codes.left(client);
    void this.#follow(this.#pairing.left(client));
  }

  /** Takes note that the server is away: what was not sent by now, or not heard, never is. */
  lost(): void {
    this.#outgoing = new SequentialQueue();
    void this.#compare(this.#roster.lost());
    this.#codes.lost();
    void this.#follow(this.#pairing.lost());
  }

  /** Takes a message that the room's key has opened. The next one has to wait until this one has been heard. */
  async heard(client: number, message: RelayMessage): Promise<void> {
    await this.#follow(this.#pairing.heard(client, message));
  }

  // Orders of the pairing

  /** Carries orders out at once and in order. @returns when what came of them has been followed, too */
  async #follow(orders: readonly PairingOrder[]): Promise<void> {
    const results: Promise<void>[] = [];
    for (const order of orders) {
      const { type } = order;
      if (type === "make-pair") results.push(this.#makePair(order));
      else if (type === "open-sealed") results.push(this.#open(order));
      else if (type === "deliver" && order.credential !== undefined) {
        const { client, message, credential } = order;
        const arrived = new Map([...this.#keys].map(([id, keys]) => [id, keys.arrived]));
        results.push(this.#compare(this.#roster.heard(client, message, credential, arrived)));
      } else this.#carryOut(order);
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
      case "meet":
        return void this.#compare(this.#roster.met(order.client, order.credential, order.instance, order.is_complete));
      case "seal-for":
        if (!("identify" in order.message)) return this.#sealFor(order);
        return void this.#compare(this.#roster.said(order.client, order.message));
      case "say-again":
        return this.#listener.happened({ type: "missed", client: order.client });
      case "begin-anew":
        return this.#listener.happened({ type: "begun-anew", client: order.client });
      case "introduce":
        return this.#listener.happened({ ...order, type: "introduced" });
      case "ask":
        return this.#ask(order.line);
      default:
        return this.#tell(order);
    }
  }

  #tell(order: Order<"deliver" | "warn" | "start-timer" | "stop-timer">): void {
    switch (order.type) {
      case "deliver": {
        const { client: sender, message, credential } = order;
        return this.#listener.happened({ type: "message-relayed", sender, message, credential });
      }
      case "warn":
        return this.#warn(order);
      case "start-timer":
        return this.#timers.start(order.timer, order.ms);
      case "stop-timer":
        return this.#timers.stop(order.timer);
    }
  }

  #warn({ about, client, names = [], witness }: Warning): void {
    if (about === "unproven" || about === "missed") this.#listener.warned(client, about);
    else this.#listener.compared({ about, names }, client, witness);
    if (about === "contradicts" && client !== undefined) this.#codes.contradicts(client);
  }

  #fired(timer: PairTimer): void {
    if (timer.name === "code" || timer.name === "code-rest") return this.#codes.fired(timer);
    if (timer.name !== "roster") return void this.#follow(this.#pairing.fired(timer));
    void this.#compare(this.#roster.fired([...this.#keys.keys()].filter((client) => this.#isHeard(client))));
  }

  // Orders of the roster

  /** Carries orders out at once and in order. @returns when what came of them has been followed, too */
  async #compare(orders: readonly RosterOrder[]): Promise<void> {
    const results: Promise<void>[] = [];
    for (const order of orders) {
      if (order.type === "check-statement") results.push(this.#check(order));
      else if (order.type === "hash-roster") results.push(this.#hash(order));
      else if (order.type === "say-members") results.push(this.#sayMembers(order));
      else if (order.type === "deliver") results.push(this.#deliver(order));
      else this.#answer(order);
    }
    await Promise.all(results);
  }

  /** Lets the code of the room know what is said for it, and who is called what. */
  async #deliver(order: Order<"deliver">): Promise<void> {
    const { client, message, credential } = order;
    if (isOfCode(message)) return this.#codes.heard(client, message);
    this.#tell(order);
    if ("identify" in message && credential !== undefined) await this.#codes.identified(client, message, credential);
  }

  #answer(order: Exclude<RosterOrder, { type: "check-statement" | "hash-roster" | "say-members" }>): void {
    switch (order.type) {
      case "say-name":
        return this.#sayName(order);
      case "say-roster":
        return this.#sayRoster(order);
      case "seal-for":
        return "identify" in order.message ? this.#sealFor(order) : this.relay(order.message, order.client);
      default:
        return this.#tell(order);
    }
  }

  async #check(check: CheckStatement): Promise<void> {
    const queue = this.#outgoing;
    const statements = check.other ? [check.statement, check.other] : [check.statement];
    const found = await Promise.all(statements.map((each) => this.#statements.isSigned(each)));
    if (queue === this.#outgoing) await this.#compare(this.#roster.checked(check, found.every(Boolean)));
  }

  async #hash({ version, statements, ...own }: Order<"hash-roster">): Promise<void> {
    const hash = await this.#statements.roster(own, statements);
    await this.#compare(this.#roster.hashed(version, hash));
  }

  /** Seals an identify that is signed first, in the order of all else. */
  #sayName({ client, message: { identify }, number }: Order<"say-name">): void {
    const seal = this.#keysOf(client).sealer();
    void this.#send(async () => {
      const signature = await this.#statements.sign({ number, name: identify.username });
      return seal?.(encoded({ identify: { ...identify, statement: { number, signature } } }));
    }, client);
  }

  /** Says a roster, as all else is said: while new keys are not proven it waits (Y11). */
  #sayRoster({ client, hash, ids, told }: Order<"say-roster">): void {
    const sent = ids.map((id) => this.#keys.get(id)?.sent ?? 0);
    this.relay({ roster: { hash, ids: [...ids], sent, told: [...told] } }, client);
  }

  async #sayMembers(order: Order<"say-members">): Promise<void> {
    const [queue, id] = [this.#outgoing, this.#link.ownId];
    const own = id !== undefined && (await this.#statements.own(id, order));
    if (own && queue === this.#outgoing) this.relay({ roster_members: [own, ...order.statements] }, order.client);
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
    const isMade = await this.#send(() => keys.make(making, hello, this.#wants), client);
    if (!isMade && queue === this.#outgoing) await this.#follow(this.#pairing.failed(client));
  }

  #sealFor({ client, message }: Order<"seal-for">): void {
    const [seal, plaintext] = [this.#keysOf(client).sealer(), encoded(message)];
    // A number that is spent must be sent (Y12).
    if (largestSealedFrame(plaintext.length) <= this.#link.messageBytes) {
      void this.#send(() => seal?.(plaintext), client);
    } else if (message !== this.#refused && !("roster" in message || "roster_members" in message)) {
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
    if (found.type === "met") {
      return this.#pairing.met(client, found.credential, found.isComplete, found.wants);
    }
    if (found.type === "failed") return this.#pairing.failed(client);
    if (found.type === "opened" && found.message) return this.#pairing.opened(client, found.message);
    this.#unreadable += 1;
    return found.type === "broken" ? this.#pairing.broken(client) : [];
  }
}

const isOfCode = (message: RelayMessage): message is CodeMessage =>
  "code_run" in message || "code_commitment" in message || "code_nonce" in message || "code_end" in message;
