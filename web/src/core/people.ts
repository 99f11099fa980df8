// SPDX-License-Identifier: AGPL-3.0-only
/** The people that one knows by their credentials, and how one of them is marked when a name is claimed (Y14). */

import { featureList } from "./generated/fields.ts";
import { limits } from "./limits.ts";
import { skeletonOf } from "./names.ts";
import { cutText, list, optional, shape, suchThat, text } from "./schema.ts";
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
  /** The name that the person went by when keys were compared; undefined when they were not. */
  readonly verified_as?: string | undefined;
  /** The guarding features that its clients had so far: one that lacks any of these is not trusted unseen. */
  readonly protections?: readonly string[] | undefined;
}

/** People, each by their credential. */
export type People = ReadonlyMap<string, Person>;

/** The features that guard against a server or other members, besides those that a credential needs (Y15, Y20). */
const guarding = ["roster-1", "sas-1"];

/** People that are kept. Whoever was neither named nor verified, and was not seen for longest, is forgotten first. */
export const mostPeople = 1000;
/** People that are met for the first time in one stay, and kept: somebody with ever new keys pushes nobody out. */
export const mostNew = 100;

/** What is known of who a peer is. */
export interface Identity {
  readonly mark: Mark;
  /** The name that the person has here. */
  readonly petname?: string | undefined;
}

interface Circumstances {
  /** The own credential: whoever has proven that one is oneself, at another device or in another window. */
  readonly own?: string | undefined;
  /** The credentials that were first met in this very stay. */
  readonly metNow?: ReadonlySet<string>;
  /** Whether the person here takes the member for once, whoever else has its name, and whatever its client lacks. */
  readonly isAccepted?: boolean | undefined;
  /** The features of its client now; undefined if these are not known. */
  readonly features?: ReadonlySet<string> | undefined;
}

/** @returns the mark of a member that has proven a credential, or none, and claims a name */
export function markOf(
  people: People,
  credential: string | undefined,
  username: string,
  { own, metNow, isAccepted = false, features }: Circumstances = {},
): Mark {
  if (credential !== undefined && credential === own) return "known";
  const person = credential === undefined ? undefined : people.get(credential);
  const isLess = !isAccepted && protectsLess(person, features);
  if (!isLess && person?.verified_as !== undefined && isOwnName(person, username)) return "verified";
  const isTaken = !isAccepted && !person?.petname && bearerOf(people, credential, username);
  if (isLess || isTaken) return "changed";
  if (credential === undefined) return "no key";
  if (!person) return "new";
  return isKept(person) || !metNow?.has(credential) ? "known" : "new";
}

/** @returns those of a client's features that guard against a server or other members */
export const protectionsOf = (features: ReadonlySet<string>): string[] => guarding.filter((each) => features.has(each));

/** Tells whether a client guards against less than before: nobody can say why, so nobody is trusted for it. */
const protectsLess = (person: Person | undefined, features: ReadonlySet<string> | undefined): boolean =>
  features !== undefined && protectionsOf(new Set(person?.protections)).some((each) => !features.has(each));

/** @returns who else was given a name that looks like this one, or went by it when keys were compared */
export function bearerOf(people: People, credential: string | undefined, name: string): Person | undefined {
  const claimed = compared(name);
  if (!claimed) return undefined;
  for (const each of people.values()) {
    if (each.credential !== credential && keptNames(each).includes(claimed)) return each;
  }
  return undefined;
}

/**
 * @param metNow those that were met for the first time in this stay, of whom so many are kept, and no more
 * @returns the people after somebody was met: who is known keeps the day of the first time, petname and trust
 */
export function met(people: People, who: Person, metNow: ReadonlySet<string> = new Set()): People {
  const before = people.get(who.credential);
  if (before) {
    const lastSeen = who.last_seen > before.last_seen ? who.last_seen : before.last_seen;
    const now = { ...before, username: who.username, last_seen: lastSeen, ...together(before, who) };
    return new Map([...people, [who.credential, now]]);
  }
  if (isFull(people, metNow)) return people;
  return withinLimit(new Map([...people, [who.credential, who]])) ?? people;
}

/** Whether as many strangers as this stay keeps are among those that were met for the first time in it. */
export function isFull(people: People, metNow: ReadonlySet<string>): boolean {
  const strangers = [...metNow].map((each) => people.get(each)).filter((each) => each && !isKept(each));
  return strangers.length >= mostNew;
}

/** @returns the people with a name that somebody has here, or none; undefined if it is somebody else's or not to be seen */
export function renamed(people: People, who: Person, petname: string | undefined): People | undefined {
  if (petname && (!compared(petname) || bearerOf(people, who.credential, petname))) return undefined;
  const person = people.get(who.credential) ?? who;
  return new Map([...people, [who.credential, { ...person, petname: petname || undefined }]]);
}

