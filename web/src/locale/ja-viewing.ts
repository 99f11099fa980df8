// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Japanese for pictures that are paused. */

import type { Strings } from "./en.ts";

export const jaOfViewing: Pick<Strings, "paused" | "showPaused"> = {
  paused: "一時停止中：この端末ではすべてを表示できません。押すと表示します。",
  showPaused: (stream) => `${stream}：この端末ではすべてを表示できないため一時停止中です。表示する`,
};
