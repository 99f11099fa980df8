// SPDX-License-Identifier: AGPL-3.0-only
/** Notifications of the system, for when the page is not looked at. Permission is asked for from a button, never here. */

import type { Settings } from "../settings/store.ts";

export function notifySystem(settings: Settings, kind: "chat" | "join" | "leave", title: string, body = ""): void {
  if (settings.get(`notify_${kind}`) !== true || document.hasFocus()) return;
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  const notification = new Notification(title, { body, tag: `keks-meet ${kind} ${title}` });
  notification.addEventListener("click", () => {
    window.focus();
    notification.close();
  });
}

export function canAskForNotifications(): boolean {
  return "Notification" in globalThis && Notification.permission === "default";
}
