// SPDX-License-Identifier: AGPL-3.0-only
/** The words in French for pictures that are paused. */

import type { Strings } from "./en.ts";

export const frOfViewing: Pick<Strings, "paused" | "showPaused"> = {
  paused: "En pause : cet appareil ne peut pas tout montrer. Appuyez pour voir.",
  showPaused: (stream) => `${stream} : en pause, car cet appareil ne peut pas tout montrer. Montrer`,
};
