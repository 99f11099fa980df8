// SPDX-License-Identifier: AGPL-3.0-only
/** What somebody shows of themselves, in their tile: a raised hand, and a reaction. */

import type { JSX } from "preact";
import type { ReactionName } from "../core/relay-messages.ts";
import { strings } from "../locale/strings.ts";
import type { Gesture } from "../state/room-state.ts";
import { Drawing } from "./Drawing.tsx";
import { Icon } from "./Icon.tsx";

const face = "M12 3a9 9 0 1 0 .1 0";

/** Paths of the signs, in the order of their choice. Not every system has a font with such signs. */
const paths: Readonly<Record<ReactionName, string>> = {
  yes: "M4 11h3v9H4zM7 11l4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7",
  no: "M4 13h3V4H4zM7 13l4 7a2 2 0 0 0 2-2v-4h5a2 2 0 0 0 2-2.4l-1.2-6a2 2 0 0 0-2-1.6H7",
  applause:
    "M10 21c-4-.5-6-3.5-5.5-7.5L6 7.5l2 .5v4l5-5.5L14.5 8l-4 5M13 20.8c4-.3 6.5-3.3 6.5-7.3l-.5-5-2 .2-.5 3.3M12 2v2M7.5 3l1 1.5M16.5 3l-1 1.5",
  heart: "M12 20C5 15 3.5 11.5 4 9a4.3 4.3 0 0 1 8-1 4.3 4.3 0 0 1 8 1c.5 2.5-1 6-8 11z",
  laugh: `${face}M7.5 13h9a4.5 4.5 0 0 1-9 0M7.5 9.5l1.5-1 1.5 1M13.5 9.5l1.5-1 1.5 1`,
  surprise: `${face}M9 9v1M15 9v1M12 13.5a2 2.5 0 1 0 .1 0`,
};

/** All reactions, in the order of their choice. */
export const reactionNames: readonly ReactionName[] = ["yes", "no", "applause", "heart", "laugh", "surprise"];

export const Sign = ({ name }: { readonly name: ReactionName }): JSX.Element => <Drawing path={paths[name]} />;

export function GestureMark({ isHandUp, reaction }: Gesture): JSX.Element {
  return (
    <span class="gestures">
      {isHandUp && (
        <span class="hand">
          <Icon name="hand" /> <span class="word">{strings.handUp}</span>
        </span>
      )}
      {reaction && (
        <span key={reaction} class="reaction" role="img" aria-label={strings.reactions[reaction]}>
          <Sign name={reaction} />
        </span>
      )}
    </span>
  );
}
