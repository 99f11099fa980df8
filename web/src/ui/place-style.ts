// SPDX-License-Identifier: AGPL-3.0-only
import type { Place } from "../core/layout.ts";

/** An element's style that puts it there. */
export const placeStyle = ({ left, top, width, height }: Place): string =>
  `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
