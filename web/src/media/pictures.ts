// SPDX-License-Identifier: AGPL-3.0-only
/** Measures pictures that come as `data:` URLs (I1). Loaded when the first one comes. */

import { isPictureKind, type PictureSize, pictureSize } from "../core/picture-size.ts";

const form = /^data:image\/([a-z]+);base64,/;

/** @returns undefined when the picture's size is not certain */
export function measure(url: string): PictureSize | undefined {
  const [head = "", kind = ""] = form.exec(url) ?? [];
  if (!isPictureKind(kind)) return undefined;
  const bytes = decoded(url.slice(head.length));
  return bytes && pictureSize(kind, bytes);
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
