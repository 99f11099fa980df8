// SPDX-License-Identifier: AGPL-3.0-only
/** Members that make a code, over a network that passes on in any order: what holds whatever the order is (Y20 to Y22). */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PairTimer } from "../src/core/pairing-orders.ts";
import { RoomCode } from "../src/core/room-code.ts";
import type { CodeMember, CodeMessage, RoomCodeOrder, ShowCode } from "../src/core/room-code-orders.ts";

const commitmentOf = (member: CodeMember, nonce: string): string => `commitment ${member.key} ${nonce}`;
const memberOf = (id: number): CodeMember => ({ key: `key ${id}`, instance: `i${id}`, number: 0, statement: `s${id}` });

/** A member, with what stands for its cryptography. */
class Member {
  readonly machine = new RoomCode();
  readonly timers = new Map<string, PairTimer>();
  readonly heard = new Set<number>();
  last: ShowCode | undefined;

  constructor(
    readonly id: number,
    readonly send: (from: Member, to: number, message: CodeMessage) => void,
  ) {}

  follow(orders: readonly RoomCodeOrder[]): void {
    const waiting = [...orders];
    for (let order = waiting.shift(); order; order = waiting.shift()) waiting.push(...this.carryOut(order));
  }

  carryOut(order: RoomCodeOrder): RoomCodeOrder[] {
    const { machine } = this;
    switch (order.type) {
      case "say-of-code":
        for (const client of order.clients) this.send(this, client, order.message);
        return [];
      case "show-code":
        this.last = order;
        return [];
      case "start-timer":
        this.timers.set(`${order.timer.name} ${order.timer.of}`, order.timer);
        return [];
      case "stop-timer":
        this.timers.delete(`${order.timer.name} ${order.timer.of}`);
        return [];
      case "commit": {
        const nonce = `nonce of ${this.id} for ${order.run}`;
        return machine.committed(order.run, commitmentOf(memberOf(this.id), nonce), nonce);
      }
      case "check-nonce": {
        const member = order.members[order.at];
        const fits = member !== undefined && commitmentOf(member, order.nonce) === order.commitment;
        return machine.checked(order.run, order.client, fits);
      }
      case "make-code":
        return machine.made(order.run, JSON.stringify([order.run, ...order.nonces.toSorted()]));
    }
  }

  fire(): void {
    for (const [key, timer] of this.timers) {
      this.timers.delete(key);
      this.follow(this.machine.fired(timer, `again ${this.id}`));
    }
  }
}

/** A room, and what is on its way: each pair's words keep their order, and no others do. */
class Room {
  readonly members: Member[];
  readonly queues = new Map<string, { from: number; to: number; messages: CodeMessage[] }>();

  /** @param changed what is said instead of a message, to a member */
  constructor(
    size: number,
    changed: (from: number, to: number, message: CodeMessage) => CodeMessage = (_, __, it) => it,
  ) {
    const send = (from: Member, to: number, message: CodeMessage): void => {
      const others = this.members.length - 1;
      if ("code_nonce" in message) expect(from.heard.size).toBe(others);
      const key = `${from.id} ${to}`;
      const queue = this.queues.get(key) ?? { from: from.id, to, messages: [] };
      queue.messages.push(changed(from.id, to, message));
      this.queues.set(key, queue);
    };
    this.members = Array.from({ length: size }, (_, at) => new Member(at + 1, send));
    for (const member of this.members) {
      member.follow(member.machine.named(memberOf(member.id)));
      for (const { id } of this.members) if (id !== member.id) member.machine.entered(id, memberOf(id));
    }
  }

  drain(order: readonly number[]): void {
    for (let at = 0; ; at++) {
      const waiting = [...this.queues.values()].filter(({ messages }) => messages.length > 0);
      const queue = waiting[(order[at] ?? 0) % waiting.length];
      const message = queue?.messages.shift();
      const receiver = this.members.find(({ id }) => id === queue?.to);
      if (!queue || !message || !receiver) return;
      if ("code_commitment" in message) receiver.heard.add(queue.from);
      receiver.follow(receiver.machine.heard(queue.from, message));
    }
  }
}

const orders = fc.array(fc.nat(1000), { maxLength: 150 });

describe("a run, whatever the order in which words come", () => {
  test("honest members have the same code, and nobody says a nonce before all have committed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), orders, (size, order) => {
        const room = new Room(size);
        const [first] = room.members;
        first?.follow(first.machine.started("run"));
        room.drain(order);
        expect(new Set(room.members.map(({ last }) => last?.code)).size).toBe(1);
        expect(room.members.map(({ last }) => last?.status)).toEqual(room.members.map(() => "code"));
      }),
    );
  });

  test("who says another nonce, or commits to another one, for some never leads all to one code", () => {
    fc.assert(
      fc.property(orders, fc.boolean(), fc.integer({ min: 2, max: 3 }), (order, isBound, fooled) => {
        const room = new Room(3, (from, to, message) => {
          if (from !== 1 || to !== fooled) return message;
          if ("code_nonce" in message) return { code_nonce: { ...message.code_nonce, nonce: "other" } };
          if (!isBound || !("code_commitment" in message)) return message;
          return { code_commitment: { ...message.code_commitment, commitment: commitmentOf(memberOf(1), "other") } };
        });
        const starter = room.members[2];
        starter?.follow(starter.machine.started("run"));
        room.drain(order);
        for (const member of room.members) member.fire();
        const codes = room.members.slice(1).map(({ last }) => (last?.status === "code" ? last.code : undefined));
        expect(codes[0] === undefined || codes[0] !== codes[1]).toBe(true);
        if (!isBound) expect(room.members.some(({ last }) => last?.why === "false")).toBe(true);
      }),
    );
  });
});
