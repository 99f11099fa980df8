// SPDX-License-Identifier: AGPL-3.0-only
/** Keeps the screen from going dark, where the browser can. */

let isWanted = false;
let lock: Promise<WakeLockSentinel | undefined> | undefined;

/** @param wanted whether the screen is to stay on from now on */
export function stayAwake(wanted: boolean): void {
  isWanted = wanted;
  follow();
}

// A page that is hidden loses the lock.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  letGo();
  follow();
});

function follow(): void {
  const { wakeLock }: { wakeLock?: WakeLock } = navigator;
  // The request is refused, for one, when the battery is low.
  if (isWanted && !document.hidden) lock ??= wakeLock?.request("screen").catch(() => undefined);
  if (!isWanted) letGo();
}

function letGo(): void {
  void lock?.then((sentinel) => sentinel?.release());
  lock = undefined;
}
