// SPDX-License-Identifier: AGPL-3.0-only
/** Proves that it runs: answers `/swtest`. Everything else goes to the network as if it were not there. */
declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (new URL(event.request.url).pathname === "/swtest") event.respondWith(new Response("works!"));
});

export {};
