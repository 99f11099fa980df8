// SPDX-License-Identifier: AGPL-3.0-only
/** Ways of the browser to show a picture outside of its page. A browser that refuses leaves everything as it is. */

export function toggleFullScreen(element: Element): void {
  if (!document.fullscreenEnabled) return;
  const change = document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen();
  change.catch(() => undefined);
}

export function togglePictureInPicture(video: HTMLVideoElement): void {
  const isOut = document.pictureInPictureElement === video;
  (isOut ? document.exitPictureInPicture() : video.requestPictureInPicture()).catch(() => undefined);
}
