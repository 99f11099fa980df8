// SPDX-License-Identifier: AGPL-3.0-only
/** A button of an own stream or file: words where there is room, a sign on the small picture, whose face stays free. */

import type { JSX } from "preact";
import { Drawing } from "./Drawing.tsx";
import { Icon, type IconName } from "./Icon.tsx";

/** Paths of what a sign adds to the icon of its stream, on the same grid. */
const additions = {
  stop: "M16.5 16.5l5 5M21.5 16.5l-5 5",
  flip: "M5 9.5a7.5 7.5 0 0 1 13-2.5M18.5 3v4.5H14M19 14.5a7.5 7.5 0 0 1-13 2.5M5.5 21v-4.5H10",
} as const;

interface StreamButtonProps {
  readonly icon?: IconName;
  readonly addition?: keyof typeof additions;
  readonly words: string;
  /** The name of what it acts on, and the id of the element that says it. */
  readonly label: string;
  readonly labelId: string;
  readonly onPress: () => void;
}

export function StreamButton({ icon, addition, words, label, labelId, onPress }: StreamButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`stream-button ${icon ?? ""}`}
      title={`${words} (${label})`}
      aria-describedby={labelId}
      onClick={onPress}
    >
      <span class="sign">
        {icon && <Icon name={icon} />}
        {addition && <Drawing path={additions[addition]} />}
      </span>
      <span class="word">{words}</span>
    </button>
  );
}
