// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { fileNameOf, fitted, formatFor, sceneOf } from "../src/core/recorded-scene.ts";

const size = { width: 1280, height: 720 };
const person = (name: string, ...pictures: string[]): { name: string; isSpeaking: boolean; pictures: string[] } => ({
  name,
  isSpeaking: false,
  pictures,
});

test("everybody has a place of their own, with their pictures or their initial, and their name", () => {
  const scene = sceneOf(size, [person("alice"), person("Bob", "b"), person("carol", "c", "d")], undefined, new Map());
  expect(scene.map((each) => ("key" in each ? each.key : "letter" in each ? each.letter : each.name))).toEqual([
    "A",
    "alice",
    "b",
    "Bob",
    "c",
    "d",
    "carol",
  ]);
  for (const { place } of scene) {
    expect(place.left).toBeGreaterThanOrEqual(0);
    expect(place.left + place.width).toBeLessThanOrEqual(size.width + 0.5);
    expect(place.top + place.height).toBeLessThanOrEqual(size.height + 0.5);
  }
});

test("a pinned picture is large", () => {
  const scene = sceneOf(size, [person("alice", "a"), person("bob", "b")], "b", new Map());
  const [first, second] = scene.filter(({ kind }) => kind === "picture");
  expect(second?.place.width).toBeGreaterThan(3 * (first?.place.width ?? 0));
});

test("a picture is shown whole, in the middle of its place", () => {
  const place = { left: 10, top: 20, width: 400, height: 100 };
  expect(fitted(place, { width: 100, height: 100 })).toEqual({ left: 160, top: 20, width: 100, height: 100 });
});

test.each([
  ["WebM", () => true, false, "video/webm;codecs=vp8,opus"],
  ["MP4 where the system prefers that", () => true, true, "video/mp4;codecs=avc1.42E01E,mp4a.40.2"],
  ["MP4 where there is nothing else", (type: string) => type === "video/mp4", false, "video/mp4"],
  ["nothing where nothing can be recorded", () => false, false, undefined],
])("%s is recorded", (_, canRecord, prefersMp4, type) => {
  expect(formatFor(canRecord, prefersMp4)?.type).toBe(type);
});

test("a file is called by when it began", () => {
  expect(fileNameOf(new Date(2026, 0, 2, 3, 4, 5), "webm")).toBe("keks-meet 2026-01-02 03-04-05.webm");
});
