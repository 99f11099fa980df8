// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Where the own key is kept, which no code can read, and the people that are known: in this browser, shared by its tabs.
 * Where nothing can be kept, and for who wants to be recognised by nobody, there is a key for the visit.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { decodePeople, type People } from "../core/people.ts";
import { Malformed } from "../core/schema.ts";
import { SigningKey } from "../crypto/credential.ts";

/** Where others can recognise this person: in all rooms, in each room on its own, or during one visit. */
export type Scope = "everywhere" | "room" | "visit";

/** Makes people of people. It may be called anew, with what another tab has made of them. */
export type Change = (people: People) => People;

export interface KeyStore {
  /** The scope that holds: `visit` as well where nothing can be kept. */
  readonly scope: Scope;
  /** Whether the person wanted to be known longer than this browser allows. */
  readonly isBlocked: boolean;
  readonly signingKey: SigningKey;
  people(): Promise<People>;
  /** Changes the people, alone of all tabs. @returns the people as they are then */
  change(change: Change): Promise<People>;
  /** @param changed is called when another tab has changed the people. @returns what ends that */
  follow(changed: () => void): () => void;
}

const database = "keks-meet";
const everywhere = "everywhere";
const channelName = "keks-meet people";
/** Rooms that keep a key of their own; the one that was entered first is forgotten first. */
const mostRooms = 1000;
/** The time that a browser may take to open its storage, in milliseconds: some never do. */
const patience = 3_000;

/** A key of one room, as it is kept. */
interface Kept {
  readonly pair: CryptoKeyPair;
  /** When the room was entered first, in milliseconds since 1970. */
  readonly at: number;
}

interface Schema extends DBSchema {
  /** The keys, by the hash of their room, or `everywhere`. */
  keys: { key: string; value: Kept; indexes: { at: number } };
  /** All people that are known, as one list. */
  people: { key: string; value: unknown };
}
type Database = IDBPDatabase<Schema>;

/** The key of the only list. */
const known = "known";

/** @param roomHash names the room, for a scope of one room */
export async function openKeyStore(scope: Scope, roomHash: string): Promise<KeyStore> {
  try {
    const db = await soon(openDB<Schema>(database, 1, { upgrade }));
    const people = await peopleIn(db);
    if (scope === "visit") return new VisitKeys(await draw(), people, false);
    return new BrowserKeys(db, scope, await keptKey(db, scope === "room" ? roomHash : everywhere));
  } catch {
    return new VisitKeys(await draw(), new Map(), scope !== "visit");
  }
}

function upgrade(made: Database): void {
  made.createObjectStore("keys").createIndex("at", "at");
  made.createObjectStore("people");
}

const peopleIn = async (db: Database): Promise<People> => decodePeople((await db.get("people", known)) ?? []);

class BrowserKeys implements KeyStore {
  readonly scope: Scope;
  readonly isBlocked = false;
  readonly signingKey: SigningKey;
  readonly #db: Database;
  readonly #channel = new BroadcastChannel(channelName);

  constructor(db: Database, scope: Scope, signingKey: SigningKey) {
    this.#db = db;
    this.scope = scope;
    this.signingKey = signingKey;
  }

  async people(): Promise<People> {
    return peopleIn(this.#db);
  }

  async change(change: Change): Promise<People> {
    const transaction = this.#db.transaction("people", "readwrite");
    const people = change(decodePeople((await transaction.store.get(known)) ?? []));
    await Promise.all([transaction.store.put([...people.values()], known), transaction.done]);
    this.#channel.postMessage("changed");
    return people;
  }

  follow(changed: () => void): () => void {
    this.#channel.addEventListener("message", changed);
    return () => {
      this.#channel.close();
      this.#db.close();
    };
  }
}

class VisitKeys implements KeyStore {
  readonly scope = "visit";
  readonly isBlocked: boolean;
  readonly signingKey: SigningKey;
  #people: People;

  constructor(signingKey: SigningKey, people: People, isBlocked: boolean) {
    this.signingKey = signingKey;
    this.#people = people;
    this.isBlocked = isBlocked;
  }

  async people(): Promise<People> {
    return this.#people;
  }

  async change(change: Change): Promise<People> {
    return (this.#people = change(this.#people));
  }

  follow(): () => void {
    return () => undefined;
  }
}

/** The key that is kept under a name. Drawn if there is none; of two tabs that draw one, the first counts. */
async function keptKey(db: Database, name: string): Promise<SigningKey> {
  const drawn: Kept = { pair: await SigningKey.draw(), at: Date.now() };
  const transaction = db.transaction("keys", "readwrite");
  const { store } = transaction;
  const kept = (await store.get(name)) ?? drawn;
  if (kept === drawn) {
    if ((await store.count()) >= mostRooms) {
      let cursor = await store.index("at").openCursor();
      if (cursor?.primaryKey === everywhere) cursor = await cursor.continue();
      await cursor?.delete();
    }
    await store.put(drawn, name);
  }
  await transaction.done;
  const key = await SigningKey.of(kept.pair);
  if (!key) throw new Malformed("this browser keeps keys that it cannot sign with");
  return key;
}

async function draw(): Promise<SigningKey> {
  const key = await SigningKey.of(await SigningKey.draw());
  if (!key) throw new Error("this engine makes keys that it cannot sign with");
  return key;
}

function soon<T>(opening: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the storage does not open")), patience);
    opening.then(resolve, reject);
  });
}
