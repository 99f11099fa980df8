// SPDX-License-Identifier: AGPL-3.0-only
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { de } from "../src/locale/de.ts";
import { en as enOfRooms, type Strings } from "../src/locale/en.ts";
import { enOfWays } from "../src/locale/en-ways.ts";
import { enOfMedia } from "../src/locale/en-media.ts";
import { enOfPanels } from "../src/locale/en-panels.ts";
import { enOfPeople } from "../src/locale/en-people.ts";
import { enOfRecording } from "../src/locale/en-recording.ts";
import { enOfStart } from "../src/locale/en-start.ts";
import { enOfTrial } from "../src/locale/en-trial.ts";
import { enOfTrouble } from "../src/locale/en-trouble.ts";
import { es } from "../src/locale/es.ts";
import {
  formatBytes,
  formatDuration,
  formatMoment,
  formatNumber,
  formatPercent,
  formatSpeed,
  formatTime,
  locale,
} from "../src/locale/format.ts";
import { fr } from "../src/locale/fr.ts";
import { ja } from "../src/locale/ja.ts";
import { statusWords, streamLabel } from "../src/locale/labels.ts";
import { bestLanguage, languages, localeOf } from "../src/locale/languages.ts";
import { speak, strings } from "../src/locale/strings.ts";

const en: Strings = {
  ...enOfRooms,
  ...enOfTrial,
  ...enOfWays,
  ...enOfMedia,
  ...enOfPanels,
  ...enOfPeople,
  ...enOfRecording,
  ...enOfStart,
  ...enOfTrouble,
};
const all: Readonly<Record<string, Strings>> = { en, de, es, fr, ja };
const others = Object.entries(all).filter(([language]) => language !== "en");

/** What is the same in English, because it is: names of keys, words that came from English, and mere punctuation. */
const keyNames = [1, 3, 4, 5, 6, 7, 12].map((number) => `keyList.${number}.0`);
const sameAsEnglish: Readonly<Record<string, readonly string[]>> = {
  de: ["chat", "link", "passphrase", "trial.server", "chatFrom", "transferEnded.of", ...keyNames, "keyList.11.0"],
  es: [
    "chat",
    "chatFrom",
    "transferEnded.of",
    ...keyNames,
    "keyList.2.0",
    "keyList.8.0",
    "keyList.9.0",
    "keyList.11.0",
  ],
  fr: ["groups.notifications", ...keyNames, "keyList.2.0", "keyList.8.0", "keyList.9.0"],
  ja: [...keyNames, "keyList.0.0", "keyList.2.0", "keyList.8.0", "keyList.9.0", "keyList.11.0"],
};

/**
 * Signs of a slip: breakable spaces that must not break, English quotes, the wrong form of address, another word for what
 * has one already, in Japanese also narrow signs.
 */
