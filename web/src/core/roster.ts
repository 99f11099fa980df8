// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Whom each member sees, and under which name: compared with what others see (Y15 to Y18). This stands between
 * `pairing.ts` and a session, for members that sign their names. It owns no key, no clock and no socket. What it
 * concludes follows from the order in which an honest server passes messages on, and from how fast in one case: when the
 * server brings nothing of somebody for minutes whose direct way brings something.
 */

import { type Counts, Doubts, type RosterMessage } from "./doubts.ts";
import { limits, times } from "./limits.ts";
import { type Bearer, bearerOf, NameBook } from "./name-book.ts";
import { OwnNames } from "./own-names.ts";
import type { Identify, PairTimer } from "./pairing-orders.ts";
import type { RelayMessage } from "./relay-messages.ts";
import { disputed, isOf, type Member, newMember, proves, says } from "./roster-member.ts";
import type { CheckStatement, MemberStatement, RosterOrder } from "./roster-orders.ts";

const timer: PairTimer = { name: "roster", of: 0 };

/** The members that sign their names, as this client sees them, and what others say to see. */
export class Roster {
  /** Messages that nobody should have said so (M5, Y15). */
  ignored = 0;
  /** @returns the number of the own statement, and the name */
  readonly own = (): { number: number; name: string } => this.#own.newest ?? { number: -1, name: "" };
  readonly #own = new OwnNames();
  readonly #instance: string;
  readonly #members = new Map<number, Member>();
  readonly #book = new NameBook();
  readonly #doubts = new Doubts();
  #version = 0;
  /** The hash of the roster as it was said last. */
  #hash: string | undefined;
  #phase: "resting" | "changing" | "quiet" = "resting";
  #pauses = 0;
  #isDirty = false;
  /** First pauses in a row in which something has changed. */
  #dirtyPauses = 0;
  /** Whether there are more members than this client knows. */
  #isCrowded = false;
  #orders: RosterOrder[] = [];

  /** Begins in a room without others. @param instance the own one */
  constructor(instance: string) {
    this.#instance = instance;
  }

  // Who is there

