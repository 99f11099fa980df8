// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import type { Source } from "../media/capture.ts";
import type { Panel, RoomState } from "../state/room-state.ts";
import { Icon, type IconName } from "./Icon.tsx";
import type { Intents } from "../state/intents.ts";

interface ControlInfo {
  /** The place in the toolbar, which stays when the icon is another. */
  readonly key: string;
  readonly icon: IconName;
  readonly name: string;
  readonly onPress: () => void;
  /** Whether the panel is open, for a control that opens and closes one. */
  readonly isOpen?: boolean;
  /** Whether there is nothing to press it for just now. It keeps its place: no press shall meet another control. */
  readonly isOff?: boolean;
  /** Why there is nothing to press it for; in English, known from the first click on. */
  readonly why?: string;
  /** A number to see, if there is one, and words for it. */
  readonly badge?: { readonly count?: number; readonly words: string; readonly isShared?: boolean } | undefined;
}

interface ControlProps extends Omit<ControlInfo, "key"> {
  readonly look: string;
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
  const [last, setLast] = useState("leave");
  const controls = controlsOf(state, intents, () => picker.current?.click());
  // The toolbar is one stop of the Tab key: the button that was used last.
  const stop = controls.some(({ key }) => key === last) ? last : "leave";
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    intents.offerFiles([...(currentTarget.files ?? [])]);
    currentTarget.value = "";
  };
  return (
    <div class="controls" role="toolbar" aria-label={strings.controls} tabIndex={-1} onKeyDown={moveFocus}>
      {controls.map(({ key, ...control }) => (
        <Control key={key} {...control} look={key} tabIndex={key === stop ? 0 : -1} onFocus={() => setLast(key)} />
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
  const rooms = { key: "rooms", icon: "rooms", name: s.knownRooms, ...toggle("rooms") } as const;
  return [
    { key: "leave", icon: "leave", name: s.leave, onPress: intents.leave },
    { key: "chat", icon: "chat", name: s.chat, ...toggle("chat"), badge },
    { key: "settings", icon: "settings", name: s.settings, ...toggle("settings") },
    ...(state.hasRoomWatches.value ? [rooms] : []),
    muteOf(state, intents),
    ...(["microphone", "camera", "screen"] as const).map((source) => ({
      key: source,
      icon: source,
      name: s[source],
      onPress: () => intents.share(source),
      badge: sharedOf(state, source),
    })),
    { key: "file", icon: "file", name: s.file, onPress: pickFiles },
    reactOf(state),
    recordOf(state, toggle("record")),
  ];
}

/** The switch of all own microphones, where there is one. Its name says what a press does. */
function muteOf({ isMuted }: RoomState, { setAllMuted }: Intents): ControlInfo {
  const muted = isMuted.value;
  const name = muted ? strings.unmute : strings.mute;
  return {
    key: "mute",
    icon: muted ? "muted" : "heard",
    name,
    isOff: muted === undefined,
    why: strings.noMicrophone,
    onPress: () => setAllMuted(!muted),
  };
}

/** Gestures, as long as somebody is there whose client shows them. */
function reactOf({ view, isReacting, gestures }: RoomState): ControlInfo {
  const isOpen = isReacting.value;
  const isHandUp = gestures.value.get("own")?.isHandUp === true;
  const isOff = !isOpen && !isHandUp && !view.value.peers.some(({ features }) => features.has("gestures"));
  const badge = isHandUp ? { words: strings.handUp, isShared: true } : undefined;
  const onPress = (): void => void (isReacting.value = !isOpen);
  const [name, why] = [strings.react, strings.nobodySees];
  return { key: "react", icon: isHandUp ? "hand" : "react", name, why, isOpen, isOff, onPress, badge };
}

/** Recording, as long as there is somebody else to record. */
function recordOf(
  { view, recording }: RoomState,
  toggle: { readonly isOpen: boolean; readonly onPress: () => void },
): ControlInfo {
  const isOff = !toggle.isOpen && view.value.peers.length === 0 && !recording.value;
  const badge = recording.value ? { words: strings.records, isShared: true } : undefined;
  return { key: "record", icon: "record", name: strings.record, why: strings.nobodyToRecord, ...toggle, isOff, badge };
}

/** How many streams of a source are shared. */
function sharedOf({ own }: RoomState, source: Source): ControlInfo["badge"] {
  const count = own.value.filter((stream) => stream.source === source).length;
  return count > 0 ? { count, words: strings.sharedCount(count), isShared: true } : undefined;
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

function Control({
  look,
  icon,
  name,
  why,
  onPress,
  isOpen,
  isOff,
  badge,
  tabIndex,
  onFocus,
}: ControlProps): JSX.Element {
  return (
    <button
      type="button"
      class={`${look} ${icon} ${badge?.isShared ? "shared" : ""}`}
      tabIndex={tabIndex}
      title={isOff ? why : undefined}
      aria-disabled={isOff}
      onClick={isOff ? undefined : onPress}
      onFocus={onFocus}
      {...(isOpen === undefined ? {} : { "aria-expanded": isOpen })}
      {...(badge ? { "aria-description": badge.words } : {})}
    >
      <Icon name={icon} />
      <span class="name" title={name}>
        {name}
      </span>
      {badge?.count !== undefined && (
        <span class="badge" aria-hidden="true">
          {badge.count}
        </span>
      )}
    </button>
  );
}
