// SPDX-License-Identifier: AGPL-3.0-only
/**
 * A small world for session cores: a server, engines that behave as RTCPeerConnection does, and a scheduler that lets
 * things happen in any order that the network allows. Nothing in it knows how a session decides.
 */

import { makeCompany } from "../src/core/company.ts";
import type { SessionEffect } from "../src/core/effects.ts";
import type { EngineEffect } from "../src/core/negotiation-effects.ts";
import type { PeerKey, SessionEvent, Timer } from "../src/core/events.ts";
import type { NegotiationEvent } from "../src/core/negotiation.ts";
import type { RelayMessage } from "../src/core/relay-messages.ts";
import { Session } from "../src/core/session.ts";

/** A peer connection: which streams it sends, and which arrived, as far as descriptions have told. */
export class Engine {
  static #origins = 0;
  readonly origin = `${++Engine.#origins}`;
  readonly sending = new Set<string>();
  receiving = new Set<string>();
  remoteOrigin = "";
  isClosed = false;
  signaling: "stable" | "have-local-offer" | "have-remote-offer" = "stable";
  #negotiated = "";
  #offered = "";
  #version = 0;
  #isNeeded = false;
  #operations: EngineEffect[] = [];
  readonly #report: (event: NegotiationEvent) => void;

  constructor(report: (event: NegotiationEvent) => void) {
    this.#report = report;
  }

  order(effect: EngineEffect): void {
    if (effect.type !== "add-candidate") this.#operations.push(effect);
  }

  touch(): void {
    this.#isNeeded = true;
  }

  get isBusy(): boolean {
    return !this.isClosed && (this.#operations.length > 0 || this.#wantsOffer);
  }

  get #wantsOffer(): boolean {
    return this.#isNeeded && this.signaling === "stable" && this.#content() !== this.#negotiated;
  }

  /** Does the next thing that an engine does by itself. */
  step(): void {
    const operation = this.#operations.shift();
    if (operation) return this.#report(this.#carryOut(operation));
    this.#isNeeded = false;
    this.#report({ type: "negotiation-needed" });
  }

  #carryOut(operation: EngineEffect): NegotiationEvent {
    if (operation.type === "set-local-description") return this.#describe();
    if (operation.type === "set-remote-description") return this.#take(operation.description);
    if (this.signaling === "stable") throw new Error("nothing to roll back");
    this.#settle();
    return { type: "rolled-back" };
  }

  #describe(): NegotiationEvent {
    const content = this.#content();
    const sdp = `v=0\no=- ${this.origin} ${++this.#version} IN IP4 0.0.0.0\n${content}`;
    if (this.signaling === "have-remote-offer") {
      this.#settle();
      return { type: "local-description-set", description: { type: "answer", sdp } };
    }
    if (this.signaling !== "stable") throw new Error("an offer while one is out");
    this.signaling = "have-local-offer";
    this.#offered = content;
    return { type: "local-description-set", description: { type: "offer", sdp } };
  }

  #take({ type, sdp }: { type: "offer" | "answer"; sdp: string }): NegotiationEvent {
    const [, origin = "", content = ""] = /^v=0\no=- (\d+) \d+ IN IP4 0.0.0.0\n(.*)$/.exec(sdp) ?? [];
    if (origin === "") return { type: "operation-failed", signaling: this.signaling };
    this.remoteOrigin = origin;
    if (type === "answer") {
      this.#negotiated = this.#offered;
      this.#settle();
      return { type: "remote-description-set" };
    }
    this.receiving = new Set(content.split(",").filter(Boolean));
    this.signaling = "have-remote-offer";
    return { type: "remote-description-set" };
  }

  #settle(): void {
    this.signaling = "stable";
    this.#isNeeded = true;
  }

  #content(): string {
    return [...this.sending].toSorted().join(",");
  }
}

export class Client {
  readonly session: Session;
  readonly engines = new Map<PeerKey, Engine>();
  readonly announcements: string[] = [];
  /** By what they are for and about whom: `away 1`. */
  readonly timers = new Map<string, Timer>();
  /** Orders that this world only keeps. */
  readonly others: SessionEffect[] = [];
  /** The server's name for this client while it is connected. */
  id: number | undefined;
  readonly #world: World;
  /** What this client has proven to be, as far as members know such things. */
  readonly credential: string | undefined;

  constructor(world: World, name: string, instance: string | undefined) {
    this.#world = world;
    this.credential = instance === undefined ? undefined : `key of ${name}`;
    const identity = instance === undefined ? {} : { instance };
    this.session = new Session(
      {
        username: name,
        features: [],
        wants: ["audio"],
        ...(identity as { instance: string }),
      },
      makeCompany,
    );
  }

  tell(event: SessionEvent): void {
    for (const effect of this.session.handle(event)) this.#carryOut(effect);
  }

  /** What arrived from everybody whose connection still has two ends. */
  receives(): string[] {
    return [...this.engines.values()].flatMap((engine) =>
      this.#world.isConnected(engine) ? [...engine.receiving] : [],
    );
  }