/** Whether a comparison of keys can count: not under a name of somebody else's, unless the person has one here. */
export const canBeVerified = (people: People, { credential, username }: Person): boolean =>
  Boolean(people.get(credential)?.petname) || !bearerOf(people, credential, username);

/**
 * @returns the people with what a comparison of keys has shown of somebody, under the name that it goes by; unchanged
 * where that is somebody else's
 */
export function verified(people: People, who: Person, isSame: boolean): People {
  if (isSame && !canBeVerified(people, who)) return people;
  const person = people.get(who.credential) ?? who;
  return new Map([...people, [who.credential, { ...person, verified_as: isSame ? who.username : undefined }]]);
}

/**
 * The people together with those that were kept elsewhere by the same person; undefined if they are too many. Of whoever
 * is known twice the earlier first day counts and the later last one, but none after `today`; the petname that is here
 * before the one that comes, if nobody else has that; and a comparison of keys, wherever that was.
 */
export function merged(people: People, others: Iterable<Person>, today: string): People | undefined {
  const found = new Map(people);
  const bearers = new Map(
    [...people.values()].flatMap((each) => keptNames(each).map((name): [string, string] => [name, each.credential])),
  );
  for (const other of others) {
    const here = found.get(other.credential) ?? other;
    const newer = other.last_seen > here.last_seen ? other : here;
    const petname = here.petname || other.petname;
    const isFree = petname && (bearers.get(compared(petname)) ?? other.credential) === other.credential;
    const verifiedAs = here.verified_as ?? other.verified_as;
    const now: Person = {
      credential: other.credential,
      username: newer.username,
      first_seen: earliest(here.first_seen, other.first_seen, today),
      last_seen: earliest(newer.last_seen, today),
      ...(isFree ? { petname } : {}),
      ...(verifiedAs === undefined ? {} : { verified_as: verifiedAs }),
      ...together(here, other),
    };
    found.set(other.credential, now);
    for (const name of keptNames(now)) bearers.set(name, other.credential);
  }
  return withinLimit(found);
}

/** The guarding features that somebody has had at one time or the other. */
function together(one: Person, other: Person): Pick<Person, "protections"> {
  const protections = protectionsOf(new Set([...(one.protections ?? []), ...(other.protections ?? [])]));
  return protections.length > 0 ? { protections } : {};
}

const earliest = (...days: readonly string[]): string => days.toSorted()[0] ?? "";

/** Whether somebody here has decided something about a person: a name, or that its key is its own. */
export const isKept = ({ petname, verified_as: verifiedAs }: Person): boolean =>
  Boolean(petname) || verifiedAs !== undefined;

/** @returns the people without the strangers that were not seen for longest; undefined if too many are left */
function withinLimit(people: People): People | undefined {
  const strangers = [...people.values()].filter((each) => !isKept(each));
  const excess = Math.max(0, people.size - mostPeople);
  if (excess > strangers.length) return undefined;
  const oldest = strangers.toSorted(byLastSeen).slice(0, excess);
  const gone = new Set(oldest.map(({ credential }) => credential));
  return new Map([...people].filter(([key]) => !gone.has(key)));
}

/** Compares by the day of the last time, the earlier one first. */
export const byLastSeen = (one: Person, other: Person): number =>
  one.last_seen === other.last_seen ? 0 : one.last_seen < other.last_seen ? -1 : 1;

/** Whether a name is the one by which the person's key was compared, or one is given here. */
const isOwnName = ({ petname, verified_as: verifiedAs = "" }: Person, username: string): boolean =>
  Boolean(petname) || compared(username) === compared(verifiedAs);

const keptNamesOf = new WeakMap<Person, readonly string[]>();

/** The names, as they are compared, that nobody else may take unseen. */
function keptNames(person: Person): readonly string[] {
  const known = keptNamesOf.get(person);
  const names = known ?? [person.petname, person.verified_as].flatMap((name) => (name ? [compared(name)] : []));
  if (!known) keptNamesOf.set(person, names);
  return names;
}

/** A name as it is compared; empty for one that is not to be seen. */
function compared(name: string): string {
  const shown = shownName(name);
  return shown && skeletonOf(shown);
}

/** The most characters of a credential; those of the kinds that there are have fewer. */
const credentialLength = 256;
const day = suchThat(
  text(10, /^\d{4}-\d\d-\d\d$/),
  (written) => new Date(written).toJSON()?.startsWith(written) ?? false,
  "a day",
);
const decodePerson = shape({
  credential: text(credentialLength),
  username: cutText(limits.nameLength),
  first_seen: day,
  last_seen: day,
  petname: optional(cutText(limits.nameLength)),
  verified_as: optional(cutText(limits.nameLength)),
  protections: optional(featureList),
});
const decodeList = list(decodePerson);

/** Reads people as they are kept: a list. Throws `Malformed`. */
export function decodePeople(value: unknown): Map<string, Person> {
  return new Map(decodeList(value).map((person) => [person.credential, person]));
}
