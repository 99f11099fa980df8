// SPDX-License-Identifier: AGPL-3.0-only
/** The words in German for pictures that are paused. */

import type { Strings } from "./en.ts";

export const deOfViewing: Pick<Strings, "paused" | "showPaused"> = {
  paused: "Pausiert: Dieses Gerät kann nicht alle zeigen. Drück, um es zu sehen.",
  showPaused: (stream) => `${stream}: pausiert, da dieses Gerät nicht alle zeigen kann. Zeigen`,
};
