// SPDX-License-Identifier: AGPL-3.0-only
/** What a person wanted of somebody who left holds again when the same one is back (R1). */

import { describe, expect, test } from "vitest";
import { Returning, type Wish } from "../src/core/returning.ts";

type Peers = Parameters<Returning["look"]>[0];

/** @param tracks whether each is wanted */
function member(key: number, credential: string | undefined, tracks: Record<string, boolean>): Peers[number] {
  const resources = Object.entries(tracks).map(([id, wanted]) => ({
    info: { id, kind: "track", track_kind: "video" as const },
    wanted,
    asked: wanted,
    flowing: false,
  }));
  return { key, credential, resources };
}

function lookAt(...rooms: Peers[]): Wish[][] {
  const returning = new Returning();
  return rooms.map((peers) => returning.look(peers));
}

describe("wishes", () => {
  test("hold again, each once, when the same one offers the same again", () => {
    const [, , back, later, last] = lookAt(
      [member(1, "ann", { cam: true, screen: false })],
      [],
      [member(2, "ann", {})],
      [member(2, "ann", { cam: false, screen: false, new: false })],
      [member(2, "ann", { cam: false, screen: false, new: false })],
    );
    expect(back).toEqual([]);
    expect(later).toEqual([
      { before: 1, peer: 2, id: "cam", wanted: true, isWanted: false },
      { before: 1, peer: 2, id: "screen", wanted: false, isWanted: false },
    ]);
    expect(last).toEqual([]);
  });

  test("are kept when somebody leaves twice before all is offered again", () => {
    const [, , , , back] = lookAt(
      [member(1, "ann", { cam: true })],
      [],
      [member(2, "ann", { screen: true })],
      [],
      [member(3, "ann", { cam: false, screen: false })],
    );
    expect(back?.map(({ before, id, wanted }) => [before, id, wanted])).toEqual([
      [1, "cam", true],
      [2, "screen", true],
    ]);
  });

  test("of who has proven nothing, or of somebody else, hold for nobody", () => {
    const [, , bare, other] = lookAt(
      [member(1, undefined, { cam: true }), member(2, "ann", { cam: true })],
      [],
      [member(3, undefined, { cam: false })],
      [member(4, "bob", { cam: false })],
    );
    expect([bare, other]).toEqual([[], []]);
  });

  test("hold for each of several tabs, whichever comes back first, and for who proves late who it is", () => {
    const [, , one, late] = lookAt(
      [member(1, "ann", { cam: true }), member(2, "ann", { screen: true })],
      [],
      [member(3, undefined, { cam: false }), member(4, "ann", { screen: false })],
      [member(3, "ann", { cam: false }), member(4, "ann", { screen: true })],
    );
    expect(one?.map(({ before, peer, id }) => [before, peer, id])).toEqual([[2, 4, "screen"]]);
    expect(late?.map(({ before, peer, id }) => [before, peer, id])).toEqual([[1, 3, "cam"]]);
  });

  test("of at most 128 tracks of one person are remembered, however often it comes and goes", () => {
    const returning = new Returning();
    for (let at = 0; at < 300; at++) {
      returning.look([member(at, "ann", { [`track ${at}`]: true })]);
      returning.look([]);
    }
    const all = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`track ${at}`, false]));
    expect(returning.look([member(300, "ann", all)])).toHaveLength(128);
  });

  test("of at most 64 people are remembered", () => {
    const members = Array.from({ length: 65 }, (_, at) => member(at, `person ${at}`, { cam: true }));
    const back = members.map(({ key, credential }) => member(key + 100, credential, { cam: false }));
    expect(lookAt(members, [], back)[2]?.map(({ before }) => before)).toEqual([...Array(65).keys()].slice(1));
  });
});
