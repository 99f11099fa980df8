// SPDX-License-Identifier: AGPL-3.0-only

/** Starts the service worker where there can be one; the page works without. */
export function registerServiceWorker(): void {
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  container?.register("/sw.js").catch(() => undefined);
}
