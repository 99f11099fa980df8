// SPDX-License-Identifier: AGPL-3.0-only
/** Takes small stills of a stream. Loaded when the first one is wanted. */

import { limits } from "../core/limits.ts";
import type { Preferences } from "../settings/declaration.ts";
import { asDataUrl, smaller } from "./images.ts";

/** The time that a stream may take to show something, in milliseconds. */
const patience = 3_000;

/** @returns a `data:` URL of what the stream shows now @throws when it shows nothing */
export async function takeStill(stream: MediaStream, preferences: Preferences): Promise<string> {
  const video = document.createElement("video");
  video.muted = true;
  // Phones by Apple play no other ones in a page.
  video.playsInline = true;
  video.srcObject = new MediaStream(stream.getVideoTracks());
  // Playing ends with an error when the stream is taken away.
  const timer = setTimeout(() => (video.srcObject = null), patience);
  try {
    await video.play();
    const quality = (preferences.preview_encoding_quality ?? 0) / 100;
    return await encoded(await createImageBitmap(video), preferences.preview_resolution ?? 0, quality);
  } finally {
    clearTimeout(timer);
    video.srcObject = null;
  }
}

/** A still as large as wanted, or as fits into a preview (V1). */
async function encoded(bitmap: ImageBitmap, side: number, quality: number): Promise<string> {
  const url = await asDataUrl(await smaller(bitmap, side, { type: "image/jpeg", quality }));
  return url.length > limits.previewLength ? encoded(bitmap, side / 2, quality) : url;
}
