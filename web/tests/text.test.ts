// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeFileName } from "../src/core/file-name.ts";
import { type KnownRoom, readKnownRooms, writeKnownRooms } from "../src/core/known-rooms.ts";
import { limits } from "../src/core/limits.ts";
import { linkify } from "../src/core/linkify.ts";
import { Rate } from "../src/core/rate.ts";
import { isOfInputMethod, type KeyPress, shortcutOf } from "../src/core/shortcuts.ts";
import { readVectors } from "./vectors.ts";

const { names } = readVectors<{ names: { why: string; name: string; safe: string }[] }>("file-names");

describe("names of files", () => {
  test.each(names)("$why", ({ name, safe }) => {
    expect(safeFileName(name)).toBe(safe);
  });

  test("nothing that a peer sends gets out of the folder, hides or is too long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (name) => {
        const safe = safeFileName(name);
        expect(safe).not.toBe("");
        expect(safe).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069<>:"|?*]|^\.|[. ]$/u);
        expect(new TextEncoder().encode(safe).length).toBeLessThanOrEqual(241);
      }),
    );
  });

  test("a name made to be slow is not", () => {
    expect(safeFileName(`${" ".repeat(1e6)}a${" ".repeat(1e6)}b`)).toBe("a");
  });
});

describe("links in chat", () => {
  test.each([
    ["see https://example.org.", ["see ", "*https://example.org", "."]],
    ["(https://example.org/a_(b))", ["(", "*https://example.org/a_(b)", ")"]],
    ["HTTP://EXAMPLE.ORG/?q=1&b=2#x ok", ["*HTTP://EXAMPLE.ORG/?q=1&b=2#x", " ok"]],
    ["javascript:alert(1) data:text/html,x file:///etc", ["javascript:alert(1) data:text/html,x file:///etc"]],
    ["https:// nothing", ["https:// nothing"]],
    ['<a href="https://example.org">', ['<a href="', "*https://example.org", '">']],
    ["見て：https://example.org/a。次に", ["見て：", "*https://example.org/a", "。次に"]],
    ["「https://example.org/日本」、", ["「", "*https://example.org/日本", "」、"]],
    ["看https://example.org/a，再看", ["看", "*https://example.org/a", "，再看"]],
    ["“https://example.org”和", ["“", "*https://example.org", "”和"]],
    ["(见https://example.org/（注）)", ["(见", "*https://example.org/", "（注）)"]],
    ["https://example.org، ثم", ["*https://example.org", "، ثم"]],
    ["https://example.org/a।", ["*https://example.org/a", "।"]],
    ["", []],
  ])("%j", (text, expected) => {
    expect(linkify(text).map((part) => (part.href === undefined ? part.text : `*${part.href}`))).toEqual(expected);
  });

  test("a text made to be slow is not", () => {
    const text = `http://a${".".repeat(limits.chatLength)}x`;
    expect(linkify(text)).toEqual([{ text, href: text }]);
  });

  test("no text is lost, and only http and https are links", () => {
    const words = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom("https://", "javascript:x", ")", "."));
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const text = parts.join(" ");
        const found = linkify(text);
        expect(found.map((part) => part.text).join("")).toBe(text);
        for (const { href = "https://x" } of found) expect(href).toMatch(/^https?:\/\//i);
      }),
    );
  });
});

describe("known rooms", () => {
  test.each<[string, KnownRoom[]]>([
    ["public", [{ name: "public", secret: "public" }]],
    [
      "Friends=s%3Bx%3D1;public",
      [
        { name: "Friends", secret: "s;x=1" },
        { name: "public", secret: "public" },
      ],
    ],
    ["a=b=c", [{ name: "a", secret: "b=c" }]],
    ["", []],
    [";;%zz;=x", [{ name: "x", secret: "x" }]],
  ])("%j", (setting, rooms) => {
    expect(readKnownRooms(setting)).toEqual(rooms);
  });

  test("what is written is read again", () => {
    const part = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.trim() === text);
    const rooms = fc.array(fc.record({ name: part, secret: part }));
    fc.assert(
      fc.property(rooms, (written) => {
        expect(readKnownRooms(writeKnownRooms(written))).toEqual(written);
      }),
    );
  });
});

