// SPDX-License-Identifier: AGPL-3.0-only
/** A room of rosters: a server that keeps the order, and members with a pretended cryptography. */

import type { Warning } from "../src/core/pairing-orders.ts";
import type { RelayMessage } from "../src/core/relay-messages.ts";
import { Roster } from "../src/core/roster.ts";
import type { MemberStatement, RosterOrder } from "../src/core/roster-orders.ts";

type Said =
  { readonly hello: { key: string; instance: string } } | { readonly key: string; readonly message: RelayMessage };
type Packet = { readonly join: number } | { readonly leave: number } | { readonly from: number; readonly said: Said };
type Outgoing = "join" | { readonly to: number; readonly said: Said };

const signatureOf = (key: string, instance: string, number: number, name: string): string =>
  `${key} ${instance} ${number} ${name}`;
const isRight = ({ key, instance, number, name, signature }: MemberStatement): boolean =>
  signature === signatureOf(key, instance, number, name);

export class Member {
  readonly key: string;
  readonly instance: string;
  readonly roster: Roster;
  readonly warnings: Warning[] = [];
  name: string;
  /** Whether sound of all others comes in, as long as the server shows them. */
  isTalking = false;
  id = 0;
  hash = "";
  incoming: Packet[] = [];
  outgoing: Outgoing[] = [];
  readonly #room: Room;
  #isRunning = false;
  #sent = new Map<number, number>();
  #arrived = new Map<number, number>();
  /** What waits for each other member; undefined for one that was met. */
  #others = new Map<number, RelayMessage[] | undefined>();

  constructor(room: Room, number: number, name: string) {
    this.#room = room;
    this.key = `key${number}`;
    this.instance = `instance ${number}`;
    this.roster = new Roster(this.instance);
    this.name = name;
    this.connect();
  }

  /** Gets a new id, and forgets all that belonged to the one before. */
  connect(): void {
    this.id = this.#room.enter(this);
    [this.incoming, this.outgoing] = [[], ["join"]];
    [this.#sent, this.#arrived, this.#others] = [new Map(), new Map(), new Map()];
    this.#follow(this.roster.lost());
  }

  say(message: RelayMessage): void {
    for (const client of this.#others.keys()) this.#sayTo(client, message);
  }

  rename(name: string): void {
    this.name = name;
    this.#follow(this.roster.named(name));
    this.say(this.#identify());
  }

  fire(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#follow(this.roster.fired([...(this.isTalking ? this.#others.keys() : [])]));
  }

  /** Takes the next packets of the server. */
  take(count = Infinity): void {
    for (let at = 0; at < count; at++) {
      const packet = this.incoming.shift();
      if (!packet) return;
      if ("join" in packet) this.#meet(packet.join);
      else if ("leave" in packet) this.#forget(packet.leave);
      else if (this.#others.has(packet.from)) this.#hear(packet.from, packet.said);
    }
  }

  #meet(client: number): void {
    this.#follow(this.roster.joined(client));
    this.#others.set(client, []);
    this.outgoing.push({ to: client, said: { hello: { key: this.key, instance: this.instance } } });
    this.#follow(this.roster.named(this.name));
    this.#sayTo(client, this.#identify());
  }

  #forget(client: number): void {
    this.#follow(this.roster.left(client));
    for (const kept of [this.#sent, this.#arrived, this.#others]) kept.delete(client);
  }

  #hear(client: number, said: Said): void {
    if ("hello" in said) {
      const waiting = this.#others.get(client) ?? [];
      this.#others.set(client, undefined);
      this.#follow(this.roster.met(client, said.hello.key, said.hello.instance, true));
      for (const message of waiting) this.#sayTo(client, message);
      return;
    }
    this.#arrived.set(client, (this.#arrived.get(client) ?? 0) + 1);
    this.#follow(this.roster.heard(client, said.message, said.key, this.#arrived));
  }

  #identify(): { identify: { username: string; instance: string } } {
    return { identify: { username: this.name, instance: this.instance } };
  }

  #sayTo(client: number, message: RelayMessage): void {
    const waiting = this.#others.get(client);
    if (waiting) waiting.push(message);
    else if ("identify" in message) this.#follow(this.roster.said(client, message));
    else this.#seal(client, message);
  }

  #seal(client: number, message: RelayMessage): void {
    this.#sent.set(client, (this.#sent.get(client) ?? 0) + 1);
    this.outgoing.push({ to: client, said: { key: this.key, message } });
  }

