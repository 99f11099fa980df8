// SPDX-License-Identifier: AGPL-3.0-only
/** The people that one knows by their credentials, and how one of them is marked when a name is claimed (Y14). */

import { limits } from "./limits.ts";
import { skeletonOf } from "./names.ts";
import { cutText, type Decode, list, Malformed, optional, shape, text } from "./schema.ts";
import { shownName } from "./shown-text.ts";

/** What is known of a member: compared by hand; met before; never met; nothing; somebody else than the name says. */
export type Mark = "verified" | "known" | "new" | "no key" | "changed";

/** Somebody who was met, by the credential that was proven then. Days are as ISO 8601 has them. */
export interface Person {
  readonly credential: string;
  /** The name that the person went by last. */
  readonly username: string;
  readonly first_seen: string;
  readonly last_seen: string;
  /** The name that the person has here, whatever it calls itself. */
  readonly petname?: string | undefined;
  /** Whether keys were compared. */
  readonly is_verified?: boolean | undefined;
}

/** People, each by their credential. */
export type People = ReadonlyMap<string, Person>;

/** People that are kept. Whoever was neither named nor verified, and was not seen for longest, is forgotten first. */
export const mostPeople = 1000;

/** What is known of who a peer is. */
export interface Identity {
  readonly mark: Mark;
  /** The key that the peer has proven; undefined without one. */
  readonly credential?: string | undefined;
  /** The name that the person has here. */
  readonly petname?: string | undefined;
}

interface Circumstances {
  /** The own credential: whoever has proven that one is oneself, at another device or in another window. */
  readonly own?: string | undefined;
  /** The credentials that were first met in this very stay. */
  readonly metNow?: ReadonlySet<string>;
  /** Whether the person here takes the claimed name for once, whoever else goes by it. */
  readonly isAccepted?: boolean | undefined;
}

/** @returns the mark of a member that has proven a credential, or none, and claims a name */
export function markOf(
  people: People,
  credential: string | undefined,
  username: string,
  { own, metNow, isAccepted = false }: Circumstances = {},
): Mark {
  if (credential !== undefined && credential === own) return "known";
  const person = credential === undefined ? undefined : people.get(credential);
  if (!isAccepted && person?.petname === undefined && bearerOf(people, credential, username)) return "changed";
  if (credential === undefined) return "no key";
  if (!person) return "new";
  if (person.is_verified) return "verified";
  return metNow?.has(credential) && person.petname === undefined ? "new" : "known";
}

/** @returns who else was given a name that looks like this one, or goes by it and is verified */
export function bearerOf(people: People, credential: string | undefined, username: string): Person | undefined {
  const claimed = skeletonOf(shownName(username));
  return [...people.values()].find((each) => each.credential !== credential && keptNames(each).includes(claimed));
}

/** The names, as they are compared, that nobody else may take unseen: given here, or verified. */
function keptNames({ petname, username, is_verified: isVerified }: Person): string[] {
  return [petname, isVerified ? username : undefined].flatMap((name) => (name ? [skeletonOf(shownName(name))] : []));
}

/** @returns the people after somebody was met: who is known keeps the day of the first time, petname and trust */
export function met(people: People, who: Person): Map<string, Person> {
  const before = people.get(who.credential);
  const now = before ? { ...before, username: who.username, last_seen: who.last_seen } : who;
  return withinLimit(new Map([...people, [who.credential, now]]));
}

/**
 * The people together with those that were kept elsewhere by the same person. Of whoever is known twice the earlier first
 * day counts and the later last one, the petname that is here before the one that comes, and that numbers were compared,
 * wherever that was.
 */
export function merged(people: People, others: Iterable<Person>): Map<string, Person> {
  const found = new Map(people);
  for (const other of others) {
    const here = found.get(other.credential) ?? other;
    const newer = other.last_seen > here.last_seen ? other : here;
    found.set(other.credential, {
      credential: other.credential,
      username: newer.username,
      first_seen: other.first_seen < here.first_seen ? other.first_seen : here.first_seen,
      last_seen: newer.last_seen,
      ...optionalOf(here.petname ?? other.petname, here.is_verified === true || other.is_verified === true),
    });
  }
  return withinLimit(found);
}

/** Drops the strangers that were not seen for longest, where there are too many. */
function withinLimit(people: Map<string, Person>): Map<string, Person> {
  const strangers = [...people.values()].filter((each) => !each.is_verified && each.petname === undefined);
  const excess = Math.max(0, people.size - mostPeople);
  const oldest = strangers.toSorted((one, other) => (one.last_seen < other.last_seen ? -1 : 1)).slice(0, excess);
  for (const { credential } of oldest) people.delete(credential);
  return people;
}

const optionalOf = (petname: string | undefined, isVerified: boolean): Pick<Person, "petname" | "is_verified"> => ({
  ...(petname ? { petname } : {}),
  ...(isVerified ? { is_verified: true } : {}),
});

/** The most characters of a credential; those of the kinds that there are have fewer. */
const credentialLength = 256;
const day = text(10, /^\d{4}-\d\d-\d\d$/);
const truth: Decode<boolean> = (value) => {
  if (typeof value !== "boolean") throw new Malformed("expected true or false");
  return value;
};
const decodeList = list(
  shape({
    credential: text(credentialLength),
    username: cutText(limits.nameLength),
    first_seen: day,
    last_seen: day,
    petname: optional(cutText(limits.nameLength)),
    is_verified: optional(truth),
  }),
  mostPeople,
);

/** Reads people as they are kept: a list. Throws `Malformed`. */
export function decodePeople(value: unknown): Map<string, Person> {
  return new Map(decodeList(value).map((person) => [person.credential, person]));
}
