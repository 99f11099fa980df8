// SPDX-License-Identifier: AGPL-3.0-only
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { declaration, fits, readValue, settingKeys } from "../src/settings/declaration.ts";
import { Settings } from "../src/settings/store.ts";
import { settingsTable } from "../src/settings/table.ts";

/** localStorage, as far as settings use it. */
function storage(entries: Record<string, string> = {}): Storage {
  const map = new Map(Object.entries(entries));
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  } as Storage;
}

const link = (parameters: Record<string, string>): Map<string, string> => new Map(Object.entries(parameters));

describe("settings", () => {
  test("are stored as one JSON value a key, and read again", () => {
    const kept = storage();
    const settings = new Settings(kept);
    settings.set("username", "Alice");
    settings.set("microphone_gain", 2.5);
    settings.set("rnnoise", false);
    expect(kept.getItem("username")).toBe('"Alice"');
    expect(kept.getItem("microphone_gain")).toBe("2.5");
    expect(new Settings(kept).get("rnnoise")).toBe(false);
  });

  test("fall back to the default when what is stored does not fit", () => {
    const settings = new Settings(
      storage({ microphone_gain: "99", rnnoise: '"yes"', username: "{", video_fps: "null" }),
    );
    expect(settings.get("microphone_gain")).toBe(1);
    expect(settings.get("rnnoise")).toBe(true);
    expect(settings.get("username")).toBeUndefined();
  });

  test("go back to the default, and are forgotten", () => {
    const kept = storage();
    const settings = new Settings(kept);
    settings.set("letter_keys", false);
    expect(settings.isChanged("letter_keys")).toBe(true);
    settings.reset("letter_keys");
    expect(settings.get("letter_keys")).toBe(true);
    expect(kept.getItem("letter_keys")).toBeNull();
  });

  test("refuse what does not fit", () => {
    const settings = new Settings(storage());
    for (const value of [11, -1, Number.NaN, "1", true, null]) {
      expect(() => settings.set("microphone_gain", value)).toThrow(TypeError);
    }
    expect(() => settings.set("camera_facing_mode", "sideways")).toThrow(TypeError);
  });

  test("work without a storage", () => {
    const settings = new Settings(undefined);
    settings.set("username", "Alice");
    expect(settings.get("username")).toBe("Alice");
  });
});

describe("a link", () => {
  test("sets values for this page load and stores none", () => {
    const kept = storage({ username: '"Alice"' });
    const settings = new Settings(kept);
    const outcome = settings.takeFromLink(
      link({ username: "bob", letter_keys: "no", audio_activity_threshold: "0.5" }),
    );
    expect(outcome).toEqual({ wrong: [], captures: [] });
    expect([settings.get("username"), settings.get("letter_keys")]).toEqual(["bob", false]);
    expect(kept.getItem("username")).toBe('"Alice"');
    expect(new Settings(kept).get("username")).toBe("Alice");
    settings.takeFromLink(link({}));
    expect(settings.get("username")).toBe("Alice");
  });

  test("is told what is wrong, and that is ignored", () => {
    const settings = new Settings(storage());
    const wrong = { letter_keys: "maybe", microphone_gain: "loud", video_fps: "", nonsense: "1" };
    expect(settings.takeFromLink(link(wrong)).wrong).toEqual(Object.keys(wrong));
    expect(settings.get("letter_keys")).toBe(true);
  });

  test("does not start a capture by itself", () => {
    const settings = new Settings(storage());
    const { captures } = settings.takeFromLink(
      link({ camera_enabled: "1", microphone_enabled: "yes", screencast_enabled: "0" }),
    );
    expect(captures).toEqual(["camera_enabled", "microphone_enabled"]);
    expect(settings.get("camera_enabled")).toBe(false);
  });

  test("leaves a capture alone that the person has set already", () => {
    const settings = new Settings(storage({ camera_enabled: "true" }));
    expect(settings.takeFromLink(link({ camera_enabled: "true" })).captures).toEqual([]);
    expect(settings.get("camera_enabled")).toBe(true);
  });

  test.each([
    ["push_to_talk", true],
    ["hide_address", true],
    ["send_previews", false],
  ] as const)("sets %s to %s only", (key, safe) => {
    const settings = new Settings(undefined);
    settings.set(key, !safe);
    settings.takeFromLink(new Map([[key, String(safe)]]));
    expect(settings.get(key)).toBe(safe);
    settings.set(key, safe);
    settings.takeFromLink(new Map([[key, String(!safe)]]));
    expect(settings.get(key)).toBe(safe);
  });

  test.each([
    ["1", true],
    ["true", true],
    ["yes", true],
    ["0", false],
    ["false", false],
    ["no", false],
    ["TRUE", undefined],
    ["constructor", undefined],
  ])("%s is the boolean %s", (written, value) => {
    expect(readValue(declaration.rnnoise, written)).toBe(value);
  });
});

