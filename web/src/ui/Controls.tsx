// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import type { Panel, RoomState } from "../state/room-state.ts";
import { Icon, type IconName } from "./Icon.tsx";
import type { Intents } from "./intents.ts";

interface ControlProps {
  readonly icon: IconName;
  readonly name: string;
  readonly onPress: () => void;
  /** For what opens and closes a panel. */
  readonly isOpen?: boolean;
  /** A number to see, and words for it. */
  readonly badge?: { readonly count: number; readonly words: string } | undefined;
}

interface ControlsProps {
  readonly state: RoomState;
  readonly intents: Intents;
}

/** The bar of everything that one can do in a room. */
export function Controls({ state, intents }: ControlsProps): JSX.Element {
  const s = strings;
  const picker = useRef<HTMLInputElement>(null);
  const unread = state.unread.value;
  const toggle = (panel: Panel): { readonly isOpen: boolean; readonly onPress: () => void } => ({
    isOpen: state.panel.value === panel,
    onPress: () => intents.togglePanel(panel),
  });
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    intents.offerFiles([...(currentTarget.files ?? [])]);
    currentTarget.value = "";
  };
  return (
    <div class="controls" role="toolbar" aria-label={s.controls}>
      <Control icon="leave" name={s.leave} onPress={intents.leave} />
      <Control
        icon="chat"
        name={s.chat}
        {...toggle("chat")}
        badge={unread > 0 ? { count: unread, words: s.unread(unread) } : undefined}
      />
      <Control icon="settings" name={s.settings} {...toggle("settings")} />
      {state.hasRoomWatches.value && <Control icon="rooms" name={s.knownRooms} {...toggle("rooms")} />}
      <Control icon="microphone" name={s.microphone} onPress={() => intents.share("microphone")} />
      <Control icon="camera" name={s.camera} onPress={() => intents.share("camera")} />
      <Control icon="screen" name={s.screen} onPress={() => intents.share("screen")} />
      <Control icon="file" name={s.file} onPress={() => picker.current?.click()} />
      <input ref={picker} type="file" multiple hidden onChange={picked} />
    </div>
  );
}

function Control({ icon, name, onPress, isOpen, badge }: ControlProps): JSX.Element {
  return (
    <button
      type="button"
      class={icon}
      onClick={onPress}
      {...(isOpen === undefined ? {} : { "aria-expanded": isOpen })}
      {...(badge ? { "aria-description": badge.words } : {})}
    >
      <Icon name={icon} />
      <span class="name">{name}</span>
      {badge && (
        <span class="badge" aria-hidden="true">
          {badge.count}
        </span>
      )}
    </button>
  );
}
