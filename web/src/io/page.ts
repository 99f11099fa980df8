// SPDX-License-Identifier: AGPL-3.0-only
/** The values that the server has written into the page: its version, and where its sources and its guide are. */

export interface PageValues {
  readonly version: string;
  readonly source: string;
  readonly guide: string;
}

export function pageValues(): PageValues {
  const meta = document.querySelector<HTMLMetaElement>("meta[name=keks-meet]");
  const { source = "./", guide = "./" } = meta?.dataset ?? {};
  return { version: meta?.content ?? "", source, guide };
}
