// SPDX-License-Identifier: AGPL-3.0-only

/** @param refused the browser plays sound only after a tap */
export function play(media: HTMLMediaElement, refused: () => void): void {
  media.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") refused();
  });
}
