// SPDX-License-Identifier: AGPL-3.0-only
/** An icon that the bar does not have: its path comes with what shows it, so that nobody loads it before. */

import type { JSX } from "preact";

/** @param path strokes on a 24 × 24 grid */
export function Drawing({ path }: { readonly path: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
