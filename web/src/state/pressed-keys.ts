// SPDX-License-Identifier: AGPL-3.0-only
/** What keys do, anywhere on the page: loaded with the first of them, or with the first click. */

import { isOfInputMethod, type Shortcut, shortcutOf } from "../core/shortcuts.ts";
import { toggleFullScreen } from "../io/display.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "./intents.ts";
import { isTextField } from "./keyboard.ts";
import type { RoomState } from "./room-state.ts";
import type { Visit } from "./visit.ts";

/** Whether Space is held, with push to talk. */
let isTalking = false;

/** Ends talking, where Space is held. */
export function endTalking(visit: Visit | undefined): void {
  if (isTalking) visit?.intents.setAllMuted(true);
  isTalking = false;
}

export function pressed(event: KeyboardEvent, { state, intents }: Visit, settings: Settings): void {
  if (state.isLeft.value || isOfInputMethod(event)) return;
  const focus = document.activeElement;
  if (isOpening(state) && isPlain(event) && !isTextField(focus)) return typeAhead(event, state, intents);
  if (event.code === "Space" && isPlain(event) && settings.get("push_to_talk") === true && !isControl(focus)) {
    event.preventDefault();
    if (!isTalking) intents.setAllMuted(false);
    isTalking = true;
    return;
  }
  if (event.repeat) return;
  const shortcut = shortcutOf({
    key: event.key,
    code: event.code,
    ctrlKey: event.ctrlKey,
    shiftKey: event.shiftKey,
    altKey: event.altKey,
    metaKey: event.metaKey,
    isTyping: isTextField(focus),
    hasSelection: getSelection()?.isCollapsed === false,
    hasMicrophone: state.isMuted.value !== undefined,
    hasLetterKeys: settings.get("letter_keys") === true,
  });
  if (!shortcut) return;
  event.preventDefault();
  // A panel is beside what has the full screen.
  if (document.fullscreenElement && shortcut !== "full-screen") void document.exitFullscreen();
  carryOut(shortcut, intents);
}

const isPlain = ({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean => !ctrlKey && !metaKey && !altKey;

/** Whether a panel has been opened whose code is still on its way, so that it has not taken the focus yet. */
const isOpening = (state: RoomState): boolean =>
  state.panel.peek() !== undefined && document.querySelector(".panel") === null;

/** Keeps what is typed for the chat that is being opened: no letter of it may share a camera. Escape opens nothing. */
function typeAhead(event: KeyboardEvent, state: RoomState, intents: Intents): void {
  const panel = state.panel.peek();
  if (panel && event.key === "Escape") return intents.togglePanel(panel);
  if ([...event.key].length > 1) return;
  event.preventDefault();
  if (panel === "chat") state.draft.value += event.key;
}

function carryOut(shortcut: Shortcut, intents: Intents): void {
  if (shortcut === "toggle-chat") intents.togglePanel("chat");
  else if (shortcut === "toggle-mute") intents.toggleMuted();
  else if (shortcut === "show-keys") intents.togglePanel("keys");
  else if (shortcut === "end-tracks") intents.stopStreams();
  else if (shortcut === "pin-next") intents.pinNext();
  else if (shortcut === "record") intents.togglePanel("record");
  else if (shortcut === "full-screen") showFullScreen();
  else intents.share(shortcut);
}

/** Shows the pinned picture, or else the first one of somebody else, on the full screen. */
function showFullScreen(): void {
  const picture =
    document.querySelector(".picture.pinned") ?? document.querySelector(".tile:not(.own) .picture:not(.waiting)");
  if (picture) toggleFullScreen(picture);
}

function isControl(element: Element | null): boolean {
  return element?.closest('button, a, input, textarea, select, summary, [tabindex="0"]') !== null;
}
