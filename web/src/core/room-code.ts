// SPDX-License-Identifier: AGPL-3.0-only
/**
 * One code for the room: who makes it, what each says when, and whom an end is about (Y20 to Y22). This stands beside
 * `roster.ts`, for members that announced it. It owns no key, no clock, no chance and no socket: what is random comes
 * with its events, and what is hashed it orders.
 */

import {
  bearerOf,
  check,
  everybody,
  hasAllCommitments,
  hasAllNonces,
  isOpen,
  keptOf,
  make,
  newRun,
  type Run,
  runOf,
  shown,
  textOf,
  waiting,
} from "./code-run.ts";
import { limits, times } from "./limits.ts";
import type { PairTimer } from "./pairing-orders.ts";
import type { CodeEnding, CodeMember, CodeMessage, CodeWhy, RoomCodeOrder } from "./room-code-orders.ts";

type CodeRunWords = Extract<CodeMessage, { code_run: unknown }>["code_run"];

const timer: PairTimer = { name: "code", of: 0 };
/** What the pauses are about: runs that are started here, runs of others, and a code that people are comparing. */
const [ofOwn, ofOthers, ofShown] = [0, 1, 2];
const shownMs = 8 * times.code;
/** Longer than anybody waits for commitments: who gets none has ended the run before somebody takes it for silent. */
const noncesMs = 2 * times.code;
/** The members that can make a code, and the run that makes one. */
export class RoomCode {
  /** Messages that nobody should have said so (M5, Y22). */
  ignored = 0;
  #own: CodeMember | undefined;
  readonly #members = new Map<number, CodeMember>();
  #run: Run | undefined;
  /** The run whose code is shown, and not settled: it stays until another run has its code. */
  #code: Run | undefined;
  #past: readonly string[] = [];
  /** Commitments may come before the question that they answer: two members' words overtake each other. */
  readonly #early = new Map<number, CodeMessage[]>();
  readonly #aborts = new Map<string, number>();
  readonly #resting = new Set<number>();
  /** Whether the person waits for the pause after the last run. */
  #isWanted = false;
  #orders: RoomCodeOrder[] = [];

  // Who is there