  /** Takes note of an id that the server names. */
  joined(client: number): RosterOrder[] {
    if (this.#members.size >= limits.peers) this.#isCrowded = true;
    else if (!this.#members.has(client)) this.#members.set(client, newMember(client));
    return this.#take();
  }

  /** Forgets a member that has left; the statements that it has made are kept. */
  left(client: number): RosterOrder[] {
    const gone = this.#members.get(client);
    this.#members.delete(client);
    this.#doubts.left(client);
    if (!gone) return this.#take();
    for (const { left } of this.#members.values()) if (left && left.size < limits.peers) left.add(client);
    if (gone.said) this.#changed();
    return this.#take();
  }

  /** Forgets all members: ids end with the connection to the server. */
  lost(): RosterOrder[] {
    this.#members.clear();
    this.#doubts.lost();
    this.#isCrowded = false;
    this.#version += 1;
    this.#hash = undefined;
    this.#rest();
    return this.#take();
  }

  /** Takes note of what a member has proven to be (Y4), and whether all that it had said has arrived (Y13). */
  met(client: number, credential: string, instance: string, isComplete: boolean): RosterOrder[] {
    const member = this.#members.get(client);
    if (member) {
      proves(member, { key: credential, instance }, isComplete);
      this.#doubts.met(client);
    }
    return this.#take();
  }

  // What is said here

  /** Takes the own name, which is a new statement if it is another one than before. */
  named(username: string): RosterOrder[] {
    if (this.#own.take(username)) this.#changed();
    return this.#take();
  }

  /** Says to a member who this client is now, and each name that it has had since it was told one. */
  said(client: number, message: Identify): RosterOrder[] {
    const member = this.#members.get(client);
    if (!member?.owner || !this.#own.newest) {
      this.#orders.push({ type: "seal-for", client, message });
      return this.#take();
    }
    for (const { number, name: username } of this.#own.untold(member.told)) {
      this.#orders.push({ type: "say-name", client, message: { identify: { ...message.identify, username } }, number });
    }
    member.told = this.#own.newest.number;
    return this.#take();
  }

  // What members say

  /**
   * Takes a sealed message of a member.
   * @param arrived for each member the number of its sealed messages that have arrived, this one included
   */
  heard(client: number, message: RelayMessage, credential: string, arrived: Counts): RosterOrder[] {
    const member = this.#members.get(client);
    if (!member?.owner) {
      this.#orders.push({ type: "deliver", client, message, credential });
      return this.#take();
    }
    if (this.#doubts.spoke(client, arrived.get(client) ?? 0)) this.ignored += 1;
    if ("identify" in message) {
      this.#identified(member, message);
      return this.#take();
    }
    this.#compareNames(member);
    this.#book.heard(member.owner);
    if ("roster" in message) this.#rosterHeard(member, message.roster, arrived);
    else if ("roster_request" in message) this.#requested(member);
    else if ("roster_members" in message) this.#membersHeard(member, message.roster_members);
    else this.#orders.push({ type: "deliver", client, message, credential });
    return this.#take();
  }

  /** Takes a statement whose signature was verified, as it was ordered. */
  checked(check: CheckStatement, isSigned: boolean): RosterOrder[] {
    const { client, statement, message, other, is_hidden: isHidden } = check;
    const member = this.#members.get(client);
    if (!member || !isSigned) this.ignored += 1;
    else if (message) this.#named(member, statement, message);
    else if (other) this.#proven(statement, other);
    else if (isHidden) this.#hidden(member, statement);
    else this.#shown(statement);
    return this.#take();
  }

  /** Says the roster to all, unless it has changed meanwhile. */
  hashed(version: number, hash: string): RosterOrder[] {
    if (version === this.#version) {
      this.#hash = hash;
      const ids = this.#signing().map(({ id }) => id);
      for (const client of ids) {
        this.#orders.push({ type: "say-roster", client, hash, ids, told: this.#doubts.told(client, ids) });
      }
    }
    return this.#take();
  }

  // Time

  /** Waits no longer: says what has changed, asks, and doubts. @param heard whose direct way brings something (N15) */
  fired(heard: readonly number[]): RosterOrder[] {
    if (this.#phase === "changing") this.#say();
    else if (this.#phase === "quiet") {
      this.#pauses += 1;
      this.#warnOfSilence(heard);
      this.#dirtyPauses = this.#isDirty ? this.#dirtyPauses + 1 : 0;
      // Nobody can put questions off by changing something again and again.
      if (this.#dirtyPauses !== 1) this.#ask();
      if (this.#isDirty) this.#change();
      else if (this.#pauses >= limits.rosterRepeats) this.#say();
      else this.#pause();
    }
    return this.#take();
  }

  // Names

  #identified({ id, owner }: Member, message: Identify): void {
    const { username: name, statement: made } = message.identify;
    if (!made || !owner) {
      this.ignored += 1;
      return;
    }
    const statement = { id, ...owner, number: made.number, name, signature: made.signature };
    this.#orders.push({ type: "check-statement", client: id, statement, message });
  }

  /** Takes a name that a member says of itself, if it is as new as the newest that is known (Y6). */
  #named(member: Member, statement: MemberStatement, message: Identify): void {
    const isOwn = isOf(member, statement);
    const found = isOwn ? this.#book.take(statement, this.#there()) : "old";
    const isLater = isOwn && found !== "proof" && says(member, statement);
    if (isOwn) this.#comparePlaces(member, member.shown);
    if (found === "old" || found === "proof") {
      // What others have shown can be newer than what comes now.
      if (!isLater) this.ignored += 1;
      if (found === "proof") {
        this.#changed();
        this.#warnOfProof(member);
      }
      return;
    }
    if (found === "new" || !member.said) this.#changed();
    member.said = statement;
    member.isExcused = false;
    this.#orders.push({ type: "deliver", client: member.id, message, credential: statement.key });
  }

  /** Takes a rightly signed statement of who is there, which another member has passed on (Y17). */
  #shown(statement: MemberStatement): void {
    const member = this.#bearer(bearerOf(statement));
    if (!member) return;
    const found = this.#book.take(statement, this.#there());
    if (found === "new" || found === "proof") this.#changed();
    if (found === "proof") this.#warnOfProof(member);
    const named = this.#members.get(statement.id);
    if (!named || !isOf(named, statement)) return;
    this.#comparePlaces(named, statement);
    if (!named.shown || statement.number > named.shown.number) named.shown = statement;
  }

  /** Takes a proof that a member says different things to different people; it is passed on (Y17). */
  #proven(one: MemberStatement, other: MemberStatement): void {
    const member = this.#bearer(bearerOf(one));
    if (!member || !this.#book.prove(one, other)) return;
    this.#changed();
    this.#warnOfProof(member);
  }

  #warnOfProof(member: Member): void {
    const proof = this.#book.of(member.owner)?.proof;
    if (proof) this.#warnOfNames(member, ...proof);
  }

  /** Notices a member that goes on speaking without having said the name that it has said to others (Y18). */
  #compareNames(member: Member): void {
    const { said, shown, isExcused } = member;
    if (said && shown && shown.number > said.number && !isExcused) this.#warnOfNames(member, said, shown);
  }

  /** Notices a member that has left out here what it has said to others in between (Y18). */
  #comparePlaces(member: Member, shown: MemberStatement | undefined): void {
    const said = disputed(member, shown);
    if (said && shown) this.#warnOfNames(member, said, shown);
  }

  #warnOfNames({ id, owner }: Member, one: MemberStatement, other: MemberStatement): void {
    const known = this.#book.of(owner);
    if (!known || known.isWarnedOf || one.name === other.name) return;
    known.isWarnedOf = true;
    this.#orders.push({ type: "warn", client: id, about: "contradicts", names: [one.name, other.name] });
  }

  // Rosters

  /** Takes what a member sees, what it has said to whom, and what others have told it (Y18). */
  #rosterHeard(member: Member, roster: RosterMessage, arrived: Counts): void {
    if (roster.ids.length === roster.sent.length && roster.ids.length === roster.told.length) {
      member.hash = roster.hash;
      this.#doubts.rosterHeard(member.id, roster, arrived);
    } else this.ignored += 1;
  }

  /** Answers once between two rosters of one's own; a second question waits for the next one. */
  #requested(member: Member): void {
    if (member.isAnswered) member.isWaiting = true;
    else this.#answer(member);
  }

