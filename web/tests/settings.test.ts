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
