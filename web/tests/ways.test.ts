// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import type { PeerKey } from "../src/core/events.ts";
import { type Fault, Ways } from "../src/core/ways.ts";

/** Looks so many times at the same losses. */
function look(ways: Ways, losses: Readonly<Record<PeerKey, number | undefined>>, times: number): Record<string, Fault> {
  const found = new Map(Object.entries(losses).map(([peer, lost]) => [Number(peer), lost]));
  let faults: ReadonlyMap<PeerKey, Fault> = new Map();
  for (let at = 0; at < times; at++) faults = ways.look(found);
  return Object.fromEntries(faults);
}

describe("a way to somebody", () => {
  test("is bad after some seconds of much loss, and not for a lost packet", () => {
    const ways = new Ways();
    expect(look(ways, { 1: 0.1 }, 1)).toEqual({});
    expect(look(ways, { 1: 0.02 }, 600)).toEqual({});
    expect(look(ways, { 1: 0.1 }, 3)).toEqual({ 1: "between" });
  });

  test("is good again once little is lost, and not while some is", () => {
    const ways = new Ways();
    look(ways, { 1: 0.2 }, 10);
    expect(look(ways, { 1: 0.03 }, 600)).toEqual({ 1: "between" });
    expect(look(ways, { 1: 0 }, 10)).toEqual({});
  });

  test("is forgotten where nothing is on it any more, or the peer is gone", () => {
    const ways = new Ways();
    look(ways, { 1: 0.2, 2: 0.2 }, 10);
    expect(look(ways, { 1: undefined, 2: 0.2 }, 20)).toEqual({ 2: "other" });
    expect(look(ways, {}, 1)).toEqual({});
    expect(look(ways, { 2: 0 }, 1)).toEqual({});
  });

  test("is bad on the side that most bad ways have in common", () => {
    expect(look(new Ways(), { 1: 0.1, 2: 0 }, 9)).toEqual({ 1: "other" });
    expect(look(new Ways(), { 1: 0.1, 2: 0.1 }, 9)).toEqual({ 1: "own", 2: "own" });
    expect(look(new Ways(), { 1: 0.1, 2: 0.1, 3: 0 }, 9)).toEqual({ 1: "own", 2: "own" });
    expect(look(new Ways(), { 1: 0.1, 2: 0, 3: 0 }, 9)).toEqual({ 1: "other" });
  });

  test("is judged by those alone on whose ways something is", () => {
    expect(look(new Ways(), { 1: 0.1, 2: undefined }, 9)).toEqual({ 1: "between" });
  });
});
