// SPDX-License-Identifier: AGPL-3.0-only
import { beforeEach, expect, test, vi } from "vitest";

/** What a browser has, and which way to the disk it was asked for. */
interface Browser {
  readonly vendor: string;
  readonly canWrite: boolean;
}

let ways: string[] = [];

/** A browser with a service worker that answers, and storage of the page's own. */
function stub({ vendor, canWrite }: Browser): void {
  const answer = (_said: unknown, ports?: readonly MessagePort[]): void => {
    if (ports) ways.push("worker");
    ports?.[0]?.postMessage("registered");
  };
  const createWritable = (): unknown => {
    ways.push("storage");
    return { write: () => undefined, close: () => undefined, abort: () => Promise.resolve() };
  };
  function FileHandle(): void {}
  if (canWrite) Object.assign(FileHandle.prototype, { createWritable });
  const directory = {
    getFileHandle: () => Object.create(FileHandle.prototype) as unknown,
    removeEntry: () => undefined,
  };
  const serviceWorker = {
    register: () => Promise.resolve({}),
    ready: Promise.resolve({ active: { postMessage: answer } }),
  };
  vi.stubGlobal("FileSystemFileHandle", FileHandle);
  vi.stubGlobal("navigator", { vendor, serviceWorker, storage: { getDirectory: () => Promise.resolve(directory) } });
  vi.stubGlobal("document", { createElement: () => ({ remove: () => undefined }), body: { append: () => undefined } });
}

beforeEach(() => {
  ways = [];
  vi.resetModules();
  return () => vi.unstubAllGlobals();
});

/** @returns the way that a download takes; nothing is told of memory */
async function wayOf(browser: Browser, size: number | undefined): Promise<string> {
  stub(browser);
  const { openSink } = await import("../src/files/sinks.ts");
  const sink = await openSink("a file", size, () => ways.push("told of memory"));
  await sink.abort();
  return ways.join() || "memory";
}

const [apple, other] = ["Apple Computer, Inc.", "Google Inc."];
const large = 2 ** 30;

test.each([
  ["others have a worker for all", other, true, large, "worker"],
  ["Safari writes to the page's storage", apple, true, large, "storage"],
  ["Safari that cannot keeps in memory what is small", apple, false, 1000, "memory"],
  ["and streams what is large", apple, false, large, "worker"],
  ["and what may be", apple, false, undefined, "worker"],
])("%s", async (_why, vendor, canWrite, size, way) => {
  expect(await wayOf({ vendor, canWrite }, size)).toBe(way);
});

test("storage that cannot be written to is passed over for memory", async () => {
  stub({ vendor: other, canWrite: false });
  vi.stubGlobal("navigator", { vendor: other, storage: navigator.storage });
  const { openSink } = await import("../src/files/sinks.ts");
  await openSink("a file", large, () => ways.push("told of memory"));
  expect(ways).toEqual(["told of memory"]);
});
