// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { Place } from "../core/layout.ts";
import { strings } from "../locale/strings.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { placeStyle } from "./place-style.ts";

export interface Picture {
  /** Names it among the pictures of all members. */
  readonly key: string;
  readonly label: string;
  readonly content: JSX.Element;
  /** It does not move, and nothing can be done with it. */
  readonly isStill?: boolean;
}

interface PictureFrameProps {
  readonly picture: Picture;
  readonly place: Place;
  readonly isPinned: boolean;
  readonly onPin: () => void;
}

/** One picture, and what can be done to look at it. */
export function PictureFrame({ picture, place, isPinned, onPin }: PictureFrameProps): JSX.Element {
  return (
    <div class="picture" role="group" aria-label={picture.label} style={placeStyle(place)}>
      {picture.content}
      {!picture.isStill && (
        <div class="tools">
          <Tool icon="pin" name={strings.pin} isPressed={isPinned} onPress={onPin} />
        </div>
      )}
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly name: string;
  readonly isPressed?: boolean;
  readonly onPress: (button: HTMLButtonElement) => void;
}

function Tool({ icon, name, isPressed, onPress }: ToolProps): JSX.Element {
  return (
    <button
      type="button"
      title={name}
      aria-label={name}
      onClick={({ currentTarget }) => onPress(currentTarget)}
      {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
    >
      <Icon name={icon} />
    </button>
  );
}
