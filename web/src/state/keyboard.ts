// SPDX-License-Identifier: AGPL-3.0-only
/** Keys, pasted images and dropped files, anywhere on the page. What keys do stands in `pressed-keys.ts`. */

import { Late } from "../io/late.ts";
import type { Settings } from "../settings/store.ts";
import type { Visit } from "./visit.ts";

/** @param current the visit that gets the events */
export function listenToPage(current: () => Visit | undefined, settings: Settings): void {
  const keys = new Late(() => import("./pressed-keys.ts"));
  addEventListener("keydown", (event) => {
    const visit = current();
    // Without the server the code cannot be loaded; the next key tries again.
    if (visit) keys.do(({ pressed }) => pressed(event, visit, settings), ignore);
  });
  // In order: a key may be over before its code is there.
  const endTalking = (): void => keys.do((loaded) => loaded.endTalking(current()), ignore);
  // The first key may be one that has to be kept from the browser: then its code should be there.
  addEventListener("pointerdown", () => void keys.load().catch(() => undefined), { once: true });
  addEventListener("click", (event) => keys.do(({ clicked }) => clicked(event, settings), ignore));
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
    const isBusy =
      state &&
      !state.isLeft.value &&
      (state.view.value.resources.length > 0 || state.isReceiving || state.recording.value);
    if (isBusy && settings.get("enable_onbeforeunload") === true) event.preventDefault();
  });
}

const ignore = (): undefined => undefined;

export function isTextField(element: Element | null): boolean {
  return element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function imagesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
}
