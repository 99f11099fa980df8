// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Notifications of the system, for when the page is not looked at. Permission is asked for from a button, never here.
 *
 * Their title is the page's own. What peers choose is in the body, quoted and short, and however much they do, there is one
 * notification of a kind, which is renewed once in a while.
 */

export type Kind = "chat" | "join" | "leave";

/** The pause between two notifications of a kind, in milliseconds. */
const pause = 3_000;
/** Kinds of which there was one lately, with the newest that was held back since. */
const held = new Map<Kind, string | undefined>();

/** @param body short, and safe to show */
export function notifySystem(kind: Kind, body: string): void {
  if (document.hasFocus() || !("Notification" in globalThis) || Notification.permission !== "granted") return;
  if (held.has(kind)) {
    held.set(kind, body);
    return;
  }
  show(kind, body);
  held.set(kind, undefined);
  setTimeout(() => {
    const newest = held.get(kind);
    held.delete(kind);
    if (newest !== undefined) notifySystem(kind, newest);
  }, pause);
}

/** What closes the notifications that were shown since the page was last looked at. */
const closings = new Map<Kind, () => void>();

function show(kind: Kind, body: string): void {
  // The worker finds the page by its path; the rest of the address is secret. Of two rooms it takes the one that was
  // looked at last.
  const options = { body, tag: `keks-meet ${kind}`, data: location.pathname };
  if (closings.size === 0) addEventListener("focus", closeAll, { once: true });
  try {
    const notification = new Notification(document.title, options);
    closings.set(kind, () => notification.close());
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Phones let only service workers show them.
    void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(document.title, options));
    closings.set(kind, () => void closeOfWorker(options.tag));
  }
}

/** Closes what the person has seen by now. The next of a kind is told aloud then, which one that replaces another is not. */
function closeAll(): void {
  for (const close of closings.values()) close();
  closings.clear();
}

async function closeOfWorker(tag: string): Promise<void> {
  const worker = await navigator.serviceWorker.ready;
  for (const notification of await worker.getNotifications({ tag })) notification.close();
}

export function canAskForNotifications(): boolean {
  return "Notification" in globalThis && Notification.permission === "default";
}
