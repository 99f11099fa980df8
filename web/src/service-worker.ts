// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Streams downloads from a page to the disk: the page registers one with a port, a frame then asks for its address,
 * and the answer's body is what comes through the port, as fast as the browser takes it. Answers `/swtest` to prove that
 * it runs. Leads from notifications to their page. Everything else goes to the network as if it were not here.
 */

export {};
declare const self: ServiceWorkerGlobalScope;

interface Download {
  readonly port: MessagePort;
  readonly name: string;
  readonly size: number | undefined;
}

/** Downloads that are registered and not yet asked for, by id. */
const waiting = new Map<string, Download>();
const { pathname: base } = new URL(self.registration.scope);
const prefix = `${base}download/`;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event: ExtendableMessageEvent) => {
  const { data, ports } = event;
  const [port] = ports;
  // Any other message only keeps the worker awake.
  if (!port || typeof data?.id !== "string") return;
  waiting.set(data.id, { port, name: String(data.name), size: typeof data.size === "number" ? data.size : undefined });
  port.postMessage("registered");
});

// Phones let only this worker show notifications, and tell only it of a tap on one.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(focusOn(event.notification.data));
});

/** Leads to the page that a notification is of. The one that was looked at last comes first. */
async function focusOn(path: unknown): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  await windows.find(({ url }) => new URL(url).pathname === path)?.focus();
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === `${base}swtest`) event.respondWith(new Response("works!"));
  const id = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : "";
  const download = waiting.get(id);
  if (!download) return;
  waiting.delete(id);
  event.respondWith(answer(download));
});

function answer({ port, name, size }: Download): Response {
  const headers = new Headers({
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeFileName(name)}`,
    "X-Content-Type-Options": "nosniff",
  });
  if (size !== undefined) headers.set("Content-Length", String(size));
  return new Response(body(port), { headers });
}

/** The chunks that are read ahead: a few. With none, Chromium now and then stops asking, and the download hangs. */
const highWaterMark = 4;

/** A stream that asks the port for each chunk, so that nothing piles up here, and tells it of the last one taken. */
function body(port: MessagePort): ReadableStream<Uint8Array> {
  let isEnding = false;
  const endIfTaken = (controller: ReadableStreamDefaultController): void => {
    if (!isEnding || controller.desiredSize !== highWaterMark) return;
    isEnding = false;
    controller.close();
    port.postMessage("taken");
  };
  return new ReadableStream(
    {
      start(controller) {
        port.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer | "end" | "abort">) => {
          if (data === "end") {
            isEnding = true;
            endIfTaken(controller);
          } else if (data === "abort") controller.error(new Error("the transfer was cut short"));
          else controller.enqueue(new Uint8Array(data));
        });
        port.start();
      },
      pull(controller) {
        if (isEnding) endIfTaken(controller);
        else port.postMessage("pull");
      },
      cancel() {
        port.postMessage("cancel");
      },
    },
    { highWaterMark },
  );
}

/** Encodes a file name as RFC 8187 says. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
