// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Which member is spoken to under which keys: in the open, or sealed with the keys of a pair (Y10 to Y13). This stands
 * between a session and its signaling: a session says what it has to say, and this decides how it is said, and what of
 * what comes is heard. It owns no key, no clock and no socket.
 */

import { limits, times } from "./limits.ts";
import { isOfLine, isWaitedFor, type Member, newMember } from "./pairing-member.ts";
import type { Identify, PairingOrder, PairTimer } from "./pairing-orders.ts";
import type { RelayMessage } from "./relay-messages.ts";

/** A pair has keys when both ends announce both. */
const sealingFeatures = ["identity-1", "sealed-1"];

const signingFeature = "roster-1";

/** The members of a room, and how each is spoken to. */
export class Pairing {
  /** Messages that nobody should have said so (E3, M5, Y12). */
  ignored = 0;
  readonly #isAble: boolean;
  readonly #signs: boolean;
  readonly #members = new Map<number, Member>();
  #isRenewing = false;
  #asked: string[] = [];
  #orders: PairingOrder[] = [];

  constructor(features: readonly string[]) {
    this.#isAble = isAnnounced(features);
    this.#signs = features.includes(signingFeature);
  }

  // Who is there

  /** Meets a member: it is told nothing but a hello until it says what it knows (Y10). */
  joined(client: number): PairingOrder[] {
    if (this.#members.has(client) || this.#members.size >= limits.peers) return this.#take();
    this.#members.set(client, newMember(client, this.#isAble ? "unknown" : "open"));
    if (!this.#isAble) return this.#take();
    this.#orders.push(sayHello(client));
    this.#start("meet", client, times.appear);
    this.#renewLater();
    return this.#take();
  }

  /** Forgets a member that has left. */
  left(client: number): PairingOrder[] {
    if (this.#members.delete(client)) this.#forget(client);
    return this.#take();
  }

  /** Forgets everybody: ids, and keys, end with the connection to the server. */
  lost(): PairingOrder[] {
    for (const client of this.#members.keys()) this.#forget(client);
    this.#members.clear();
    this.#asked = [];
    this.#isRenewing = false;
    this.#stop("rekey", 0);
    return this.#take();
  }

  // What is said here

  /**
   * Says a message to one member, or to all: once in the open if nobody needs more, and else to each (Y12). Who is there
   * and not known yet hears nothing: what is said to nobody is not said.
   */
  said(message: RelayMessage, recipient?: number): PairingOrder[] {
    const members = [...this.#members.values()];
    if (recipient !== undefined) {
      const member = this.#members.get(recipient);
      if (member) this.#say(member, message);
    } else if (members.length > 0 && members.every(({ speech }) => speech === "open")) {
      this.#orders.push({ type: "relay", message });
    } else for (const member of members) this.#say(member, message);
    return this.#take();
  }

  /** Finds out when all that was said so far has reached the server, what waits for a proof included (M6). */
  asked(line: string): PairingOrder[] {
    this.#asked.push(line);
    return this.#take();
  }

  /** Notes the nonce of the own hello, which is to be answered. */
  helloSaid(client: number, nonce: string): PairingOrder[] {
    const member = this.#members.get(client);
    if (member) member.nonce = nonce;
    return this.#take();
  }

  // What members say

  /** Takes a message that the room's key has opened. */
  heard(client: number, message: RelayMessage): PairingOrder[] {
    const member = this.#members.get(client);
    if (!member) this.ignored += 1;
    else if ("identify" in message && this.#isHello(message)) this.#helloHeard(member, message);
    else if ("sealed" in message && (member.speech === "meeting" || member.speech === "sealed")) {
      this.#orders.push({ type: "open-sealed", client, message });
    } else if ("sealed" in message || "credential" in message || "missed" in message) this.ignored += 1;
    else if ("identify" in message && (member.speech === "unknown" || member.speech === "open")) {
      this.#openedUp(member);
      this.#orders.push({ type: "deliver", client, message });
    } else if (member.speech === "open") this.#orders.push({ type: "deliver", client, message });
    // Who can seal says nothing in the open, and who has said nothing of itself nothing at all.
    else this.ignored += 1;
    return this.#take();
  }

  /** Takes a message that the keys of the pair have opened (Y12). */
  opened(client: number, message: RelayMessage): PairingOrder[] {
    const member = this.#members.get(client);
    const { credential } = member ?? {};
    if (!member || member.speech !== "sealed" || credential === undefined) {
      this.ignored += 1;
      return this.#take();
    }
    member.hasSpoken = true;
    if ("missed" in message && !member.wasToldAgain) {
      // Once for each pair of keys: a small message brings many large ones.
      member.wasToldAgain = true;
      this.#orders.push({ type: "say-again", client });
    } else if ("missed" in message) this.ignored += 1;
    else if ("identify" in message && message.identify.instance !== member.instance) this.ignored += 1;
    else if ("sealed" in message || "credential" in message) this.ignored += 1;
    else this.#orders.push({ type: "deliver", client, message, credential });
    return this.#take();
  }

  /**
   * Takes a member's proof of its credential, under keys that were made last: they are used from now on (Y4).
   * @param isComplete whether all that it says to have sealed before has arrived (Y13)
   * @param wants the kinds of tracks that it requests with its proof (M10)
   */
  met(client: number, credential: string, isComplete: boolean, wants: readonly string[] = []): PairingOrder[] {
    const member = this.#members.get(client);
    if (!member?.isPending) return this.#take();
    // Nobody becomes somebody else under one id.
    if (member.credential !== undefined && member.credential !== credential) return this.failed(client);
    member.isPending = member.hasGap = member.wasToldAgain = member.hasSpoken = false;
    member.renewals = 0;
    member.speech = "sealed";
    member.credential = credential;
    member.instance = member.nextInstance;
    this.#stop("prove", client);
    this.#stop("gap", client);
    this.#orders.push({ type: "use-pair", client });
    if (this.#signs && member.features.includes(signingFeature) && member.instance !== undefined) {
      this.#orders.push({ type: "meet", client, credential, instance: member.instance, is_complete: isComplete });
    }
    if (!isComplete) {
      this.#orders.push({ type: "seal-for", client, message: { missed: null } });
      this.#orders.push({ type: "warn", client, about: "missed" });
    }
    if (member.beginsAnew) this.#beginAnew(member);
    this.#flush(member);
    const { instance, features } = member;
    if (wants.length > 0 && instance !== undefined) {
      this.#orders.push({ type: "introduce", client, credential, instance, features, wants });
    }
    this.#renewLater();
    return this.#take();
  }

  /** Gives up keys that cannot be made, or not be proven; the ones before stay (Y11). */
  failed(client: number): PairingOrder[] {
    const member = this.#members.get(client);
    if (member?.isPending) {
      member.isPending = false;
      this.#stop("prove", client);
      this.#orders.push({ type: "drop-pair", client });
      if (member.speech === "sealed") this.#flush(member);
      else {
        // Should it prove itself later, all is said to it then, lines of chat by what waits here.
        member.beginsAnew = true;
        member.waiting = member.waiting.filter(isOfLine);
        this.#orders.push({ type: "warn", client, about: "unproven" });
        this.#askAnew(member);
      }
    }
    return this.#take();
  }

  /** Takes note that a sealed message does not open, or is not the next one: new keys are asked for (Y13). */
  broken(client: number): PairingOrder[] {
    const member = this.#members.get(client);
    if (member && !member.isPending && !member.hasGap) {
      member.hasGap = true;
      this.#start("gap", client, times.gap);
    }
    return this.#take();
  }

  // Time

  /** Waits no longer. */
  fired({ name, of }: PairTimer): PairingOrder[] {
    const member = this.#members.get(of);
    if (name === "prove") return this.failed(of);
    if (name === "rekey") this.#renew();
    // It says nothing of itself, so it hears what everybody in the room may hear (L7).
    else if (name === "meet" && member?.speech === "unknown") this.#openedUp(member);
    else if (name === "gap" && member?.hasGap) {
      member.hasGap = false;
      this.#askAnew(member);
    }
    return this.#take();
  }

  /** Gets new keys for each pair (Y11). */
  #renew(): void {
    this.#isRenewing = false;
    for (const member of this.#members.values()) {
      member.hellos = 0;
      const isKnown = member.speech === "meeting" || member.speech === "sealed";
      if (!isKnown) continue;
      if (!member.isPending) this.#orders.push(sayHello(member.id));
      this.#countRenewal(member);
    }
    if (this.#members.size > 0) this.#renewLater();
  }

  /** Warns once of a member that speaks on, with keys that no renewal replaces: somebody keeps it from that. */
  #countRenewal(member: Member): void {
    if (member.hasSpoken && member.renewals === limits.renewals) {
      this.#orders.push({ type: "warn", client: member.id, about: "missed" });
    }
    if (member.hasSpoken || member.renewals === 0) member.renewals += 1;
    member.hasSpoken = false;
  }

  #renewLater(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.#start("rekey", 0, times.rekey);
  }

  // Parts of these

  #isHello({ identify: { features, instance, nonce, p256 } }: Identify): boolean {
    const isWhole = instance !== undefined && nonce !== undefined && p256 !== undefined;
    return this.#isAble && isAnnounced(features ?? []) && isWhole;
  }

  /** Makes keys of a hello and one's own; a hello that comes by itself is answered first (Y11). */
  #helloHeard(member: Member, hello: Identify): void {
    const { instance, nonce, answers, features } = hello.identify;
    if (answers !== undefined && answers !== member.nonce) return;
    if (answers === undefined && nonce !== undefined) {
      if (member.hellos >= limits.hellos) {
        this.ignored += 1;
        return;
      }
      member.hellos += 1;
      // Two that cross need no new one, but who had not heard of the first would wait for an answer for ever.
      this.#orders.push(sayHello(member.id, { answers: nonce, is_new: member.nonce === undefined }));
    }
    member.nonce = undefined;
    member.nextInstance = instance;
    member.features = features ?? [];
    const wasPending = member.isPending;
    member.isPending = true;
    if (member.speech !== "sealed") {
      member.speech = "meeting";
      this.#stop("meet", member.id);
      // Keys are on their way: asking for others would cross with what proves these.
      if (member.hasGap) this.#stop("gap", member.id);
      member.hasGap = false;
    }
    this.#orders.push({ type: "make-pair", client: member.id, hello });
    // Further hellos give nobody more time: who says one now and then would never have failed.
    if (!wasPending) this.#start("prove", member.id, times.prove);
  }

  /** Asks for new keys; again after a while if they do not come and nothing can be said without them. */
  #askAnew(member: Member): void {
    if (member.hellos >= limits.hellos) return;
    member.hellos += 1;
    this.#orders.push(sayHello(member.id));
    if (member.speech !== "meeting") return;
    member.hasGap = true;
    this.#start("gap", member.id, times.gap);
  }

  /** Has the session say all once more; of what waits only lines of chat do not belong to what was before. */
  #beginAnew(member: Member): void {
    member.beginsAnew = false;
    member.waiting = member.waiting.filter(isOfLine);
    this.#orders.push({ type: "begin-anew", client: member.id });
  }

