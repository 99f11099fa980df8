// SPDX-License-Identifier: AGPL-3.0-only

/** The time after which what was stopped goes on, in milliseconds: at once the system would stop it again. */
const pauseMs = 1_000;

/** @param refused the browser plays sound only after a tap */
export function play(media: HTMLMediaElement, refused: () => void): void {
  media.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") refused();
  });
}

/**
 * Plays a stream, and goes on when something else than the person has stopped it: phones do for a call, and leave it so.
 *
 * @param refused the browser plays sound only after a tap @returns ends that
 */
export function keepPlaying(media: HTMLMediaElement, stream: MediaStream, refused: () => void): () => void {
  const over = new AbortController();
  const { signal } = over;
  const goOn = (): void => {
    // In a window of its own a picture has a button for that.
    const isStopped = media.paused && document.pictureInPictureElement !== media;
    if (isStopped && !document.hidden && !signal.aborted) play(media, refused);
  };
  media.srcObject = stream;
  play(media, refused);
  media.addEventListener("pause", () => setTimeout(goOn, pauseMs), { signal });
  document.addEventListener("visibilitychange", goOn, { signal });
  return () => {
    over.abort();
    media.srcObject = null;
  };
}

/** @param volume 0 to 1; phones of Apple's have one for all players, of which each can only be silent */
export function setVolume(media: HTMLMediaElement, volume: number): void {
  media.volume = volume;
  media.muted = volume === 0;
}

/** Whether players have volumes of their own. On phones of Apple's there is the phone's alone. */
export function hasVolumes(): boolean {
  const media = new Audio();
  media.volume = 0.5;
  return media.volume === 0.5;
}
