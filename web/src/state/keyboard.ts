// SPDX-License-Identifier: AGPL-3.0-only
/** Keys, pasted images and dropped files, anywhere on the page. */

import { isOfInputMethod, shortcutOf } from "../core/shortcuts.ts";
import { toggleFullScreen } from "../io/display.ts";
import type { Settings } from "../settings/store.ts";
import type { Visit } from "./visit.ts";

/** Whether Space is held, with push to talk. */
let isTalking = false;

/** @param current the visit that gets the events */
export function listenToPage(current: () => Visit | undefined, settings: Settings): void {
  addEventListener("keydown", (event) => {
    const visit = current();
    if (visit) pressed(event, visit, settings);
  });
  const endTalking = (): void => {
    if (isTalking) current()?.intents.setAllMuted(true);
    isTalking = false;
  };
  // Space goes by its place: with other keys held it may write another. While Meta is held, a Mac tells no end of it.
  addEventListener("keyup", ({ code }) => code === "Space" && endTalking());
  addEventListener("keydown", ({ key }) => key === "Meta" && endTalking());
  // A person who looks elsewhere does not talk on.
  addEventListener("blur", endTalking);
  document.addEventListener("visibilitychange", () => document.hidden && endTalking());
  addEventListener("paste", ({ clipboardData }) => {
    // Copied text may bring its picture along; whoever is writing wants the text.
    if (isTextField(document.activeElement) && clipboardData?.types.includes("text/plain")) return;
    for (const image of imagesOf(clipboardData)) current()?.intents.sendImage(image);
  });
  // Both events: a drop onto what has only just come below the pointer is asked for by the first alone.
  for (const asked of ["dragenter", "dragover"] as const)
    addEventListener(asked, (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  addEventListener("drop", (event) => {
    const data = event.dataTransfer;
    if (!data?.files.length) return;
    event.preventDefault();
    const isChat = event.target instanceof Element && event.target.closest(".chat-panel") !== null;
    // The entries are to be asked for at once: later there are none.
    const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
    current()?.intents.drop([...data.files], entries, isChat);
  });
  addEventListener("beforeunload", (event) => {
    const state = current()?.state;
    const isBusy = state && !state.isLeft.value && (state.view.value.resources.length > 0 || state.isReceiving);
    if (isBusy && settings.get("enable_onbeforeunload") === true) event.preventDefault();
  });
}

function pressed(event: KeyboardEvent, { state, intents }: Visit, settings: Settings): void {
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
  if (shortcut === "toggle-chat") intents.togglePanel("chat");
  else if (shortcut === "toggle-mute") intents.toggleMuted();
  else if (shortcut === "show-keys") intents.togglePanel("keys");
  else if (shortcut === "end-tracks") intents.stopStreams();
  else if (shortcut === "pin-next") intents.pinNext();
  else if (shortcut === "full-screen") showFullScreen();
  else intents.share(shortcut);
}

/** Shows the pinned picture, or else the first one of somebody else, on the full screen. */
function showFullScreen(): void {
  const picture =
    document.querySelector(".picture.pinned") ?? document.querySelector(".tile:not(.own) .picture:not(.waiting)");
  if (picture) toggleFullScreen(picture);
}

function isTextField(element: Element | null): boolean {
  return element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function isControl(element: Element | null): boolean {
  return element?.closest('button, a, input, textarea, select, summary, [tabindex="0"]') !== null;
}

function imagesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
}
