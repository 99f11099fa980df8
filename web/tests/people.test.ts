// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import {
  decodePeople,
  type Mark,
  markOf,
  merged,
  met,
  mostNew,
  mostPeople,
  type People,
  type Person,
  renamed,
  verified,
} from "../src/core/people.ts";
import { Malformed } from "../src/core/schema.ts";
import { lockPeople, unlockPeople, WrongPassphrase } from "../src/crypto/people-file.ts";
import { readVectors } from "./vectors.ts";

interface Vectors {
  people: Person[];
  marks: {
    why: string;
    username: string;
    credential?: string;
    met_now?: string[];
    own?: string;
    is_accepted?: boolean;
    features?: string[];
    mark: Mark;
  }[];
  met: { why: string; people: Person[]; who: Person; found: Person[] }[];
  merged: { why: string; people: Person[]; others: Person[]; found: Person[] }[];
  renamed: { why: string; who: Person; petname: string | null; found: Person | null }[];
  verified: { why: string; who: Person; is_same: boolean; found: Person }[];
  files: { why: string; passphrase: string; file: string; people: Person[] }[];
  locked_files: { why: string; passphrase: string; file: string }[];
  no_files: { why: string; file: string }[];
}
const vectors = readVectors<Vectors>("people");
const byKey = (people: readonly Person[]): Map<string, Person> =>
  new Map(people.map((each) => [each.credential, each]));

describe("people", () => {
  test.each(vectors.marks)("mark: $why", ({ credential, username, mark, ...known }) => {
    const { met_now: metNow, own, is_accepted: isAccepted, features } = known;
    const circumstances = {
      own,
      metNow: new Set(metNow),
      isAccepted,
      ...(features ? { features: new Set(features) } : {}),
    };
    expect(markOf(byKey(vectors.people), credential, username, circumstances)).toBe(mark);
  });

  test.each(vectors.met)("met: $why", ({ people, who, found }) => {
    expect(met(byKey(people), who)).toEqual(byKey(found));
  });

  test.each(vectors.merged)("of two devices: $why", ({ people, others, found }) => {
    expect(merged(byKey(people), others, "2026-11-26")).toEqual(byKey(found));
  });

  test.each(vectors.renamed)("renamed: $why", ({ who, petname, found }) => {
    expect(renamed(byKey(vectors.people), who, petname ?? undefined)?.get(who.credential)).toEqual(found ?? undefined);
  });

  test.each(vectors.verified)("compared: $why", ({ who, is_same: isSame, found }) => {
    expect(verified(byKey(vectors.people), who, isSame).get(who.credential)).toEqual(found ?? undefined);
  });

  test("strangers that were not seen for longest are forgotten first", () => {
    const day = (at: number): string => new Date(at * 86_400_000).toISOString().slice(0, 10);
    const crowd = Array.from({ length: mostPeople }, (_, at): Person => {
      const named = at === 0 ? { petname: "first" } : {};
      return { credential: `key ${at}`, username: "", first_seen: day(at), last_seen: day(at), ...named };
    });
    const found = met(byKey(crowd), { credential: "new", username: "", first_seen: day(1), last_seen: day(1) });
    expect(found.size).toBe(mostPeople);
    expect([found.has("key 0"), found.has("key 1"), found.has("key 2")]).toEqual([true, false, true]);
  });

  test("ever new keys push nobody out", () => {
    const [known, now] = [byKey(vectors.people), new Set<string>()];
    let people: People = known;
    for (let at = 0; at < 3 * mostNew; at++) {
      people = met(
        people,
        { credential: `key ${at}`, username: "m", first_seen: "2026-11-26", last_seen: "2026-11-26" },
        now,
      );
      now.add(`key ${at}`);
    }
    expect(people.size).toBe(known.size + mostNew);
    for (const key of known.keys()) expect(people.has(key)).toBe(true);
  });

  test("people of two devices may be too many", () => {
    const crowd = Array.from({ length: mostPeople }, (_, at): Person => ({
      credential: `key ${at}`,
      username: "",
      first_seen: "2026-11-26",
      last_seen: "2026-11-26",
      petname: `name ${String(at).padStart(4, "0")}`,
    }));
    expect(merged(new Map(), crowd, "2026-11-26")?.size).toBe(mostPeople);
    expect(merged(byKey(vectors.people), crowd, "2026-11-26")).toBeUndefined();
  });

  test("days that are none are not read", () => {
    const written = { credential: "key", username: "", first_seen: "2026-02-30", last_seen: "2026-11-26" };
    expect(() => decodePeople([written])).toThrow(Malformed);
  });
});

describe("a file with people", () => {
  test.each(vectors.files)("$why", async ({ file, passphrase, people }) => {
    expect(JSON.parse((await unlockPeople(file, passphrase)) ?? "")).toEqual(people);
  });

  test.each(vectors.locked_files)("is not opened by $why", async ({ file, passphrase }) => {
    await expect(unlockPeople(file, passphrase)).rejects.toThrow(WrongPassphrase);
  });

  test.each(vectors.no_files)("is not: $why", async ({ file }) => {
    expect(await unlockPeople(file, "passphrase")).toBeUndefined();
  });

  test("is locked anew each time", async () => {
    const [one, other] = [await lockPeople([], "passphrase"), await lockPeople([], "passphrase")];
    expect(one).not.toBe(other);
    expect(await unlockPeople(one, "passphrase")).toBe("[]");
  });
});
