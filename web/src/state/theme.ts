// SPDX-License-Identifier: AGPL-3.0-only
/** Keeps the page in the theme that the settings or the system want. The styles follow the page's meta element. */

import { effect } from "@preact/signals";
import type { Settings } from "../settings/store.ts";

export function followTheme(settings: Settings): void {
  const metas = document.head.querySelectorAll("meta");
  effect(() => {
    const wanted = settings.get("theme");
    for (const meta of metas) {
      const { theme } = meta.dataset;
      if (meta.name === "color-scheme") meta.content = wanted ?? "light dark";
      if (theme) meta.media = wanted ? (wanted === theme ? "all" : "not all") : `(prefers-color-scheme: ${theme})`;
    }
  });
}
