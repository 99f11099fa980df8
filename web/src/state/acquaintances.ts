// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Who is who: the people of this room with their marks, and the people that are met, kept for the next time. Loaded with
 * the first other person, or with the panel of people.
 */

import { effect, signal } from "@preact/signals";
import type { PeerKey } from "../core/events.ts";
import { hexadecimal } from "../core/hexadecimal.ts";
import {
  bearerOf,
  canBeVerified,
  type Identity,
  isFull,
  isKept,
  markOf,
  merged,
  met,
  mostPeople,
  type People,
  type Person,
  protectionsOf,
  renamed,
  verified,
} from "../core/people.ts";
import type { PeerView } from "../core/view.ts";
import { Credential, type SigningKey } from "../crypto/credential.ts";
import { safetyNumber } from "../crypto/statements.ts";
import { type Change, type Kept, openKept, type Scope } from "../io/key-store.ts";
import { Changes } from "./changes.ts";
import type { RoomCodes, ShownCode } from "../room/room-codes.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

/** The time in which somebody's new names are kept once, and told once, in milliseconds. */
const namePause = 10_000;
const noticePause = 30_000;

export type { ShownCode };

interface Noted {
  readonly username: string;
  /** When the name was noted. */
  readonly at: number;
  /** All that this stay has noted of the person; undefined when the person was forgotten. */
  readonly who: Person | undefined;
}

export class Acquaintances {
  /** The people that are known, by their credentials. */
  readonly people = signal<People>(new Map());
  readonly scope: Scope;
  /** Whether this browser does not keep what the person wants to be kept. */
  readonly isBlocked: boolean;
  readonly signingKey: SigningKey;
  /** The code of the room that is made, is to be compared, or was. */
  readonly code = signal<ShownCode | undefined>(undefined);
  #codes: RoomCodes | undefined;
  readonly #state: RoomState;
  readonly #changes: Changes;
  /** The credentials that were first met in this stay. */
  readonly #metNow = new Set<string>();
  /** The names that were accepted for this stay, by who claims them. */
  readonly #accepted = new Map<PeerKey, string>();
  /** When somebody was told to be imitated last, by that one's credential. */
  readonly #told = new Map<string, number>();
  /** Whom this stay has met lately, and those who are here, by their credentials. */
  readonly #noted = new Map<string, Noted>();
  readonly #ends: (() => void)[];

  /** @param scope as the setting says it @param roomHash names the room */
  static async open(state: RoomState, scope: string | undefined, roomHash: string): Promise<Acquaintances> {
    const wanted = scope === "room" || scope === "visit" ? scope : "everywhere";
    return new Acquaintances(state, wanted, await openKept(wanted, roomHash));
  }

  private constructor(state: RoomState, wanted: Scope, { scope, signingKey, people, store }: Kept) {
    this.#state = state;
    this.scope = scope;
    this.signingKey = signingKey;
    this.isBlocked = scope !== wanted || !store;
    this.people.value = people;
    const shown = (found: People): void => void (this.people.value = found);
    this.#changes = new Changes(store, people, shown, () => tell(state, (trouble) => trouble.peopleNotKept(state)));
    this.#ends = [effect(() => this.#look(state.session.value.peers)), () => this.#changes.close()];
    if (this.isBlocked) tell(state, (trouble) => trouble.nothingKept(state));
  }

  /** The own credential. */
  get own(): string {
    return this.signingKey.credential.text;
  }

  /** The SHA-256 of the own credential, in hexadecimal. */
  async ownFingerprint(): Promise<string> {
    return hexadecimal(await this.signingKey.credential.fingerprint());
  }

  /** @returns the number that this person and another one compare (Y9); undefined with oneself */
  async safetyNumber(credential: string): Promise<string | undefined> {
    const other = await Credential.parse(credential);
    return other && credential !== this.own ? safetyNumber(this.signingKey.credential, other) : undefined;
  }

