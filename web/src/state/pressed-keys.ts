// SPDX-License-Identifier: AGPL-3.0-only
/** What keys do, anywhere on the page: loaded with the first of them, or with the first click. */

import { isOfInputMethod, type Shortcut, shortcutOf } from "../core/shortcuts.ts";
import { toggleFullScreen } from "../io/display.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "./intents.ts";
import { isTextField } from "./keyboard.ts";
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
  if (
    event.code === "Space" &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    settings.get("push_to_talk") === true &&
    !isControl(focus)
  ) {
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
