// SPDX-License-Identifier: AGPL-3.0-only
import type { Place } from "../core/layout.ts";

/** The style that puts an element at a place. An element that has no place yet does not move to its first one. */
export const placeStyle = ({ left, top, width, height }: Place): string =>
  width === 0 ? "display:none" : `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