  /** The person that a credential is of, met just now if not before, under the name that it goes by now. */
  personOf(credential: string, username: string): Person {
    const today = dayOf(new Date());
    return { credential, first_seen: today, last_seen: today, ...this.people.value.get(credential), username };
  }

  /** Takes a name that a peer claims, for this stay, whoever else goes by it. */
  accept(peer: PeerKey, claimed: string): void {
    this.#accepted.set(peer, claimed);
    this.#look(this.#state.session.peek().peers);
  }

  /** Gives somebody a name of one's own, or none. @returns whether that can be: not if somebody else goes by it */
  rename(person: Person, petname: string | undefined): boolean {
    if (!renamed(this.people.peek(), person, petname)) return false;
    this.#keep((people) => renamed(people, person, petname) ?? people);
    return true;
  }

  /**
   * Keeps what a comparison of numbers has shown, under the name that the person went by.
   * @returns whether that can be: not under a name of somebody else's, unless the person has one here
   */
  verify(person: Person, isSame: boolean): boolean {
    this.#keep((people) => verified(people, person, isSame));
    return !isSame || canBeVerified(this.people.peek(), person);
  }

  /** Takes what makes codes of the room. */
  takeCodes(codes: RoomCodes): void {
    this.#codes = codes;
    codes.follow((shown) => this.#codeShown(shown));
  }

  /** Makes a code that all compare. */
  startCode(): void {
    this.#codes?.start();
  }

  stopCode(): void {
    this.#codes?.stop();
  }

  /** Keeps what the comparison of a code has shown, if that is still the one: who has the same one is verified. */
  settleCode(code: string, matches: boolean): void {
    const covered = this.#codes?.settle(code, matches);
    if (!covered || !matches) return;
    for (const [key, name] of covered) if (key !== this.own) this.verify(this.personOf(key, name), true);
  }

  forget(credential: string): void {
    this.#metNow.add(credential);
    const noted = this.#noted.get(credential);
    if (noted) this.#noted.set(credential, { ...noted, who: undefined });
    // What holds for the visit alone would come back on what is kept.
    this.#changes.drop(credential);
    this.#keep((people) => new Map([...people].filter(([key]) => key !== credential)));
  }

  /** Takes in people that were kept elsewhere. @returns whether there is room for them */
  takeIn(others: readonly Person[]): boolean {
    const foreign = others.filter(({ credential }) => credential !== this.own);
    const today = dayOf(new Date());
    if (!merged(this.people.peek(), foreign, today)) return false;
    this.#keep((people) => merged(people, foreign, today) ?? people);
    return true;
  }

  end(): void {
    for (const end of this.#ends) end();
  }

  /** Shows what becomes of a code, and tells of one that somebody else has started, or found to differ. */
  #codeShown(shown: ShownCode): void {
    const before = this.code.peek();
    this.code.value = shown;
    const isNew = before?.status !== "running" || before.by !== shown.by;
    if (shown.status === "running" && shown.by !== undefined && isNew) {
      tell(this.#state, (trouble) => trouble.codeStarted(this.#state, this.nameOf(shown.by)));
    } else if (shown.status === "ended" && shown.why === "mismatch" && shown.endedBy !== undefined) {
      tell(this.#state, (trouble) => trouble.codesDiffer(this.#state, this.nameOf(shown.endedBy)));
    } else if (shown.status === "ended") this.#state.settle("code");
  }

  /** @returns what somebody is called here */
  nameOf(credential = ""): string {
    const peer = this.#state.view.peek().peers.find((each) => each.credential === credential);
    const person = this.people.peek().get(credential);
    return peer?.username ?? person?.petname ?? person?.username ?? "";
  }

  /** Looks at who is there: keeps who was not met yet, and marks all. */
  #look(peers: readonly PeerView[]): void {
    for (const key of this.#accepted.keys()) if (!peers.some((peer) => peer.key === key)) this.#accepted.delete(key);
    this.#meet(peers);
    const people = this.people.value;
    const identities = new Map(peers.map((peer) => [peer.key, this.#identityOf(peer, people)] as const));
    if (!areSame(this.#state.identities.peek(), identities)) this.#state.setIdentities(identities);
    for (const peer of peers) if (identities.get(peer.key)?.mark === "changed") this.#tellChanged(peer);
  }

  #identityOf({ key, credential, username, features }: PeerView, people: People): Identity {
    const isAccepted = this.#accepted.get(key) === username;
    const circumstances = { own: this.own, metNow: this.#metNow, isAccepted, features };
    const person = credential === undefined ? undefined : people.get(credential);
    return { mark: markOf(people, credential, username, circumstances), petname: person?.petname };
  }

  /** Keeps whom this stay has met: each once, and a new name now and then. */
  #meet(peers: readonly PeerView[]): void {
    const now = Date.now();
    // The same person may be here twice, under two names.
    const byCredential = new Map(peers.map((peer) => [peer.credential, peer] as const).toReversed());
    for (const [credential, { username, features }] of byCredential) {
      if (credential === undefined || credential === this.own) continue;
      const noted = this.#noted.get(credential);
      if (noted && (noted.username === username || now - noted.at < namePause)) continue;
      const who = this.#personMet(credential, username, features);
      this.#noted.set(credential, { username, at: now, who });
      this.#note(who);
    }
    // Somebody with ever new keys does not fill the memory.
    for (const credential of this.#noted.keys()) {
      if (this.#noted.size <= mostPeople) break;
      if (!byCredential.has(credential)) this.#noted.delete(credential);
    }
  }

  /** @returns all that this stay has noted of somebody, with what is seen now */
  #personMet(credential: string, username: string, features: ReadonlySet<string>): Person {
    const today = dayOf(new Date());
    const who = { credential, username, first_seen: today, last_seen: today, protections: protectionsOf(features) };
    const before = this.#noted.get(credential)?.who;
    return (before && met(new Map([[credential, before]]), who).get(credential)) ?? who;
  }

  #note(who: Person): void {
    const { credential } = who;
    const people = this.people.peek();
    const person = people.get(credential);
    if (!person && isFull(people, this.#metNow)) return;
    // Who does not want to be recognised leaves no trace of whom they met, but for what they decide themselves.
    const isForVisit = this.scope === "visit" && !isKept(person ?? who);
    this.#keep((found) => met(found, who, this.#metNow), isForVisit, credential);
    if (person) return;
    const now = this.people.peek();
    // Who is not kept is new anyhow.
    for (const each of this.#metNow) if (!now.has(each)) this.#metNow.delete(each);
    if (now.has(credential)) this.#metNow.add(credential);
  }

  /** Tells now and then that a peer goes by somebody else's name, or that its client guards against less than before. */
  #tellChanged({ key, credential, username }: PeerView): void {
    const bearer = bearerOf(this.people.peek(), credential, username);
    const about = bearer?.credential ?? credential;
    const now = Date.now();
    if (about === undefined || now - (this.#told.get(about) ?? -Infinity) < noticePause) return;
    this.#told.set(about, now);
    const accept = (): void => this.accept(key, username);
    tell(this.#state, (trouble) => {
      if (bearer) trouble.changedName(this.#state, username, bearer, accept);
      else trouble.protectsLess(this.#state, this.nameOf(about), about, accept);
    });
  }

  #keep(change: Change, isForVisit = false, key?: string): void {
    this.#changes.make(change, isForVisit, key);
  }
}

/** A day in the person's own time, as ISO 8601 has it. */
function dayOf(date: Date): string {
  const [year, month, day] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
}

function areSame(before: ReadonlyMap<PeerKey, Identity>, now: ReadonlyMap<PeerKey, Identity>): boolean {
  const isAsBefore = ([key, { mark, petname }]: readonly [PeerKey, Identity]): boolean =>
    before.get(key)?.mark === mark && before.get(key)?.petname === petname;
  return before.size === now.size && [...now].every(isAsBefore);
}
