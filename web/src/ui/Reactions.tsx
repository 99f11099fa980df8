// SPDX-License-Identifier: AGPL-3.0-only
/** The choice of a gesture, above the controls: loaded when it is first opened. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import type { Intents } from "../state/intents.ts";
import type { RoomState } from "../state/room-state.ts";
import { reactionNames, Sign } from "./GestureMark.tsx";
import { Icon } from "./Icon.tsx";

interface ReactionsProps {
  readonly state: RoomState;
  readonly intents: Intents;
}

/** Takes the focus when it opens; a choice or Escape closes it, and the focus goes back. */
export function Reactions({ state, intents }: ReactionsProps): JSX.Element {
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    first.current?.focus();
    return () => {
      // It does not come back by itself, and take the focus from what is typed then.
      close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const close = (): void => void (state.isReacting.value = false);
  const isHandUp = state.gestures.value.get("own")?.isHandUp === true;
  const choose = (act: () => void) => (): void => {
    act();
    close();
  };
  return (
    <div class="reactions" role="group" aria-label={strings.react} onKeyDown={({ key }) => key === "Escape" && close()}>
      <button ref={first} type="button" onClick={choose(() => intents.setHand(isHandUp ? "down" : "up"))}>
        <Icon name="hand" /> {isHandUp ? strings.lowerHand : strings.raiseHand}
      </button>
      {reactionNames.map((name) => (
        <button
          key={name}
          type="button"
          title={strings.reactions[name]}
          aria-label={strings.reactions[name]}
          onClick={choose(() => intents.react(name))}
        >
          <Sign name={name} />
        </button>
      ))}
    </div>
  );
}