  /** Speaks to a member in the open from now on. */
  #openedUp(member: Member): void {
    if (member.speech === "unknown") this.#stop("meet", member.id);
    member.speech = "open";
    member.beginsAnew = true;
    this.#flush(member);
  }

  #say(member: Member, message: RelayMessage): void {
    if (member.speech === "open") this.#orders.push({ type: "relay", message, recipient: member.id });
    else if (member.speech === "sealed" && !member.isPending) {
      this.#orders.push({ type: "seal-for", client: member.id, message });
    } else this.#keepWaiting(member.waiting, message);
  }

  /** Has a message wait: names before all else, as somebody else may have shown them by then (Y18). */
  #keepWaiting(waiting: RelayMessage[], message: RelayMessage): void {
    const names = "identify" in message ? waiting.filter((each) => "identify" in each).length : 0;
    const hasRoom = waiting.length < limits.waitingMessages;
    // The name that is said is the newest one (Y15): one that waits is enough where there is no more room.
    if ("identify" in message && (hasRoom || names === 0)) waiting.splice(names, 0, message);
    else if (!("identify" in message) && hasRoom) waiting.push(message);
  }

  #flush(member: Member): void {
    for (const message of member.waiting.splice(0)) this.#say(member, message);
  }

  #forget(client: number): void {
    for (const name of ["meet", "prove", "gap"] as const) this.#stop(name, client);
    this.#orders.push({ type: "forget-member", client });
  }

  #start(name: PairTimer["name"], of: number, ms: number): void {
    this.#orders.push({ type: "start-timer", timer: { name, of }, ms });
  }

  #stop(name: PairTimer["name"], of: number): void {
    this.#orders.push({ type: "stop-timer", timer: { name, of } });
  }

  #take(): PairingOrder[] {
    if (this.#asked.length > 0 && ![...this.#members.values()].some(isWaitedFor)) {
      for (const line of this.#asked.splice(0)) this.#orders.push({ type: "ask", line });
    }
    const orders = this.#orders;
    this.#orders = [];
    return orders;
  }
}

type Answer = Pick<Extract<PairingOrder, { type: "say-hello" }>, "answers" | "is_new">;

const sayHello = (client: number, answer: Answer = { is_new: true }): PairingOrder => ({
  type: "say-hello",
  client,
  ...answer,
});

const isAnnounced = (features: readonly string[]): boolean => sealingFeatures.every((each) => features.includes(each));
