// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import type { Panel, RoomState } from "../state/room-state.ts";
import { Icon, type IconName } from "./Icon.tsx";
import type { Intents } from "../state/intents.ts";

interface ControlInfo {
  readonly icon: IconName;
  readonly name: string;
  readonly onPress: () => void;
  /** Whether the panel is open, for a control that opens and closes one. */
  readonly isOpen?: boolean;
  /** A number to see, and words for it. */
  readonly badge?: { readonly count: number; readonly words: string } | undefined;
}

interface ControlProps extends ControlInfo {
  readonly tabIndex: number;
  readonly onFocus: () => void;
}

interface ControlsProps {
  readonly state: RoomState;
  readonly intents: Intents;
}

/** The bar of everything that one can do in a room. */
export function Controls({ state, intents }: ControlsProps): JSX.Element {
  const picker = useRef<HTMLInputElement>(null);
  const [last, setLast] = useState<IconName>("leave");
  const controls = controlsOf(state, intents, () => picker.current?.click());
  // The toolbar is one stop of the Tab key: the button that was used last.
  const stop = controls.some(({ icon }) => icon === last) ? last : "leave";
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    intents.offerFiles([...(currentTarget.files ?? [])]);
    currentTarget.value = "";
  };
  return (
    <div class="controls" role="toolbar" aria-label={strings.controls} tabIndex={-1} onKeyDown={moveFocus}>
      {controls.map((control) => (
        <Control
          key={control.icon}
          {...control}
          tabIndex={control.icon === stop ? 0 : -1}
          onFocus={() => setLast(control.icon)}
        />
      ))}
      <input ref={picker} type="file" multiple hidden onChange={picked} />
    </div>
  );
}

function controlsOf(state: RoomState, intents: Intents, pickFiles: () => void): ControlInfo[] {
  const s = strings;
  const unread = state.unread.value;
  const toggle = (panel: Panel): { readonly isOpen: boolean; readonly onPress: () => void } => ({
    isOpen: state.panel.value === panel,
    onPress: () => intents.togglePanel(panel),
  });
  const badge = unread > 0 ? { count: unread, words: s.unread(unread) } : undefined;
  const rooms = { icon: "rooms", name: s.knownRooms, ...toggle("rooms") } as const;
  return [
    { icon: "leave", name: s.leave, onPress: intents.leave },
    { icon: "chat", name: s.chat, ...toggle("chat"), badge },
    { icon: "settings", name: s.settings, ...toggle("settings") },
    ...(state.hasRoomWatches.value ? [rooms] : []),
    { icon: "microphone", name: s.microphone, onPress: () => intents.share("microphone") },
    { icon: "camera", name: s.camera, onPress: () => intents.share("camera") },
    { icon: "screen", name: s.screen, onPress: () => intents.share("screen") },
    { icon: "file", name: s.file, onPress: pickFiles },
  ];
}

/** Arrows go from button to button. */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const ways: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    Home: 0,
    End: -1,
  };
  const next = ways[event.key];
  if (next === undefined || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  buttons.at(next % buttons.length)?.focus();
}

function Control({ icon, name, onPress, isOpen, badge, tabIndex, onFocus }: ControlProps): JSX.Element {
  return (
    <button
      type="button"
      class={icon}
      tabIndex={tabIndex}
      onClick={onPress}
      onFocus={onFocus}
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