const mistakes: Readonly<Record<string, RegExp>> = {
  de: / …|"|[a-zäöüß,] (Sie|Ihr|Ihre|Ihnen)\b|\bSie (teilen|bieten)\b/u,
  es: /["“”]|\busted(es)?\b|retransmisión/iu,
  fr: /["“”]| [:;!?»]|« |\b(tu|ton|tes)\b|\bsalles?\b/iu,
  ja: /["“”！；]|[ぁ-んァ-ヶ一-龠][:?()]|部屋/u,
};

type Text = string | ((...values: unknown[]) => string);

/** Every text by its path: "capture.camera.busy". */
function texts(value: object, path = ""): Map<string, Text> {
  const found = new Map<string, Text>();
  for (const [key, inner] of Object.entries(value) as [string, Text | object][]) {
    const at = path === "" ? key : `${path}.${key}`;
    if (typeof inner === "string" || typeof inner === "function") found.set(at, inner as Text);
    else for (const [name, text] of texts(inner, at)) found.set(name, text);
  }
  return found;
}

const counted = new Set(["members", "peopleExported", "peopleImported", "sharedCount", "unread"]);

/** A text as a reader sees it, with something in its places. */
function shown(path: string, text: Text): string {
  if (typeof text === "string") return text;
  return counted.has(path) ? text(5) : text(...["‹first›", "‹second›"].slice(0, text.length));
}

describe.each(others)("%s", (language, words) => {
  const own = texts(words);

  test("has every text of English, with as many places, and no other", () => {
    const shape = (of: Strings): [string, number | string][] =>
      [...texts(of)].map(([path, text]) => [path, typeof text === "string" ? "text" : text.length]);
    // English is in several files, so its order is another one.
    expect(new Map(shape(words))).toEqual(new Map(shape(en)));
  });

  test("leaves no text empty or in English", () => {
    const english = texts(en);
    const same = [...own].filter(([path, text]) => shown(path, text) === shown(path, english.get(path) ?? ""));
    expect(same.map(([path]) => path).toSorted()).toEqual(sameAsEnglish[language]?.toSorted());
    expect([...own].filter(([path, text]) => shown(path, text).trim() === "")).toEqual([]);
  });

  test("uses all that it is given", () => {
    const places = [...own].filter(([path, text]) => typeof text !== "string" && !counted.has(path));
    const lost = places.filter(([path, text]) => {
      const result = shown(path, text);
      return !result.includes("‹first›") || (text.length > 1 && !result.includes("‹second›"));
    });
    expect(lost.map(([path]) => path)).toEqual([]);
  });

  test("is typeset as its readers are used to", () => {
    const wrong = [/ {2}|^\s|\s$|'|\.\.\./u, mistakes[language]].filter((mistake) => mistake !== undefined);
    const found = [...own].filter(([path, text]) => wrong.some((mistake) => mistake.test(shown(path, text))));
    expect(found).toEqual([]);
  });

  test("names the control that has to be pressed again", () => {
    for (const source of ["microphone", "camera"] as const) {
      expect(words.capture[source].refused).toContain(words[source]);
      expect(words.capture[source]["no-device"]).toContain(words[source]);
    }
  });
});

describe("counted things", () => {
  afterEach(() => {
    locale.value = "en";
  });

  test.each([
    ["en", ["0 people", "1 person", "2 people", "5 people"], ["0 unread", "1 unread", "2 unread", "5 unread"]],
    [
      "de",
      ["0 Personen", "1 Person", "2 Personen", "5 Personen"],
      ["0 ungelesene Nachrichten", "1 ungelesene Nachricht", "2 ungelesene Nachrichten", "5 ungelesene Nachrichten"],
    ],
    [
      "es",
      ["0 personas", "1 persona", "2 personas", "5 personas"],
      ["0 mensajes sin leer", "1 mensaje sin leer", "2 mensajes sin leer", "5 mensajes sin leer"],
    ],
    [
      "fr",
      ["0 personne", "1 personne", "2 personnes", "5 personnes"],
      ["0 message non lu", "1 message non lu", "2 messages non lus", "5 messages non lus"],
    ],
    ["ja", ["0 人", "1 人", "2 人", "5 人"], ["未読 0 件", "未読 1 件", "未読 2 件", "未読 5 件"]],
  ])("in %s", (language, members, unread) => {
    locale.value = language;
    const words = all[language] ?? en;
    expect([0, 1, 2, 5].map(words.members)).toEqual(members);
    expect([0, 1, 2, 5].map(words.unread)).toEqual(unread);
  });

  test("are written as the region writes numbers", () => {
    locale.value = "de-CH";
    expect(de.members(1234)).toMatch(/^1['’]234 Personen$/);
  });
});

describe("in the reader's manner:", () => {
  const moment = new Date(2026, 4, 3, 16, 5);
  const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/gu, " ").replace("’", "'");

  afterEach(() => {
    locale.value = "en";
  });

  test.each([
    ["en", "1,234.5", "1.5 MB", "1.5 MB/s", "2 min, 5 sec", "04:05 PM", "May 3, 2026 at 4:05 PM", "2.5%"],
    ["en-GB", "1,234.5", "1.5 MB", "1.5 MB/s", "2 mins, 5 secs", "16:05", "3 May 2026 at 16:05", "2.5%"],
    ["de", "1.234,5", "1,5 MB", "1,5 MB/s", "2 Min., 5 Sek.", "16:05", "3. Mai 2026 um 16:05", "2,5 %"],
    ["de-CH", "1'234.5", "1.5 MB", "1.5 MB/s", "2 Min., 5 Sek.", "16:05", "3. Mai 2026 um 16:05", "2.5%"],
    ["es", "1234,5", "1,5 MB", "1,5 MB/s", "2 min y 5 s", "16:05", "3 de mayo de 2026 a las 16:05", "2,5 %"],
    ["fr", "1 234,5", "1,5 Mo", "1,5 Mo/s", "2 min et 5 s", "16:05", "3 mai 2026 à 16:05", "2,5 %"],
    ["ja", "1,234.5", "1.5 MB", "1.5 MB/秒", "2 分 5 秒", "16:05", "2026年5月3日 16:05", "2.5%"],
  ])("%s", (tag, ...expected) => {
    locale.value = tag;
    const written = [
      formatNumber(1234.5),
      formatBytes(1_500_000),
      formatSpeed(1_500_000),
      formatDuration(124.2),
      formatTime(moment),
      formatMoment(moment),
      formatPercent(0.025),
    ];
    expect(written.map(plain)).toEqual(expected);
  });

  test("durations have at most two parts, and are never empty", () => {
    expect([0, 59, 60, 3600, 3725].map(formatDuration)).toEqual(["0 sec", "59 sec", "1 min", "1 hr", "1 hr, 2 min"]);
  });

  test("sizes go from bytes to terabytes", () => {
    expect([0, 1, 999, 1000, 5e9, 5e15].map((size) => formatBytes(size))).toEqual([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "1 kB",
      "5 GB",
      "5,000 TB",
    ]);
  });
});

describe("the language of a reader", () => {
  test.each([
    [["de-CH", "en"], "de", "de-CH"],
    [["sv", "fr-CA", "de"], "fr", "fr-CA"],
    [["sv", "tlh"], "en", "en"],
    [["DE"], "de", "DE"],
    [["en-US@posix", "de"], "en", "en"],
    [[], "en", "en"],
    [["", "constructor"], "en", "en"],
  ] as const)("who wants %j is %s, as in %s", (wanted, language, tag) => {
    expect(bestLanguage(wanted)).toBe(language);
    expect(localeOf(language, wanted)).toBe(tag);
  });

  test("gives no region to another language", () => {
    expect(localeOf("es", ["de-CH", "es-MX", "es"])).toBe("es-MX");
    expect(localeOf("ja", ["de-CH"])).toBe("ja");
  });
});

describe("the words in use", () => {
  beforeEach(() => speak("en", []));

  test.each(languages)("become those of %s", async (language) => {
    expect(await speak(language, [`${language}-CH`])).toBe(true);
    expect(strings.settings).toBe(all[language]?.settings);
    expect(locale.value).toBe(`${language}-CH`);
  });

  test("are those asked for last, whatever is loaded first", async () => {
    const outcomes = await Promise.all([speak("fr", []), speak("es", []), speak("en", [])]);
    expect(outcomes).toEqual([false, false, true]);
    expect(strings.leave).toBe("Leave");
  });

  test("translate what our clients call their streams", async () => {
    const label = (text?: string): string =>
      streamLabel({ id: "1", kind: "track", ...(text === undefined ? {} : { label: text }) });
    await speak("de", []);
    expect(["Camera", "Microphone 2", "Screen 12", "Camera two", "Beamer", undefined].map(label)).toEqual([
      "Kamera",
      "Mikrofon 2",
      "Bildschirm 12",
      "Camera two",
      "Beamer",
      "Übertragung",
    ]);
    expect(statusWords("connected", "direct")).toBe("verbunden, direkt");
  });
});
