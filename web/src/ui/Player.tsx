// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Device, usableSpeaker } from "../media/devices.ts";
import { keepPlaying, setVolume } from "../media/play.ts";

interface PlayerProps {
  readonly stream: MediaStream;
  readonly kind: "audio" | "video";
  readonly label: string;
  /** Whether the stream is one's own, which is shown and not heard. */
  readonly isOwn?: boolean;
  readonly isMirrored?: boolean;
  /** The id of the speaker; the browser's choice without one. */
  readonly speaker?: string | undefined;
  /** The devices that are there: a speaker that comes back is used again. */
  readonly devices?: readonly Device[];
  /**
   * The volume, 0 to 1. The element's own, since sound that passes an audio graph escapes the echo canceller of some
   * browsers.
   */
  readonly volume?: number;
  /** What is shown until the first picture is there. */
  readonly poster?: string | undefined;
  /** Called when the browser refuses to play sound before a tap. */
  readonly onBlocked: () => void;
}

const noDevices: readonly Device[] = [];

/** Plays one stream for as long as it is mounted. */
export function Player({
  stream,
  kind,
  label,
  isOwn = false,
  isMirrored = false,
  speaker = "",
  devices = noDevices,
  volume = 1,
  poster,
  onBlocked,
}: PlayerProps): JSX.Element {
  const element = useRef<HTMLVideoElement & HTMLAudioElement>(null);
  useEffect(() => {
    if (!element.current) return undefined;
    return keepPlaying(element.current, stream, onBlocked);
  }, [stream, onBlocked]);
  useEffect(() => {
    // A speaker that cannot be had leaves the sound where it is.
    if (!isOwn) element.current?.setSinkId?.(usableSpeaker(speaker, devices)).catch(() => undefined);
  }, [speaker, devices, isOwn]);
  useEffect(() => {
    if (element.current) setVolume(element.current, isOwn ? 0 : volume);
  }, [volume, isOwn]);
  if (kind === "audio") return <audio ref={element} aria-label={label} />;
  return (
    <video
      ref={element}
      class={isMirrored ? "mirrored" : ""}
      aria-label={label}
      muted={isOwn}
      poster={poster}
      playsInline
    />
  );
}
