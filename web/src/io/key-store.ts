// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Where the own key is kept, which no code can read, and the people that are known: in this browser, shared by its tabs.
 * What cannot be kept holds for the visit.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { decodePeople, type People } from "../core/people.ts";
import { SigningKey } from "../crypto/credential.ts";

/** Where others can recognise this person: in all rooms, in each room on its own, or during one visit. */
export type Scope = "everywhere" | "room" | "visit";

/** Makes people of people. It may be called anew, with what another tab has made of them. */
export type Change = (people: People) => People;

/** A place for the people that are known. Its methods reject when the browser fails. */
export interface PeopleStore {
  people(): Promise<People>;
  /** Changes the people, alone of all tabs. @returns the people as they are then */
  change(change: Change): Promise<People>;
  /** @param changed is called when another tab has changed the people */
  follow(changed: () => void): void;
  close(): void;
}

/** What this browser keeps of who one is, and whom one knows. */
export interface Kept {
  /** The scope that holds: `visit` as well where the key cannot be kept. */
  readonly scope: Scope;
  readonly signingKey: SigningKey;
  readonly people: People;
  /** Undefined where people cannot be kept. */
  readonly store: PeopleStore | undefined;
}

const database = "keks-meet";
const everywhere = "everywhere";
/** The key of the only list of people. */
const known = "known";
const channelName = "keks-meet people";
/** Rooms that keep a key of their own; the one that was entered first is forgotten first. */
const mostRooms = 1000;
/** The time that a browser may take for all of this, in milliseconds. Some never open their storage; a call waits for it. */
const patience = 2_000;

/** A key of one room, as it is kept. */
interface KeptKey {
  readonly pair: CryptoKeyPair;
  /** When the room was entered first, in milliseconds since 1970. */
  readonly at: number;
}

interface Schema extends DBSchema {
  /** The keys, by the hash of their room, or `everywhere`. */
  keys: { key: string; value: KeptKey; indexes: { at: number } };
  /** All people that are known, as one list. */
  people: { key: string; value: unknown };
}
type Database = IDBPDatabase<Schema>;

/** Opens what is kept. Whatever fails is replaced by what holds for the visit. @param roomHash names the room */
export async function openKept(scope: Scope, roomHash: string): Promise<Kept> {
  const deadline = new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined));
  const inTime = <T>(work: Promise<T>): Promise<T | undefined> => Promise.race([work.catch(() => undefined), deadline]);
  const opening = openDatabase();
  const db = await inTime(opening);
  // Nobody waits for one that opens later.
  if (!db) void opening.then((late) => late.close()).catch(() => undefined);
  const people = db && (await inTime(peopleIn(db)));
  const name = scope === "room" ? roomHash : everywhere;
  const signingKey = db && scope !== "visit" ? await inTime(keptKey(db, name)) : undefined;
  return {
    scope: signingKey ? scope : "visit",
    signingKey: signingKey ?? (await SigningKey.fresh()),
    people: people ?? new Map(),
    store: db && people ? new BrowserStore(db) : undefined,
  };
}

/** Rejects where there is no storage, too. */
async function openDatabase(): Promise<Database> {
  return openDB<Schema>(database, 1, {
    upgrade(made) {
      made.createObjectStore("keys").createIndex("at", "at");
      made.createObjectStore("people");
    },
    // A later version of the pages wants to change it.
    blocking: (_old, _new, { target }) => (target instanceof IDBDatabase ? target.close() : undefined),
  });
}

const peopleIn = async (db: Database): Promise<People> => decodePeople((await db.get("people", known)) ?? []);

class BrowserStore implements PeopleStore {
  readonly #db: Database;
  readonly #channel = new BroadcastChannel(channelName);
  #isClosed = false;

  constructor(db: Database) {
    this.#db = db;
  }

  people(): Promise<People> {
    return peopleIn(this.#db);
  }

  async change(change: Change): Promise<People> {
    const transaction = this.#db.transaction("people", "readwrite");
    const changing = (async (): Promise<People> => {
      const people = change(decodePeople((await transaction.store.get(known)) ?? []));
      await transaction.store.put([...people.values()], known);
      return people;
    })();
    const [people] = await Promise.all([changing, transaction.done]);
    if (!this.#isClosed) this.#channel.postMessage("changed");
    return people;
  }

  follow(changed: () => void): void {
    this.#channel.addEventListener("message", changed);
  }

  close(): void {
    this.#isClosed = true;
    this.#channel.close();
    this.#db.close();
  }
}

/** The key that is kept under a name. Drawn if there is none; of two tabs that draw one, the first counts. */
async function keptKey(db: Database, name: string): Promise<SigningKey | undefined> {
  const drawn: KeptKey = { pair: await SigningKey.draw(), at: Date.now() };
  const transaction = db.transaction("keys", "readwrite");
  const { store } = transaction;
  const finding = (async (): Promise<KeptKey> => {
    const kept = await store.get(name);
    if (kept) return kept;
    if ((await store.count()) >= mostRooms) {
      let cursor = await store.index("at").openCursor();
      if (cursor?.primaryKey === everywhere) cursor = await cursor.continue();
      await cursor?.delete();
    }
    await store.put(drawn, name);
    return drawn;
  })();
  const [{ pair }] = await Promise.all([finding, transaction.done]);
  return SigningKey.of(pair);
}
