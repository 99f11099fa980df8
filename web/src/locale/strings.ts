// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the language in use. English is here from the start; the others are loaded when they are wanted. */

import { batch, signal } from "@preact/signals";
import { en, type Strings } from "./en.ts";
import { locale } from "./format.ts";
import { type Language, localeOf } from "./languages.ts";

/** The words. A part of the page that has words of its own adds them before it reads one. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- complete by then
const english = en as Strings;

const words = signal<Strings>(english);

/** Adds words of English that are loaded later. */
export const addEnglish = (more: Partial<Strings>): unknown => Object.assign(english, more);

/** The words for reading: a component or an effect that reads one follows changes of the language. */
export const strings: Strings = new Proxy(english, { get: (_, key: keyof Strings) => words.value[key] });

const loaders: Readonly<Record<Language, () => Strings | Promise<Strings>>> = {
  en: () => english,
  de: async () => (await import("./de.ts")).de,
  es: async () => (await import("./es.ts")).es,
  fr: async () => (await import("./fr.ts")).fr,
  ja: async () => (await import("./ja.ts")).ja,
};

let newest: Language = "en";

/**
 * Changes the language, unless another one was asked for in the meantime. When it cannot be loaded, the one before stays.
 *
 * @param reader the reader's language tags, for the manner of numbers and times
 * @returns whether the language is in use now
 */
export async function speak(language: Language, reader: readonly string[]): Promise<boolean> {
  newest = language;
  try {
    const loaded = await loaders[language]();
    if (newest !== language) return false;
    batch(() => {
      words.value = loaded;
      locale.value = localeOf(language, reader);
    });
    return true;
  } catch {
    return false;
  }
}
