// SPDX-License-Identifier: AGPL-3.0-only
/** The languages that there are, and the choice of one that a reader wants. */

/** The languages by code, each under its own name. */
export const languageNames = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  ja: "日本語",
} as const;

export type Language = keyof typeof languageNames;

export const languages = Object.keys(languageNames).filter(isLanguage);

function isLanguage(code: string): code is Language {
  return Object.hasOwn(languageNames, code);
}

const languageOf = (tag: string): string => tag.split("-", 1)[0]?.toLowerCase() ?? "";

/** @param wanted language tags, the dearest first; English when there is none of them */
export function bestLanguage(wanted: readonly string[]): Language {
  return wanted.map(languageOf).find(isLanguage) ?? "en";
}

/** The language with the region of the reader, if they name one: "de-CH". */
export function localeOf(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => languageOf(tag) === language && isWellFormed(tag)) ?? language;
}

/** Whether a formatter takes the tag: browsers on some systems name others, such as "en-US@posix". */
function isWellFormed(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
