// SPDX-License-Identifier: AGPL-3.0-only
/** Takes small stills of a stream. Loaded when the first one is wanted. */

import { smaller, asDataUrl } from "./images.ts";

/** Longer side, in pixels. */
const side = 320;
/** How long a stream may take to show something, in milliseconds. */
const patience = 3_000;

/** @returns a `data:` URL of what the stream shows now @throws when it shows nothing */
export async function takeStill(stream: MediaStream): Promise<string> {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream(stream.getVideoTracks());
  // Playing ends with an error when the stream is taken away.
  const timer = setTimeout(() => (video.srcObject = null), patience);
  try {
    await video.play();
    return await asDataUrl(await smaller(await createImageBitmap(video), side, { type: "image/jpeg", quality: 0.6 }));
  } finally {
    clearTimeout(timer);
    video.srcObject = null;
  }
}
