// SPDX-License-Identifier: AGPL-3.0-only
/** Notifications of the system, for when the page is not looked at. Permission is asked for from a button, never here. */

import type { Settings } from "../settings/store.ts";

export function notifySystem(settings: Settings, kind: "chat" | "join" | "leave", title: string, body = ""): void {
  if (settings.get(`notify_${kind}`) !== true || document.hasFocus()) return;
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  const options = { body, tag: `keks-meet ${kind} ${title}` };
  try {
    const notification = new Notification(title, options);
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Phones let only service workers show them.
    void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(title, options));
  }
}

export function canAskForNotifications(): boolean {
  return "Notification" in globalThis && Notification.permission === "default";
}
