// SPDX-License-Identifier: AGPL-3.0-only
/** The hand-over of the connection that is begun with the page, in whatever state it is by then (L1, S3). */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { times } from "../src/core/limits.ts";
import { pauseBefore } from "../src/core/pauses.ts";

const init = JSON.stringify({ init: { your_id: 5, version: "x", features: [] } });

/** A socket whose server is the test. */
class Socket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static made: Socket[] = [];
  readyState = Socket.CONNECTING as number;
  readonly bufferedAmount = 0;

  constructor() {
    super();
    Socket.made.push(this);
  }

  open(): void {
    this.readyState = Socket.OPEN;
    this.dispatchEvent(new Event("open"));
    this.dispatchEvent(Object.assign(new Event("message"), { data: init }));
  }

  close(reason = ""): void {
    this.readyState = Socket.CLOSED;
    this.dispatchEvent(Object.assign(new Event("close"), { reason }));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  Socket.made = [];
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("location", { hash: `#Room%23${"0123456789abcdef".repeat(4)}`, href: "https://keks.example/room" });
  vi.stubGlobal("addEventListener", () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets the link have the connection that was begun. @returns what it tells */
async function takenOver(become: (begun: Socket) => void): Promise<string[]> {
  await import("../src/ahead.ts");
  const [begun] = Socket.made;
  if (!begun) throw new Error("nothing was begun");
  become(begun);
  const { SignalingLink } = await import("../src/io/signaling-link.ts");
  const told: string[] = [];
  const link = new SignalingLink(new Promise(() => undefined), {
    packet: async (packet) => void told.push(...Object.keys(packet)),
    message: async () => undefined,
    lost: (reason) => void told.push(`lost: ${reason}`),
    tooLarge: () => undefined,
    passed: () => undefined,
    ignored: () => void told.push("ignored"),
  });
  expect(link.ownId).toBeUndefined();
  return told;
}

test("what is open already stays, and what it has brought is heard once", async () => {
  const told = await takenOver((begun) => begun.open());
  await vi.advanceTimersByTimeAsync(times.connect + 1000);
  expect(told).toEqual(["init"]);
  expect(Socket.made).toHaveLength(1);
});

test("what opens later is heard once as well", async () => {
  const told = await takenOver(() => undefined);
  Socket.made[0]?.open();
  await vi.advanceTimersByTimeAsync(times.connect + 1000);
  expect(told).toEqual(["init"]);
  expect(Socket.made).toHaveLength(1);
});

test("what never opens is given up", async () => {
  const told = await takenOver(() => undefined);
  await vi.advanceTimersByTimeAsync(times.connect + pauseBefore(0));
  expect(told).toEqual(["lost: "]);
  expect(Socket.made).toHaveLength(2);
});

test("what was closed is told with the server's words, and another one is begun after the pause", async () => {
  const told = await takenOver((begun) => begun.close("the server is full"));
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["lost: the server is full"]);
  expect(Socket.made).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(pauseBefore(0));
  expect(Socket.made).toHaveLength(2);
});