  #carryOut(effect: SessionEffect): void {
    switch (effect.type) {
      case "join":
        return this.#world.toServer(this, () => this.#world.join(this));
      case "relay":
        return this.#world.toServer(this, (from) => this.#world.relay(from, effect.recipient, effect.message));
      case "open-connection":
        this.#close(effect.peer);
        this.engines.set(
          effect.peer,
          new Engine((event) => this.tell({ type: "negotiation", peer: effect.peer, event })),
        );
        return;
      case "close-connection":
        return this.#close(effect.peer);
      case "engine":
        return this.engines.get(effect.peer)?.order(effect.effect);
      case "restart-ice":
        return this.engines.get(effect.peer)?.touch();
      case "attach":
        this.engines.get(effect.peer)?.sending.add(effect.id);
        return this.engines.get(effect.peer)?.touch();
      case "detach":
        this.engines.get(effect.peer)?.sending.delete(effect.id);
        return this.engines.get(effect.peer)?.touch();
      case "start-timer":
        this.timers.set(`${effect.timer.name} ${effect.timer.of}`, effect.timer);
        return;
      case "stop-timer":
        this.timers.delete(`${effect.timer.name} ${effect.timer.of}`);
        return;
      case "send-file":
      case "stop-file":
      case "expect-file":
      case "give-up-file":
      case "take-preview":
      case "show-chat":
      case "show-line":
      case "show-room-count":
        this.others.push(effect);
        return;
      case "confirm":
        return this.#world.toServer(this, (from) => this.#world.confirm(from, effect.line));
      case "peer-joined":
      case "peer-left":
        this.announcements.push(`${effect.username} ${effect.type === "peer-left" ? "left" : "joined"}`);
        return;
      default:
      // Permissions and facts, of which this world keeps nothing.
    }
  }

  #close(peer: PeerKey): void {
    const engine = this.engines.get(peer);
    if (engine) engine.isClosed = true;
    this.engines.delete(peer);
  }
}

type Delivery = () => void;

export class World {
  readonly clients: Client[] = [];
  readonly #members = new Map<number, Client>();
  /** What is under way, in order, in each direction of each connection. */
  readonly #up = new Map<number, Delivery[]>();
  readonly #down = new Map<number, Delivery[]>();
  readonly #random: (below: number) => number;
  #nextId = 1;

  /** @param random a whole number from 0 up to below its argument */
  constructor(random: (below: number) => number) {
    this.#random = random;
  }

  add(name: string, instance?: string): Client {
    const client = new Client(this, name, instance);
    this.clients.push(client);
    this.connect(client);
    return client;
  }

  connect(client: Client): void {
    const id = this.#nextId++;
    client.id = id;
    this.#up.set(id, []);
    this.#down.set(id, []);
    this.#send(client, { init: { your_id: id, version: "world" } });
  }

  /** The connection ends: what was under way in it is lost. The server may hear of it later. */
  cut(client: Client, isServerTold = true): void {
    const { id } = client;
    if (id === undefined) return;
    this.#up.delete(id);
    this.#down.delete(id);
    client.id = undefined;
    client.tell({ type: "link-lost" });
    if (isServerTold) this.reportGone(id);
  }

  reportGone(id: number): void {
    if (!this.#members.delete(id)) return;
    for (const other of this.#members.values()) this.#send(other, { client_leave: { id } });
  }

  /** A server that is killed and started again knows nobody. */
  restart(): void {
    this.#members.clear();
    const connected = this.clients.filter(({ id }) => id !== undefined);
    for (const client of connected) this.cut(client);
    for (const client of connected) this.connect(client);
  }

  toServer(client: Client, delivery: (from: number) => void): void {
    const { id } = client;
    if (id !== undefined) this.#up.get(id)?.push(() => delivery(id));
  }

  join(client: Client): void {
    const { id } = client;
    if (id === undefined) return;
    const others = [...this.#members];
    this.#members.set(id, client);
    this.#send(client, { client_join: { id } });
    for (const [otherId, other] of others) {
      this.#send(client, { client_join: { id: otherId } });
      this.#send(other, { client_join: { id } });
    }
  }

  /** Relays as it came sealed: each message with what its sender has proven to be. */
  relay(from: number, recipient: number | undefined, message: RelayMessage): void {
    const credential = this.#members.get(from)?.credential;
    const proven = credential === undefined ? {} : { credential };
    for (const [id, member] of this.#members) {
      if (id !== from && (recipient === undefined || recipient === id)) {
        this.#down.get(id)?.push(() => member.tell({ type: "message-relayed", sender: from, message, ...proven }));
      }
    }
  }

  /** What a probe behind everything that was said finds out. */
  confirm(from: number, line: string): void {
    const member = this.#members.get(from);
    this.#down.get(from)?.push(() => member?.tell({ type: "confirmed", line }));
  }

  isConnected(engine: Engine): boolean {
    const other = this.#engines().find(({ origin }) => origin === engine.remoteOrigin);
    return !engine.isClosed && other !== undefined && !other.isClosed && other.remoteOrigin === engine.origin;
  }

  /** Lets `steps` things happen, or everything that can. */
  run(steps = Infinity): void {
    for (let step = 0; step < steps; step++) {
      const possible = this.#possible();
      if (possible.length === 0) return;
      if (step > 20_000) throw new Error("the world does not come to rest");
      possible[this.#random(possible.length)]?.();
      this.#reportConnections();
    }
  }

  #possible(): Delivery[] {
    const queues = [...this.#up.values(), ...this.#down.values()].filter((queue) => queue.length > 0);
    return [
      ...queues.map((queue) => () => queue.shift()?.()),
      ...this.#engines()
        .filter(({ isBusy }) => isBusy)
        .map((engine) => () => engine.step()),
    ];
  }

  #reportConnections(): void {
    for (const client of this.clients) {
      for (const [peer, engine] of client.engines) {
        if (this.isConnected(engine)) client.tell({ type: "connection-state-changed", peer, state: "connected" });
      }
    }
  }

  #engines(): Engine[] {
    return this.clients.flatMap(({ engines }) => [...engines.values()]);
  }

  #send(client: Client, packet: Extract<SessionEvent, { type: "packet-received" }>["packet"]): void {
    const { id } = client;
    if (id !== undefined) this.#down.get(id)?.push(() => client.tell({ type: "packet-received", packet }));
  }
}
