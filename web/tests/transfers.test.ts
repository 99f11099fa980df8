// SPDX-License-Identifier: AGPL-3.0-only
/** Downloads that stall, and uploads of which one peer wants many. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileReceiving } from "../src/core/file-receiving.ts";

/** The parts of `Transfers` that are used here. Named so, since a browser's timers have other types than those of Node. */
interface UsedTransfers {
  receive(peer: number, info: object, sink: object, features: readonly string[]): void;
  channelArrived(peer: number, channel: EventTarget): boolean;
  send(effect: object, own: object, connection: object): void;
  stopSending(peer: number, id: string): void;
  connectionGone(peer: number): void;
}
const module = "../src/files/transfers.ts";
const { Transfers } = (await import(module)) as { Transfers: new (listener: object) => UsedTransfers };

const mebibyte = 1_048_576;

/** A data channel that brings what a test says. */
class Channel extends EventTarget {
  readonly label = "it";
  readonly readyState = "open";
  binaryType = "arraybuffer";

  close(): void {
    this.dispatchEvent(new Event("close"));
  }

  bring(message: number | string): void {
    const data = typeof message === "string" ? message : new ArrayBuffer(message);
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Download {
  readonly channel: Channel;
  readonly stalled: () => number;
  readonly outcome: () => string | undefined;
}

function downloading(write: () => Promise<void>, size?: number): Download {
  const stalled = vi.fn<() => void>();
  const ended = vi.fn<(transfer: { outcome: string }) => void>();
  const nothing = (): void => undefined;
  const transfers = new Transfers({ changed: nothing, ended, stalled, interrupted: nothing });
  const sink = { write, close: () => Promise.resolve(), abort: () => Promise.resolve(), onFailed: nothing };
  transfers.receive(1, { id: "it", kind: "file", size }, sink, []);
  const channel = new Channel();
  expect(transfers.channelArrived(1, channel)).toBe(true);
  return { channel, stalled: () => stalled.mock.calls.length, outcome: () => ended.mock.lastCall?.[0].outcome };
}

test("a sender that brings nothing is asked again each time (F12)", async () => {
  const { channel, stalled } = downloading(() => Promise.resolve(), 9);
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
  const { channel, stalled } = downloading(() => new Promise((resolve) => (written = resolve)), 9);
  channel.bring(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stalled()).toBe(0);
  written();
  await vi.advanceTimersByTimeAsync(14_100);
  expect(stalled()).toBe(1);
});

test("256 MiB wait for the disk at most, tiny messages counting for what they take", async () => {
  const { channel, outcome } = downloading(() => new Promise(() => undefined));
  channel.bring(254 * mebibyte);
  for (let number = 0; number < 4096; number++) channel.bring(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(outcome()).toBeUndefined();
  for (let number = 0; number < 4096; number++) channel.bring(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(outcome()).toBe("broken");
});

test("texts count when they come, bytes when they are written", async () => {
  let written = (): void => undefined;
  const { channel, outcome } = downloading(() => new Promise((resolve) => (written = resolve)));
  const looked = vi.spyOn(FileReceiving.prototype, "textReceived");
  channel.bring(3);
  await vi.advanceTimersByTimeAsync(0);
  channel.bring(4);
  for (const text of ["x".repeat(5000), "end"]) channel.bring(text);
  expect(looked.mock.calls).toEqual([["x".repeat(5000)], ["end"]]);
  for (const end of [undefined, "whole"]) {
    written();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toBe(end);
  }
});

/** The channel of an upload, which the test opens. */
class SendingChannel extends EventTarget {
  bufferedAmount = 0;
  readonly sent: (Uint8Array | string)[] = [];

  send(message: Uint8Array | string): void {
    this.sent.push(message);
  }

  close(): void {
    this.dispatchEvent(new Event("close"));
  }

  hear(text: string): void {
    this.dispatchEvent(new MessageEvent("message", { data: text }));
  }
}

/** Uploads of files of 4 MiB to peers. */
class Uploads {
  readonly channels = new Map<string, SendingChannel>();
  /** The files, in the order of the blocks of 1 MiB that were read of them. */
  readonly reads: string[] = [];
  readonly transfers: UsedTransfers;

  constructor() {
    const nothing = (): void => undefined;
    this.transfers = new Transfers({ changed: nothing, ended: nothing, stalled: nothing, interrupted: nothing });
  }

  async ask(peer: number, id: string): Promise<void> {
    const slice = (): object => ({
      arrayBuffer: () => {
        this.reads.push(id);
        return Promise.resolve(new ArrayBuffer(mebibyte));
      },
    });
    const channel = new SendingChannel();
    this.channels.set(id, channel);
    const connection = { maxMessage: 262_144, openChannel: () => channel };
    const own = { info: { id }, file: { size: 4 * mebibyte, slice } };
    this.transfers.send({ peer, id, features: ["file-credit", "file-stored"] }, own, connection);
    channel.dispatchEvent(new Event("open"));
    await vi.advanceTimersByTimeAsync(0);
  }

  async hear(id: string, text: string): Promise<void> {
    this.channels.get(id)?.hear(text);
    await vi.advanceTimersByTimeAsync(0);
  }
}

test("who gives no credit makes this page read one block, and credit brings the rest (F5)", async () => {
  const uploads = new Uploads();
  await uploads.ask(1, "it");
  expect(uploads.reads).toHaveLength(1);
  await uploads.hear("it", JSON.stringify({ credit: 4 * mebibyte }));
  const sent = uploads.channels.get("it")?.sent ?? [];
  expect(sent.reduce((sum, { length }) => sum + length, 0)).toBe(4 * mebibyte + "end".length);
});

test("64 files are sent to one peer at a time, and the rest wait in order, but for what is not wanted any more", async () => {
  const uploads = new Uploads();
  for (let number = 0; number < 70; number++) await uploads.ask(1, `file ${number}`);
  expect(uploads.reads).toHaveLength(64);
  await uploads.ask(2, "another peer's");
  expect(uploads.reads.splice(0)).toContain("another peer's");
  uploads.transfers.stopSending(1, "file 65");
  uploads.transfers.stopSending(1, "file 3");
  await vi.advanceTimersByTimeAsync(0);
  expect(uploads.reads.splice(0)).toEqual(["file 64"]);
  await uploads.hear("file 0", JSON.stringify({ credit: 4 * mebibyte }));
  await uploads.hear("file 0", JSON.stringify({ stored: 4 * mebibyte }));
  expect(uploads.reads.filter((id) => id !== "file 0")).toEqual(["file 66"]);
});

test("nothing is read for a peer that is gone, and its next connection has all turns", async () => {
  const uploads = new Uploads();
  for (let number = 0; number < 70; number++) await uploads.ask(1, `file ${number}`);
  uploads.reads.length = 0;
  uploads.transfers.connectionGone(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(uploads.reads).toEqual([]);
  for (let number = 0; number < 70; number++) await uploads.ask(1, `again ${number}`);
  expect(uploads.reads).toHaveLength(64);
});
