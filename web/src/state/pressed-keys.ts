// SPDX-License-Identifier: AGPL-3.0-only
/** What keys do, anywhere on the page: loaded with the first of them, or with the first click. */

import { isOfInputMethod, type Shortcut, shortcutOf } from "../core/shortcuts.ts";
import { toggleFullScreen } from "../io/display.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "./intents.ts";
import { isTextField } from "./keyboard.ts";
import type { RoomState } from "./room-state.ts";
import type { Visit } from "./visit.ts";

/** Keys with shorter pauses between them are typed in one go, in milliseconds. */
const oneGo = 2_000;

/** Whether Space is held, with push to talk. */
let isTalking = false;
/** When something was typed for a chat that was not open yet. */
let typedAhead = 0;
/** When something was typed in a text field, which nobody has left by a key or a click since. */
let typedAt = -Infinity;

/** Ends talking, where Space is held. */
export function endTalking(visit: Visit | undefined): void {
  if (isTalking) visit?.intents.setAllMuted(true);
  isTalking = false;
}

export function pressed(event: KeyboardEvent, { state, intents }: Visit, settings: Settings): void {
  if (state.isLeft.value || isOfInputMethod(event)) return;
  const focus = document.activeElement;
  if (isTypedAhead(event, state, intents) || isTypedOn(event, focus)) return;
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

/** Takes the focus from a button that a pointer has pressed: with push to talk, Space is to talk then. */
export function clicked({ target, detail }: MouseEvent, settings: Settings): void {
  typedAt = -Infinity;
  const focus = document.activeElement;
  // What was pressed may be gone by now, and have given the focus back to what had opened it.
  const isByPointer = detail > 0 && target instanceof Node && (!target.isConnected || focus?.contains(target) === true);
  if (isByPointer && focus instanceof HTMLButtonElement && settings.get("push_to_talk") === true) focus.blur();
}

const isPlain = ({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean => !ctrlKey && !metaKey && !altKey;

/**
 * Takes what is typed in one go with the opening of the chat, whose code is still on its way, for the beginning of a
 * message: no letter of it may share a camera. Escape opens nothing.
 * @returns whether the key belongs to it
 */
function isTypedAhead(event: KeyboardEvent, state: RoomState, intents: Intents): boolean {
  const isOpening = state.panel.peek() === "chat" && document.querySelector(".panel") === null;
  const isInOneGo = event.timeStamp - Math.max(state.panelToggled, typedAhead) < oneGo;
  const isText = isPlain(event) || event.getModifierState("AltGraph");
  if (!isOpening || !isInOneGo || !isText || isTextField(document.activeElement)) return false;
  typedAhead = event.timeStamp;
  if (event.key === "Tab") return false;
  event.preventDefault();
  if (event.key === "Escape") intents.togglePanel("chat");
  else if (event.key === "Backspace") state.draft.value = state.draft.peek().replace(/.$/su, "");
  else if (/^.$/su.test(event.key) && !event.repeat) state.draft.value += event.key;
  return true;
}

/**
 * Takes what is typed in one go with what went into a text field for the rest of that: others can make the field go, as
 * they leave, and no letter of it may share a camera then.
 * @returns whether the key belongs to it
 */
function isTypedOn(event: KeyboardEvent, focus: Element | null): boolean {
  const isInField = isTextField(focus);
  const isLeft = !isPlain(event) || ["Tab", "Escape", "Enter"].includes(event.key);
  if (!isInField && (isLeft || event.timeStamp - typedAt >= oneGo)) {
    typedAt = -Infinity;
    return false;
  }
  typedAt = isLeft ? -Infinity : event.timeStamp;
  return !isInField;
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
