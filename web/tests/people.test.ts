// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { type Mark, markOf, merged, met, mostPeople, type Person } from "../src/core/people.ts";
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
    mark: Mark;
  }[];
  met: { why: string; people: Person[]; who: Person; found: Person[] }[];
  merged: { why: string; people: Person[]; others: Person[]; found: Person[] }[];
  files: { why: string; passphrase: string; file: string; people: Person[] }[];
  locked_files: { why: string; passphrase: string; file: string }[];
  no_files: { why: string; file: string }[];
}
const vectors = readVectors<Vectors>("people");
const byKey = (people: readonly Person[]): Map<string, Person> =>
  new Map(people.map((each) => [each.credential, each]));

describe("people", () => {
  test.each(vectors.marks)("mark: $why", ({ credential, username, met_now: metNow, own, is_accepted, mark }) => {
    const circumstances = { own, metNow: new Set(metNow), isAccepted: is_accepted };
    expect(markOf(byKey(vectors.people), credential, username, circumstances)).toBe(mark);
  });

  test.each(vectors.met)("met: $why", ({ people, who, found }) => {
    expect(met(byKey(people), who)).toEqual(byKey(found));
  });

  test.each(vectors.merged)("of two devices: $why", ({ people, others, found }) => {
    expect(merged(byKey(people), others)).toEqual(byKey(found));
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
