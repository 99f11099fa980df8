// SPDX-License-Identifier: AGPL-3.0-only
/** A download that stalls, and one whose own disk is slow. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** The parts of `Transfers` that are used here. Named so, since a browser's timers have other types than those of Node. */
interface UsedTransfers {
  receive(peer: number, info: object, sink: object, features: readonly string[]): void;
  channelArrived(peer: number, channel: EventTarget): boolean;
}
const module = "../src/files/transfers.ts";
const { Transfers } = (await import(module)) as { Transfers: new (listener: object) => UsedTransfers };

/** A data channel that brings what a test says. */
class Channel extends EventTarget {
  readonly label = "it";
  readonly readyState = "open";
  binaryType = "arraybuffer";

  close(): void {
    this.dispatchEvent(new Event("close"));
  }

  bring(bytes: number): void {
    this.dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(bytes) }));
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function downloading(write: () => Promise<void>): { channel: Channel; stalled: () => number } {
  const stalled = vi.fn<() => void>();
  const nothing = (): void => undefined;
  const transfers = new Transfers({ changed: nothing, ended: nothing, stalled, interrupted: nothing });
  const sink = { write, close: () => Promise.resolve(), abort: () => Promise.resolve(), onFailed: nothing };
  transfers.receive(1, { id: "it", kind: "file", size: 9 }, sink, []);
  const channel = new Channel();
  expect(transfers.channelArrived(1, channel)).toBe(true);
  return { channel, stalled: () => stalled.mock.calls.length };
}

test("a sender that brings nothing is asked again each time (F12)", async () => {
  const { channel, stalled } = downloading(() => Promise.resolve());
  channel.bring(3);
  await vi.advanceTimersByTimeAsync(13_900);
  expect(stalled()).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(stalled()).toBe(1);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(stalled()).toBe(2);
});

test("a sender does not stall while what it sent waits for the own disk", async () => {
  let written = (): void => undefined;
  const { channel, stalled } = downloading(() => new Promise((resolve) => (written = resolve)));
  channel.bring(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stalled()).toBe(0);
  written();
  await vi.advanceTimersByTimeAsync(14_100);
  expect(stalled()).toBe(1);
});