  #follow(orders: readonly RosterOrder[]): void {
    for (const order of orders) this.#carryOut(order);
  }

  #carryOut(order: RosterOrder): void {
    switch (order.type) {
      case "check-statement": {
        const isSigned = isRight(order.statement) && (!order.other || isRight(order.other));
        return this.#follow(this.roster.checked(order, isSigned));
      }
      case "hash-roster": {
        const own = { key: this.key, instance: this.instance, number: order.number, name: order.name };
        const seen = [own, ...order.statements].map((each) =>
          signatureOf(each.key, each.instance, each.number, each.name),
        );
        this.hash = seen.toSorted().join();
        return this.#follow(this.roster.hashed(order.version, this.hash));
      }
      case "warn":
        this.warnings.push(order);
        return;
      case "start-timer":
      case "stop-timer":
        this.#isRunning = order.type === "start-timer";
        return;
      case "deliver":
        return;
      default:
        return this.#seal(order.client, this.#worded(order));
    }
  }

  #worded(order: Extract<RosterOrder, { type: `say-${string}` | "seal-for" }>): RelayMessage {
    const sign = (number: number, name: string): string => signatureOf(this.key, this.instance, number, name);
    if (order.type === "seal-for") return order.message;
    if (order.type === "say-name") {
      const { identify } = order.message;
      return {
        identify: {
          ...identify,
          statement: { number: order.number, signature: sign(order.number, identify.username) },
        },
      };
    }
    if (order.type === "say-members") {
      const { number, name } = order;
      const own = { id: this.id, key: this.key, instance: this.instance, number, name, signature: sign(number, name) };
      return { roster_members: [own, ...order.statements] };
    }
    const { hash, ids, told } = order;
    return { roster: { hash, ids: [...ids], sent: ids.map((id) => this.#sent.get(id) ?? 0), told: [...told] } };
  }
}

/** An honest server, and whoever is in the room. */
export class Room {
  members: Member[] = [];
  readonly left: Member[] = [];
  /** Whether the server keeps a packet from a client. */
  isWithheld: (client: number, packet: Packet) => boolean = () => false;
  #ids = 100;
  readonly #sockets = new Map<number, Member>();
  #present: number[] = [];
  /** Connections that are dead, of which the server still has something to read. */
  #stale: { readonly id: number; readonly outgoing: Outgoing[] }[] = [];

  join(name: string): Member {
    const member = new Member(this, this.members.length + this.left.length, name);
    this.members.push(member);
    return member;
  }

  enter(member: Member): number {
    this.#ids += 1;
    this.#sockets.set(this.#ids, member);
    return this.#ids;
  }

  leave(member: Member): void {
    this.members = this.members.filter((each) => each !== member);
    this.left.push(member);
    this.#gone(member.id);
  }

  reconnect(member: Member): void {
    this.#stale.push({ id: member.id, outgoing: member.outgoing });
    this.#sockets.delete(member.id);
    member.connect();
  }

  /** Finds a connection that is dead. */
  notice(): void {
    const dead = this.#stale.shift();
    if (dead) this.#gone(dead.id);
  }

  /** Reads packets of one connection, of those that are dead, too. */
  read(number: number, count = Infinity): void {
    const connections = [...this.members, ...this.#stale];
    const connection = connections[number % connections.length];
    for (const packet of connection?.outgoing.splice(0, count) ?? [])
      if (connection) this.#relay(connection.id, packet);
  }

  /** Lets packets go to and fro for all but one, who stands still, or else for all. */
  goOn(still: number): void {
    for (let round = 0; round < 6; round++) {
      for (const at of this.members.keys()) if (at !== still) this.read(at);
      for (const [at, member] of this.members.entries()) if (at !== still) member.take();
    }
  }

  /** Lets all arrive, and pauses pass. */
  passTime(pauses = 24): void {
    while (this.#stale.length > 0) this.notice();
    for (let pause = 0; pause < pauses; pause++) {
      this.goOn(-1);
      for (const member of this.members) member.fire();
    }
    this.goOn(-1);
  }

  #gone(client: number): void {
    this.#sockets.delete(client);
    if (!this.#present.includes(client)) return;
    this.#present = this.#present.filter((each) => each !== client);
    for (const each of this.#present) this.#tell(each, { leave: client });
  }

  #tell(client: number, packet: Packet): void {
    if (!this.isWithheld(client, packet)) this.#sockets.get(client)?.incoming.push(packet);
  }

  #relay(sender: number, packet: Outgoing): void {
    if (packet === "join") {
      for (const each of this.#present) {
        this.#tell(sender, { join: each });
        this.#tell(each, { join: sender });
      }
      this.#present.push(sender);
    } else if (this.#present.includes(packet.to) && this.#present.includes(sender)) {
      this.#tell(packet.to, { from: sender, said: packet.said });
    }
  }
}
