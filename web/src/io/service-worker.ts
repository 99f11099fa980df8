// SPDX-License-Identifier: AGPL-3.0-only
/** The service worker, where there can be one; the page works without. */

/** The time that a worker may take to start, in milliseconds. */
const patience = 5_000;

let registration: Promise<ServiceWorkerRegistration | undefined> | undefined;

/** Registers the worker, once: downloads and notifications go through it, and whoever is alone has neither. */
export function registerServiceWorker(): void {
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  registration ??= container?.register("sw.js").catch(() => undefined);
}

/** @returns the worker once it runs, or undefined where there is none */
export async function activeServiceWorker(): Promise<ServiceWorker | undefined> {
  registerServiceWorker();
  if (!(await registration)) return undefined;
  const tooLate = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience));
  const ready = navigator.serviceWorker.ready.then(({ active }) => active ?? undefined);
  return Promise.race([ready, tooLate]);
}
