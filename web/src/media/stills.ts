// SPDX-License-Identifier: AGPL-3.0-only
/** The previews that are drawn: small stills of certain size, and no more than fit into the memory (V3). */

import { measure } from "./pictures.ts";

/** The longest side of a still, in pixels. */
const longestSide = 1024;
/** Pixels of all stills that are drawn at a time; each takes 4 bytes of memory. */
const allPixels = 32_000_000;

/** The pixels of the newest previews, so that each is measured once. */
let measured: ReadonlyMap<string, number> = new Map();

export function drawnStills(previews: ReadonlyMap<string, string>): Map<string, string> {
  const urls = [...new Set(previews.values())];
  measured = new Map(urls.map((url) => [url, measured.get(url) ?? pixelsOf(url)]));
  let left = allPixels;
  return new Map(
    [...previews].filter(([, url]) => {
      const pixels = measured.get(url) ?? 0;
      return pixels > 0 && (left -= pixels) >= 0;
    }),
  );
}

function pixelsOf(url: string): number {
  // The original's web client sends WebP.
  const size = /^data:image\/(?:jpeg|webp);/.test(url) ? measure(url) : undefined;
  if (!size || size.frames > 1) return 0;
  return Math.max(size.width, size.height) > longestSide ? 0 : size.width * size.height;
}
