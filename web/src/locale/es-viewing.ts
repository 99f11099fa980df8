// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Spanish for pictures that are paused. */

import type { Strings } from "./en.ts";

export const esOfViewing: Pick<Strings, "paused" | "showPaused"> = {
  paused: "En pausa: este dispositivo no puede mostrarlo todo. Pulsa para verlo.",
  showPaused: (stream) => `${stream}: en pausa, pues este dispositivo no puede mostrarlo todo. Mostrar`,
};