describe("what the original has stored", () => {
  test.each([
    [
      "room_watches",
      JSON.stringify(
        JSON.stringify([
          ["garden#1;a=b", "5".repeat(64)],
          ["public", "6".repeat(64)],
        ]),
      ),
      "garden=garden%231%3Ba%3Db;public=public",
    ],
    ["room_watches", JSON.stringify([["public", "6".repeat(64)]]), "public=public"],
    ["room_watches", JSON.stringify(JSON.stringify(["garden#1", 1, null, []])), "garden=garden%231"],
    ["room_watches", JSON.stringify("[not a list"), "[not a list"],
    ["room_watches", JSON.stringify("first;second=x"), "first;second=x"],
    ["language", '"de-DE"', "de"],
    ["language", '"system"', undefined],
    ["language", '"tlh"', undefined],
    ["preview_resolution", "512", 512],
    ["show_log", "true", true],
  ] as const)("%s %s is taken over", (key, stored, value) => {
    expect(new Settings(storage({ [key]: stored })).get(key)).toBe(value);
  });

  test.each([
    ["de-DE", "de"],
    ["fr", "fr"],
    ["system", undefined],
  ])("a link may say language=%s", (written, value) => {
    const settings = new Settings(storage({ language: '"ja"' }));
    expect(settings.takeFromLink(link({ language: written })).wrong).toEqual([]);
    expect(settings.get("language")).toBe(value);
  });

  test("a language that there is not is wrong in a link", () => {
    expect(new Settings(undefined).takeFromLink(link({ language: "tlh-KX" })).wrong).toEqual(["language"]);
  });
});

describe("two tabs", () => {
  /** Tabs with one storage, in which each hears of what the other ones wrote. */
  function tabs(entries: Record<string, string> = {}): { shared: Storage; first: Settings; second: Settings } {
    const shared = storage(entries);
    return { shared, first: new Settings(shared), second: new Settings(shared) };
  }
  const told = (settings: Settings, key: string | null): void => {
    const page = new EventTarget();
    settings.follow(page);
    page.dispatchEvent(Object.assign(new Event("storage"), { key }));
  };

  test("follow each other", () => {
    const { shared, first, second } = tabs({ letter_keys: "false" });
    first.set("username", "Alice");
    first.reset("letter_keys");
    for (const key of ["username", "letter_keys", "unknown"]) told(second, key);
    expect([second.get("username"), second.get("letter_keys")]).toEqual(["Alice", true]);
    shared.removeItem("username");
    told(second, null);
    expect(second.get("username")).toBeUndefined();
  });

  test("keep what their links say", () => {
    const { first, second } = tabs();
    second.takeFromLink(link({ username: "bob" }));
    first.set("username", "Alice");
    told(second, "username");
    expect([second.get("username"), second.kept("username")]).toEqual(["bob", "Alice"]);
  });

  test("lose no room when both add one", () => {
    const { first, second } = tabs();
    first.change("room_watches", (kept) => `${kept};garden`);
    second.change("room_watches", (kept) => `${kept};kitchen`);
    expect(second.get("room_watches")).toBe("public;garden;kitchen");
  });

  test("without room to store, what was set stays", () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error("full");
      },
    } as unknown as Storage;
    const settings = new Settings(full);
    settings.set("username", "Alice");
    told(settings, "username");
    settings.change("room_watches", (kept) => `${kept};garden`);
    expect([settings.get("username"), settings.get("room_watches")]).toEqual(["Alice", "public;garden"]);
  });
});

test("all that the panel shows is reset at once; rooms stay", () => {
  const kept = storage();
  const settings = new Settings(kept);
  settings.set("username", "Alice");
  settings.set("letter_keys", false);
  settings.set("room_watches", "garden");
  settings.resetAll();
  expect([settings.get("username"), settings.get("letter_keys")]).toEqual([undefined, true]);
  expect([kept.getItem("letter_keys"), kept.getItem("room_watches")]).toEqual([null, '"garden"']);
});

describe("the declaration", () => {
  test("has defaults that fit", () => {
    for (const key of settingKeys) {
      const setting = declaration[key];
      if (setting.default !== undefined) expect(fits(setting, setting.default)).toBe(true);
    }
  });

  test("is what the table in the docs says", () => {
    const docs = readFileSync(new URL("../../docs/settings.md", import.meta.url), "utf8");
    expect(docs).toContain(settingsTable());
  });
});