describe("keys", () => {
  const press = (key: string, more: Partial<KeyPress> = {}): ReturnType<typeof shortcutOf> =>
    shortcutOf({
      key,
      code: "",
      ctrlKey: false,
      shiftKey: false,
      altKey: false,
      metaKey: false,
      isTyping: false,
      hasSelection: false,
      hasMicrophone: true,
      hasLetterKeys: true,
      ...more,
    });

  test("letters, with or without Shift", () => {
    expect(["m", "M", "r", "R", "c", "C", "s", "S", "p", "P", "f", "F", "?", "x"].map((key) => press(key))).toEqual([
      "microphone",
      "microphone",
      "microphone",
      "microphone",
      "camera",
      "camera",
      "screen",
      "screen",
      "pin-next",
      "pin-next",
      "full-screen",
      "full-screen",
      "show-keys",
      undefined,
    ]);
  });

  test.each([
    ["ь", "KeyM", "microphone"],
    ["Ь", "KeyM", "microphone"],
    ["к", "KeyR", "microphone"],
    ["с", "KeyC", "camera"],
    ["σ", "KeyS", "screen"],
    ["פ", "KeyP", "pin-next"],
    ["ㄹ", "KeyF", "full-screen"],
    ["ب", "KeyF", "full-screen"],
    ["؟", "Slash", "show-keys"],
    ["？", "Slash", "show-keys"],
    ["ж", "Semicolon", undefined],
    // A Latin layout says with the key what its label says: AZERTY, Dvorak.
    ["m", "Semicolon", "microphone"],
    [",", "KeyM", undefined],
    ["é", "KeyM", undefined],
  ])("%s at %s", (key, code, shortcut) => {
    expect(press(key, { code })).toBe(shortcut);
  });

  test("Ctrl and a key of another script", () => {
    expect(press("с", { code: "KeyC", ctrlKey: true })).toBe("end-tracks");
    expect(press("с", { code: "KeyC", ctrlKey: true, isTyping: true })).toBeUndefined();
  });

  test("Ctrl+D mutes, while typing, too; without a microphone it is the browser's", () => {
    expect(press("d", { ctrlKey: true })).toBe("toggle-mute");
    expect(press("d", { ctrlKey: true, isTyping: true, hasLetterKeys: false })).toBe("toggle-mute");
    expect(press("в", { code: "KeyD", ctrlKey: true })).toBe("toggle-mute");
    for (const more of [{ hasMicrophone: false }, { shiftKey: true }, { altKey: true }, { metaKey: true }])
      expect(press("d", { ctrlKey: true, ...more })).toBeUndefined();
  });

  test("Ctrl+Shift+C is the browser's", () => {
    expect(press("C", { code: "KeyC", ctrlKey: true, shiftKey: true })).toBeUndefined();
  });

  test("keys of an input method are its own, after the end of a composition in Safari, too", () => {
    expect(isOfInputMethod({ isComposing: true, keyCode: 13 })).toBe(true);
    expect(isOfInputMethod({ isComposing: false, keyCode: 229 })).toBe(true);
    expect(isOfInputMethod({ isComposing: false, keyCode: 13 })).toBe(false);
  });

  test("letters do nothing while typing, with other keys held, or when switched off", () => {
    for (const more of [
      { isTyping: true },
      { altKey: true },
      { metaKey: true },
      { ctrlKey: true },
      { hasLetterKeys: false },
    ]) {
      expect(press("m", more)).toBeUndefined();
    }
  });

  test("Ctrl+Enter works while typing, Ctrl+C only with nothing selected", () => {
    expect(press("Enter", { ctrlKey: true, isTyping: true })).toBe("toggle-chat");
    expect(press("c", { ctrlKey: true })).toBe("end-tracks");
    expect(press("c", { ctrlKey: true, hasSelection: true })).toBeUndefined();
    expect(press("c", { ctrlKey: true, isTyping: true })).toBeUndefined();
  });
});

test("a rate follows many samples a second, too", () => {
  const rate = new Rate();
  for (let at = 0; at <= 20_000; at += 7) rate.add(at * 10, at);
  expect(rate.perSecond).toBeCloseTo(10_000, -2);
});

test("a rate is that of the last seconds", () => {
  const rate = new Rate();
  expect(rate.perSecond).toBe(0);
  for (let second = 0; second <= 20; second++)
    rate.add(second < 10 ? second * 1000 : 10_000 + second * 10, second * 1000);
  expect(rate.perSecond).toBeCloseTo(10);
});
