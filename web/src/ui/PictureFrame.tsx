// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Place } from "../core/layout.ts";
import { toggleFullScreen, togglePictureInPicture } from "../io/display.ts";
import { enOfMedia } from "../locale/en-media.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import { Drawing } from "./Drawing.tsx";
import { placeStyle } from "./place-style.ts";

addEnglish(enOfMedia);

const paths = {
  fullScreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  outside: "M3 5h18v14H3zM12 12h6v4h-6z",
  pin: "M9 3h6l-1 7 4 4H6l4-4zM12 14v7",
} as const;

export interface Picture {
  /** The key of the picture among those of all members. */
  readonly key: string;
  readonly label: string;
  readonly content: JSX.Element;
  /** Whether the picture does not move, and nothing can be done with it. */
  readonly isStill?: boolean;
}

interface PictureFrameProps {
  readonly picture: Picture;
  readonly place: Place;
  readonly isPinned: boolean;
  readonly onPin: () => void;
  readonly onShape: (shape: number) => void;
}

/** One picture, and the buttons to look at it. */
export function PictureFrame({ picture, place, isPinned, onPin, onShape }: PictureFrameProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const follow = (): void => setFull(document.fullscreenElement === frame.current);
    document.addEventListener("fullscreenchange", follow);
    return () => document.removeEventListener("fullscreenchange", follow);
  }, []);
  const showFull = (): void => {
    if (frame.current) toggleFullScreen(frame.current);
  };
  const showOutside = (): void => {
    const video = frame.current?.querySelector("video");
    if (video) togglePictureInPicture(video);
  };
  return (
    <div
      ref={frame}
      onResizeCapture={({ target }: Event) => measure(target, onShape)}
      class={`picture ${isPinned ? "pinned" : ""} ${picture.isStill ? "waiting" : ""}`}
      data-key={picture.key}
      role="group"
      aria-label={picture.label}
      style={placeStyle(place)}
    >
      {picture.content}
      {!picture.isStill && (
        <div class="tools">
          <Tool icon="pin" name={strings.pin} isPressed={isPinned} onPress={onPin} />
          {document.fullscreenEnabled && (
            <Tool icon="fullScreen" name={strings.fullScreen} isPressed={isFull} onPress={showFull} />
          )}
          {document.pictureInPictureEnabled && (
            <Tool icon="outside" name={strings.pictureInPicture} onPress={showOutside} />
          )}
        </div>
      )}
    </div>
  );
}

/** The shapes that pictures are laid out with; what is beyond is shown with bars. */
const [narrowest, widest] = [0.25, 4];

/** Measures a video, which tells its size to whoever listens before it does. */
function measure(target: EventTarget | null, onShape: (shape: number) => void): void {
  if (!(target instanceof HTMLVideoElement) || target.videoHeight === 0) return;
  const shape = Math.round((target.videoWidth / target.videoHeight) * 100) / 100;
  // A peer decides about its own picture, and not about the places of all.
  onShape(Math.min(widest, Math.max(narrowest, shape)));
}

interface ToolProps {
  readonly icon: keyof typeof paths;
  readonly name: string;
  readonly isPressed?: boolean;
  readonly onPress: () => void;
}

function Tool({ icon, name, isPressed, onPress }: ToolProps): JSX.Element {
  return (
    <button
      type="button"
      title={name}
      onClick={onPress}
      {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
    >
      <Drawing path={paths[icon]} />
    </button>
  );
}
