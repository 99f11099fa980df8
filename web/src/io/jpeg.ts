// SPDX-License-Identifier: AGPL-3.0-only
/** How large a JPEG would be, without decoding it: a few bytes can be a picture that fills the memory. */

const prefix = "data:image/jpeg;base64,";
/** Where frame headers are, in characters of base64. */
const headLength = 4096;
/** In pixels. */
const longestSide = 1024;
/** Markers among those of frames that are something else: DHT, JPG, DAC. */
const noFrames = new Set([0xc4, 0xc8, 0xcc]);

/** Whether a `data:` URL is a JPEG whose first frame is small on either side. */
export function isSmallJpeg(url: string): boolean {
  if (!url.startsWith(prefix)) return false;
  const head = decoded(url.slice(prefix.length, prefix.length + headLength));
  const byte = (at: number): number => head.charCodeAt(at);
  const word = (at: number): number => byte(at) * 256 + byte(at + 1);
  // A length beyond the end is no number, and neither is where it leads.
  for (let at = 2; at < head.length && byte(at) === 0xff; at += 2 + word(at + 2)) {
    const marker = byte(at + 1);
    if (marker < 0xc0 || marker > 0xcf || noFrames.has(marker)) continue;
    return Math.max(word(at + 5), word(at + 7)) <= longestSide;
  }
  return false;
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return "";
  }
}