  /** Takes what this client is: its name may be a new one. */
  named(own: CodeMember): RoomCodeOrder[] {
    if (!this.#own || textOf(own) !== textOf(this.#own)) {
      this.#own = own;
      if (this.#run && isOpen(this.#run)) this.#endForAll(this.#run, "changed");
    }
    return this.#take();
  }

  /** Takes what a member is that can make a code: it has come, or has a new name. */
  entered(client: number, member: CodeMember): RoomCodeOrder[] {
    const before = this.#members.get(client);
    if (before || this.#members.size < limits.peers) {
      this.#members.set(client, member);
      if (before && textOf(before) !== textOf(member)) this.#missing(client, "changed");
    }
    return this.#take();
  }

  /** Forgets a member that has left, or can make no code any more. */
  left(client: number): RoomCodeOrder[] {
    this.#members.delete(client);
    this.#early.delete(client);
    this.#missing(client, "left");
    return this.#take();
  }

  /** Forgets all members: ids end with the connection to the server. A code that is there stays. */
  lost(): RoomCodeOrder[] {
    this.#members.clear();
    this.#early.clear();
    for (const of of [ofOwn, ofOthers]) {
      if (this.#resting.delete(of)) this.#orders.push({ type: "stop-timer", timer: { name: "code-rest", of } });
    }
    if (this.#run && isOpen(this.#run)) this.#end(this.#run, "lost");
    else if (this.#isWanted) this.#showEnd("lost");
    this.#isWanted = false;
    return this.#take();
  }

  // What the person does

  /** Starts a run, with these 16 random bytes, or after the pause; not while one goes on. */
  started(run: string): RoomCodeOrder[] {
    if (this.#isWanted || (this.#run && isOpen(this.#run))) return this.#take();
    this.#code = undefined;
    const able = this.#able([]);
    if (this.#resting.has(ofOwn) && this.#own && able.size > 0) {
      this.#run = undefined;
      this.#isWanted = true;
      this.#orders.push(shown(newRun(run, undefined, this.#own, able)));
    } else this.#start(run, able, []);
    return this.#take();
  }

  /** Ends a run that goes on. */
  stopped(): RoomCodeOrder[] {
    if (this.#run) this.#endForAll(this.#run, "stopped");
    else if (this.#isWanted) {
      this.#isWanted = false;
      this.#showEnd("stopped");
    }
    return this.#take();
  }

  /** Takes what the person found when codes were compared. */
  settled(matches: boolean): RoomCodeOrder[] {
    const run = this.#code;
    if (run) {
      if (matches) this.#end(run, "match");
      else this.#endForAll(run, "mismatch");
    }
    return this.#take();
  }

  // What members say

  /** Takes a sealed message of a member. */
  heard(client: number, message: CodeMessage): RoomCodeOrder[] {
    const member = this.#members.get(client);
    const run = [this.#run, this.#code].find((each) => each?.id === runOf(message));
    const isPast = "code_run" in message && this.#past.includes(message.code_run.run);
    if (!member || isPast) this.ignored += 1;
    else if ("code_run" in message) this.#asked(client, member, message.code_run);
    else if (!run) {
      // The last two: a second one of a run is noticed when the run is known.
      const before = this.#early.get(client)?.slice(-1) ?? [];
      if ("code_commitment" in message) this.#early.set(client, [...before, message]);
    } else if (run.members.get(client)?.key !== member.key) this.ignored += 1;
    else this.#heardOf(run, client, message);
    return this.#take();
  }

  #heardOf(run: Run, client: number, message: CodeMessage): void {
    if ("code_end" in message) {
      // Whoever hears it passes it on: nobody is waited for who has heard of an end that others have not.
      const others = [...run.members.keys()].filter((each) => each !== client);
      if (isOpen(run)) this.#say(others, message);
      this.#end(run, message.code_end.why, [], client);
    } else if (!isOpen(run)) this.ignored += 1;
    else if ("code_commitment" in message) {
      if (run.commitments.has(client)) return this.#fault(run, client);
      run.commitments.set(client, message.code_commitment.commitment);
      this.#goOn(run);
    } else if ("code_nonce" in message) {
      if (!run.commitments.has(client) || run.nonces.has(client)) return this.#fault(run, client);
      run.nonces.set(client, message.code_nonce.nonce);
      this.#orders.push(check(run, client));
      this.#goOn(run);
    }
  }

  /** Takes part in a run of another member by itself, if its members are those that one sees (Y20). */
  #asked(client: number, member: CodeMember, { run, members }: CodeRunWords): void {
    const found = this.#membersOf(client, member, members);
    const why = typeof found === "string" ? found : this.#objection(run, members);
    if (!this.#own || typeof found === "string" || why !== undefined) {
      const message: CodeMessage = { code_end: { run, why: why ?? "differs" } };
      this.#orders.push({ type: "say-of-code", clients: [client], message });
      return;
    }
    if (this.#run && isOpen(this.#run)) {
      // The smaller run of two goes on; those who wait for the other one are told.
      this.#say([...this.#run.members.keys()], { code_end: { run: this.#run.id, why: "busy" } });
    }
    this.#isWanted = false;
    this.#rest(ofOthers, times.codeRest);
    this.#begin(newRun(run, client, this.#own, found));
  }

  /** @returns the others whom a run names, by their ids, or why there is no such run */
  #membersOf(client: number, member: CodeMember, members: readonly CodeMember[]): Map<number, CodeMember> | CodeWhy {
    const own = this.#own && textOf(this.#own);
    const ids = new Map([...this.#members].map(([id, each]) => [textOf(each), id]));
    ids.set(textOf(member), client);
    const others = new Map<number, CodeMember>();
    for (const each of members) {
      const id = ids.get(textOf(each));
      if (id !== undefined && textOf(each) !== own) others.set(id, each);
    }
    const isSingle = new Set(members.map(bearerOf)).size === members.length;
    const isOwn = members.some((each) => textOf(each) === own);
    if (!isSingle || !isOwn || !others.has(client) || others.size !== members.length - 1) return "differs";
    return [...others.values()].some((each) => this.#isBarred(each)) ? "barred" : others;
  }

  /** @returns why a run has to wait; of two that are started at once the smaller one goes on */
  #objection(id: string, members: readonly CodeMember[]): CodeWhy | undefined {
    const run = this.#run;
    const keys = new Set(members.map(({ key }) => key));
    const compared = this.#code && this.#resting.has(ofShown) ? [...this.#code.members.values()] : [];
    if (compared.some(({ key }) => !keys.has(key))) return "busy";
    if (run && isOpen(run)) return run.phase === "committing" && id < run.id ? undefined : "busy";
    return this.#resting.has(ofOthers) ? "busy" : undefined;
  }

  // What was ordered

  /** Says the own commitment; the nonce is kept until all have committed. */
  committed(run: string, commitment: string, nonce: string): RoomCodeOrder[] {
    const here = this.#run;
    if (here?.id === run && here.commitment === undefined) {
      here.commitment = commitment;
      here.nonce = nonce;
      this.#say([...here.members.keys()], { code_commitment: { run, commitment } });
      this.#goOn(here);
    }
    return this.#take();
  }

  /** Takes whether a nonce fits its commitment. */
  checked(run: string, client: number, fits: boolean): RoomCodeOrder[] {
    const here = this.#run;
    if (here?.id === run && isOpen(here) && here.nonces.has(client)) {
      if (fits) {
        here.fitting.add(client);
        this.#goOn(here);
      } else {
        this.#spoiled(here, client);
        this.#fault(here, client);
      }
    }
    return this.#take();
  }

  /** Takes the code, and shows it. */
  made(run: string, code: string): RoomCodeOrder[] {
    const here = this.#run;
    if (here?.id === run && here.phase === "making") {
      here.phase = "code";
      here.code = code;
      [this.#code, this.#run] = [here, undefined];
      this.#rest(ofShown, shownMs);
      this.#orders.push(shown(here));
    }
    return this.#take();
  }

  // Time

  /** Waits no longer; a run that is started for that is called by these 16 random bytes. */
  fired({ name, of }: PairTimer, run: string): RoomCodeOrder[] {
    const here = this.#run;
    if (name === "code-rest") {
      this.#resting.delete(of);
      if (of === ofOwn && this.#isWanted) {
        this.#isWanted = false;
        this.#start(run, this.#able([]), []);
      }
    } else if (here?.phase === "committing") this.#noneCommitted(here, run);
    else if (here?.phase === "revealing") {
      const missing = [...here.members.keys()].filter((client) => !here.fitting.has(client));
      if (missing.length === 1) for (const client of missing) this.#spoiled(here, client);
      this.#endForAll(here, "silent", waiting(here));
    }
    return this.#take();
  }

  /** Ends a run in which somebody is silent; who has started it starts it again without them. */
  #noneCommitted(here: Run, run: string): void {
    const silent = waiting(here);
    if (here.by !== undefined) return this.#end(here, "silent", silent);
    this.#endForAll(here, "silent", silent);
    const leftOut = [...here.leftOut, ...silent];
    const able = keptOf(here, silent, this.#able(leftOut));
    if (silent.length > 0 && able.size > 0 && here.restarts < 2) this.#start(run, able, leftOut, here.restarts + 1);
  }

  // Parts of these

  /** @returns whom a run that is started now covers: of who is there twice the one who came last */
  #able(leftOut: readonly number[]): Map<number, CodeMember> {
    const found = new Map<string, [number, CodeMember]>();
    for (const [client, member] of this.#members) {
      const isOwn = this.#own && bearerOf(this.#own) === bearerOf(member);
      if (!isOwn && !leftOut.includes(client) && !this.#isBarred(member)) {
        found.set(bearerOf(member), [client, member]);
      }
    }
    return new Map([...found.values()].slice(0, limits.codeMembers - 1));
  }

  #start(run: string, able: ReadonlyMap<number, CodeMember>, leftOut: readonly number[], restarts = 0): void {
    if (!this.#own || able.size === 0) {
      this.#run = undefined;
      this.#showEnd("alone");
      return;
    }
    const here = newRun(run, undefined, this.#own, able, leftOut, restarts);
    this.#rest(ofOwn, times.codePause);
    this.#say([...able.keys()], { code_run: { run, members: everybody(here) } });
    this.#begin(here);
  }

  #begin(run: Run): void {
    this.#run = run;
    this.#past = [...this.#past.slice(-1), run.id];
    this.#orders.push({ type: "commit", run: run.id, members: everybody(run) });
    this.#orders.push({ type: "start-timer", timer, ms: run.by === undefined ? times.code : times.codeAsked });
    this.#show(run);
    for (const client of run.members.keys()) {
      const early = this.#early.get(client) ?? [];
      this.#early.delete(client);
      for (const message of early) {
        if (runOf(message) === run.id && this.#run === run) this.#heardOf(run, client, message);
      }
    }
  }

  /** Says the own nonce once all have committed, and makes the code once all nonces fit (Y21). */
  #goOn(run: Run): void {
    if (run.phase === "committing" && hasAllCommitments(run)) {
      run.phase = "revealing";
      this.#orders.push({ type: "start-timer", timer, ms: noncesMs });
      this.#say([...run.members.keys()], { code_nonce: { run: run.id, nonce: run.nonce ?? "" } });
    }
    if (run.phase === "revealing" && hasAllNonces(run)) {
      run.phase = "making";
      this.#orders.push({ type: "stop-timer", timer }, make(run));
    }
    this.#show(run);
  }

  #show(run: Run): void {
    const now = shown(run);
    if (this.#code || run.last === JSON.stringify(now)) return;
    run.last = JSON.stringify(now);
    this.#orders.push(now);
  }

  #showEnd(why: CodeEnding): void {
    const nobody = { members: [], keys: [], waiting: [], left_out: [], named: [] };
    this.#orders.push({ type: "show-code", status: "ended", why, ...nobody });
  }

  /** Ends a run whose member has left, or is called something else; a code that is there stays. */
  #missing(client: number, why: CodeWhy): void {
    const run = this.#run;
    if (!run || !isOpen(run) || !run.members.has(client)) return;
    this.#endForAll(run, why, [client]);
  }

  /** Ends a run whose member has said what nobody says who keeps to the rules. */
  #fault(run: Run, client: number): void {
    this.#endForAll(run, "false", [client]);
  }

  /** Counts a run that this member alone has kept from a code, as far as this client can tell (Y22). */
  #spoiled(run: Run, client: number): void {
    const key = run.members.get(client)?.key ?? "";
    this.#aborts.set(key, (this.#aborts.get(key) ?? 0) + 1);
  }

  #isBarred({ key }: CodeMember): boolean {
    return (this.#aborts.get(key) ?? 0) >= limits.codeAborts;
  }

  #endForAll(run: Run, why: CodeWhy, named: readonly number[] = []): void {
    this.#say([...run.members.keys()], { code_end: { run: run.id, why } });
    this.#end(run, why, named);
  }

  #end(run: Run, why: CodeEnding, named: readonly number[] = [], endedBy?: number): void {
    if (run === this.#code) this.#code = undefined;
    else this.#run = undefined;
    if (isOpen(run)) this.#orders.push({ type: "stop-timer", timer });
    if (!this.#code) this.#orders.push({ ...shown(run), status: "ended", waiting: [], why, named, ended_by: endedBy });
  }

  #say(clients: readonly number[], message: CodeMessage): void {
    const present = clients.filter((client) => this.#members.has(client));
    if (present.length > 0) this.#orders.push({ type: "say-of-code", clients: present, message });
  }

  #rest(of: number, ms: number): void {
    this.#resting.add(of);
    this.#orders.push({ type: "start-timer", timer: { name: "code-rest", of }, ms });
  }

  #take(): RoomCodeOrder[] {
    const orders = this.#orders;
    this.#orders = [];
    return orders;
  }
}