  #answer(member: Member): void {
    const own = this.#own.newest;
    if (!own) return;
    member.isAnswered = true;
    member.isWaiting = false;
    const statements = this.#book.answer(this.#there(), this.#members).slice(0, limits.roster - 1);
    this.#orders.push({ type: "say-members", client: member.id, ...own, statements });
  }

  /** Has those statements verified that say something else than is known (Y17). */
  #membersHeard(member: Member, statements: readonly MemberStatement[]): void {
    const { left, id: client } = member;
    if (!left) return void (this.ignored += 1);
    member.left = undefined;
    const leftOut = new Set(statements.filter((each) => disputed(this.#members.get(each.id), each)));
    const news = this.#book
      .newsOf(statements, this.#there(), leftOut)
      .map(([statement, other]) => ({ statement, ...(other ? { other } : {}) }));
    const hidden = statements.filter((each) => this.#isHidden(each, left));
    const checks = [...news, ...hidden.map((statement) => ({ statement, is_hidden: true as const }))];
    for (const check of checks.slice(0, limits.rosterChecks)) {
      this.#orders.push({ type: "check-statement", client, ...check });
    }
  }

  /**
   * Whether the server shows nobody whom another member sees. Whoever is arriving, or has left since the question was
   * said, is hidden by nobody.
   */
  #isHidden(statement: MemberStatement, left: ReadonlySet<number>): boolean {
    const isUnseen = !this.#members.has(statement.id) && !left.has(statement.id);
    const isOther = statement.instance !== this.#instance && !this.#bearer(bearerOf(statement));
    return isUnseen && isOther && !this.#isCrowded && left.size < limits.peers;
  }

  /** Warns of a member that the server does not show; each witness is told of once, by its credential (Y18). */
  #hidden({ id: witness, owner }: Member, statement: MemberStatement): void {
    if (this.#members.has(statement.id) || !this.#book.isNewWitness(owner)) return;
    this.#orders.push({ type: "warn", about: "withheld", names: [statement.name], witness });
  }

  /** Warns of members of whom others hear, or something comes directly, while nothing of them arrives here (Y18). */
  #warnOfSilence(heard: readonly number[]): void {
    for (const [client, witness] of this.#doubts.paused()) {
      const known = this.#book.of(this.#members.get(client)?.owner);
      if (!known || known.isWithheld) continue;
      known.isWithheld = true;
      this.#orders.push({ type: "warn", client, about: "withheld", witness });
    }
    const unheard = this.#book.paused(this.#signing(), heard);
    for (const client of unheard) this.#orders.push({ type: "warn", client, about: "unheard" });
  }

  // Parts of these

  readonly #signing = (): Member[] => [...this.#members.values()].filter(({ owner }) => owner);

  /** The names that members have said; of who is there twice the one of who came last. */
  readonly #there = (): Map<Bearer, MemberStatement> =>
    new Map([...this.#members.values()].flatMap(({ said }) => (said ? [[bearerOf(said), said]] : [])));

  /** @returns a member of this credential and instance that has said its name */
  #bearer(bearer: Bearer): Member | undefined {
    const said = this.#there().get(bearer);
    return said && this.#members.get(said.id);
  }

  /** Says the roster soon, but not sooner after the last time than a pause. */
  #changed(): void {
    this.#version += 1;
    if (this.#phase === "quiet" && this.#pauses === 0) this.#isDirty = true;
    else if (this.#phase !== "changing" && this.#signing().length > 0) this.#change();
  }

  #change(): void {
    this.#phase = "changing";
    this.#isDirty = false;
    this.#orders.push({ type: "start-timer", timer, ms: times.rosterChange });
  }

  /** Has the roster hashed, which is said then, and answers those who have asked again. */
  #say(): void {
    const [members, own] = [this.#signing(), this.#own.newest];
    if (members.length === 0 || !own) return this.#rest();
    this.#phase = "quiet";
    this.#pauses = 0;
    this.#pause();
    const statements = this.#book.roster(this.#there());
    this.#orders.push({ type: "hash-roster", version: this.#version, ...own, statements });
    for (const member of members) {
      member.isAnswered = false;
      if (member.isWaiting) this.#answer(member);
    }
  }

  /** Asks those whom they see who see something else; once for each pair of rosters (Y17). */
  #ask(): void {
    const own = this.#hash;
    if (own === undefined) return;
    for (const member of this.#signing()) {
      const { hash, left, id: client } = member;
      const compared = `${own} ${hash}`;
      if (hash === undefined || hash === own || left || member.compared === compared) continue;
      member.compared = compared;
      member.left = new Set();
      this.#orders.push({ type: "seal-for", client, message: { roster_request: null } });
    }
  }

  #pause(): void {
    const ms = Math.max(times.roster, times.rosterMember * (this.#signing().length + 1));
    this.#orders.push({ type: "start-timer", timer, ms });
  }

  #rest(): void {
    this.#phase = "resting";
    this.#pauses = 0;
    this.#isDirty = false;
    this.#orders.push({ type: "stop-timer", timer });
  }

  #take(): RosterOrder[] {
    const orders = this.#orders;
    this.#orders = [];
    return orders;
  }
}
