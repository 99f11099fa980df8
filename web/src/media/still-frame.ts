// SPDX-License-Identifier: AGPL-3.0-only
/** Keeps the picture that a video shows, for when the video goes. */

/** The longest side of what is kept, in pixels. */
const longest = 480;

/** @returns the picture as a URL, if there is one yet */
export function frameOf(video: HTMLVideoElement): string | undefined {
  const { videoWidth, videoHeight, readyState } = video;
  if (videoWidth === 0 || readyState < video.HAVE_CURRENT_DATA) return undefined;
  const scale = Math.min(1, longest / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(videoWidth * scale));
  canvas.height = Math.max(1, Math.round(videoHeight * scale));
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.7);
}
