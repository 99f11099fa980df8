// SPDX-License-Identifier: AGPL-3.0-only
/** Keeps the page in the language that the settings or the system want. */

import { effect } from "@preact/signals";
import { bestLanguage } from "../locale/languages.ts";
import { speak } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";

/** The time that a page stays unseen rather than flash in English, in milliseconds. */
const longestWait = 500;

/** Hides the page until it has its words. Nothing but the picture waits. */
export function followLanguage(settings: Settings): void {
  const root = document.documentElement;
  const show = (): void => {
    root.hidden = false;
  };
  root.hidden = true;
  setTimeout(show, longestWait);
  effect(() => {
    const language = bestLanguage([settings.get("language") ?? "", ...navigator.languages]);
    void speak(language, navigator.languages).then((isSpoken) => {
      if (isSpoken) root.lang = language;
      show();
    });
  });
}
