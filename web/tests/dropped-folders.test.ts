// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test, vi } from "vitest";
import { filesIn } from "../src/files/dropped-folders.ts";

type Failing = (failed: (error: DOMException) => void) => void;
const fail: Failing = (failed) => failed(new DOMException("no", "NotReadableError"));

/** As browsers hand them out; what cannot be read is not to be had in a test that may read everything. */
const entry = (name: string, more: object): FileSystemEntry =>
  ({ isFile: false, isDirectory: false, fullPath: `/${name}`, ...more }) as unknown as FileSystemEntry;

const file = (name: string): FileSystemEntry =>
  entry(name, { isFile: true, file: (read: (file: File) => void) => read(new File(["x"], name)) });

const folder = (name: string, portions: readonly (readonly FileSystemEntry[])[], isBroken = false): FileSystemEntry => {
  const waiting = [...portions];
  const readEntries = (read: (some: readonly FileSystemEntry[]) => void, failed: Parameters<Failing>[0]): void =>
    isBroken && waiting.length === 0 ? fail(failed) : read(waiting.shift() ?? []);
  return entry(name, { isDirectory: true, createReader: () => ({ readEntries }) });
};

test("what cannot be read is told of, and all else is found", async () => {
  const unreadable = vi.fn<() => void>();
  const locked = entry("a/locked", {
    isFile: true,
    file: (_: unknown, failed: Parameters<Failing>[0]) => fail(failed),
  });
  const inside = folder("a", [[file("a/one"), locked], [file("a/two")]]);
  const half = folder("half", [[file("half/first")]], true);
  const found = await filesIn([inside, half, file("alone")], unreadable);
  expect(found.map(({ name }) => name)).toEqual(["a/one", "a/two", "half/first", "alone"]);
  expect(unreadable).toHaveBeenCalledTimes(2);
});

test("where all can be read nothing is told", async () => {
  const unreadable = vi.fn<() => void>();
  expect(await filesIn([folder("empty", [])], unreadable)).toEqual([]);
  expect(unreadable).not.toHaveBeenCalled();
});
