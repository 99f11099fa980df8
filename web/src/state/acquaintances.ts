// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Who is who: the people of this room with their marks, and the people that are met, kept for the next time. Loaded with
 * the first other person, or with the panel of people.
 */

import { effect, signal } from "@preact/signals";
import type { PeerKey } from "../core/events.ts";
import { hexadecimal } from "../core/hexadecimal.ts";
import { bearerOf, type Identity, markOf, met, merged, type People, type Person } from "../core/people.ts";
import type { PeerView } from "../core/view.ts";
import { Credential, type SigningKey } from "../crypto/credential.ts";
import { safetyNumber } from "../crypto/statements.ts";
import { type KeyStore, openKeyStore, type Scope } from "../io/key-store.ts";
import type { RoomCodes, ShownCode } from "../room/room-codes.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

export type { ShownCode };

export class Acquaintances {
  /** The people that are known, by their credentials. */
  readonly people = signal<People>(new Map());
  readonly scope: Scope;
  /** Whether this browser keeps nothing, though the person wanted it to. */
  readonly isBlocked: boolean;
  readonly signingKey: SigningKey;
  /** The code of the room that is made, is to be compared, or was. */
  readonly code = signal<ShownCode | undefined>(undefined);
  #codes: RoomCodes | undefined;
  readonly #state: RoomState;
  readonly #keys: KeyStore;
  /** The credentials that were first met in this stay. */
  readonly #metNow = new Set<string>();
  /** The names that were accepted for this stay, by who claims them. */
  readonly #accepted = new Map<PeerKey, string>();
  /** The names that were told as somebody else's, by who claims them. */
  readonly #told = new Map<PeerKey, string>();
  /** The names of those that were met, by their credentials: they are kept when they change. */
  readonly #noted = new Map<string, string>();
  readonly #ends: (() => void)[];

  /** @param scope as the setting says it @param roomHash names the room */
  static async open(state: RoomState, scope: string | undefined, roomHash: string): Promise<Acquaintances> {
    const keys = await openKeyStore(scope === "room" || scope === "visit" ? scope : "everywhere", roomHash);
    return new Acquaintances(state, keys, await keys.people());
  }

  private constructor(state: RoomState, keys: KeyStore, people: People) {
    this.#state = state;
    this.#keys = keys;
    this.people.value = people;
    ({ scope: this.scope, isBlocked: this.isBlocked, signingKey: this.signingKey } = keys);
    this.#ends = [
      keys.follow(() => void keys.people().then((found) => (this.people.value = found), reportError)),
      effect(() => this.#look(state.session.value.peers)),
    ];
  }

  /** The own credential. */
  get own(): string {
    return this.signingKey.credential.text;
  }

  /** The SHA-256 of the own credential, in hexadecimal. */
  async ownFingerprint(): Promise<string> {
    return hexadecimal(await this.signingKey.credential.fingerprint());
  }

  /** @returns the number that this person and another one compare (Y9) */
  async safetyNumber(credential: string): Promise<string | undefined> {
    const other = await Credential.parse(credential);
    return other && safetyNumber(this.signingKey.credential, other);
  }

  /** Takes the name that a peer claims, for this stay, whoever else goes by it. */
  accept(peer: PeerKey): void {
    const claimed = this.#state.session.peek().peers.find(({ key }) => key === peer)?.username;
    if (claimed === undefined) return;
    this.#accepted.set(peer, claimed);
    this.#look(this.#state.session.peek().peers);
  }

  /** Gives somebody a name of one's own, or none. @returns whether nobody else is called so */
  rename(credential: string, petname: string | undefined): boolean {
    const others = [...this.people.peek().values()].filter((each) => each.credential !== credential);
    if (petname !== undefined && others.some((each) => each.petname === petname)) return false;
    this.#change(credential, (person) => ({ ...person, petname }));
    return true;
  }

  /** Keeps what a comparison of numbers has shown. */
  verify(credential: string, isVerified: boolean): void {
    this.#change(credential, (person) => ({ ...person, is_verified: isVerified || undefined }));
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
    const members = this.code.peek()?.members ?? [];
    if (!this.#codes?.settle(code, matches) || !matches) return;
    for (const credential of members) if (credential !== this.own) this.verify(credential, true);
  }

  forget(credential: string): void {
    this.#metNow.add(credential);
    this.#keep((people) => new Map([...people].filter(([key]) => key !== credential)));
  }

  /** Takes in people that were kept elsewhere. */
  takeIn(others: readonly Person[]): void {
    const foreign = others.filter(({ credential }) => credential !== this.own);
    this.#keep((people) => merged(people, foreign));
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
    for (const { credential, username } of peers) if (credential !== undefined) this.#meet(credential, username);
    const people = this.people.value;
    const identities = new Map(peers.map((peer) => [peer.key, this.#identityOf(peer, people)] as const));
    if (!isSame(this.#state.identities.peek(), identities)) this.#state.setIdentities(identities);
    for (const peer of peers) if (identities.get(peer.key)?.mark === "changed") this.#tellChanged(peer);
  }

  /** Tells once that a peer goes by a name that belongs to somebody else here. */
  #tellChanged({ key, credential, username }: PeerView): void {
    const bearer = bearerOf(this.people.peek(), credential, username);
    if (!bearer || this.#told.get(key) === username) return;
    this.#told.set(key, username);
    const name = bearer.petname ?? bearer.username;
    tell(this.#state, (trouble) => trouble.changedName(this.#state, key, name, () => this.accept(key)));
  }

  #identityOf({ key, credential, username }: PeerView, people: People): Identity {
    const isAccepted = this.#accepted.get(key) === username;
    const mark = markOf(people, credential, username, { own: this.own, metNow: this.#metNow, isAccepted });
    const petname = credential === undefined ? undefined : people.get(credential)?.petname;
    return { mark, credential, petname };
  }

  #meet(credential: string, username: string): void {
    if (credential === this.own || this.#noted.get(credential) === username) return;
    this.#noted.set(credential, username);
    if (!this.people.peek().has(credential)) this.#metNow.add(credential);
    const today = new Date().toISOString().slice(0, 10);
    this.#keep((people) => met(people, { credential, username, first_seen: today, last_seen: today }));
  }

  /** Changes one person, who was met though perhaps forgotten. */
  #change(credential: string, change: (person: Person) => Person): void {
    const known = this.people.peek().get(credential);
    this.#keep((people) => {
      const person = people.get(credential) ?? known;
      return person ? new Map([...people, [credential, change(person)]]) : people;
    });
  }

  /** Changes the people at once, and keeps that; what cannot be kept holds for this visit. */
  #keep(change: (people: People) => People): void {
    this.people.value = change(this.people.peek());
    this.#keys.change(change).then((people) => (this.people.value = people), reportError);
  }
}

function isSame(before: ReadonlyMap<PeerKey, Identity>, now: ReadonlyMap<PeerKey, Identity>): boolean {
  const isAsBefore = ([key, { mark, petname }]: readonly [PeerKey, Identity]): boolean =>
    before.get(key)?.mark === mark && before.get(key)?.petname === petname;
  return before.size === now.size && [...now].every(isAsBefore);
}
