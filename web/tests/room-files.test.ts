// SPDX-License-Identifier: AGPL-3.0-only
/** Downloads whose file has gone by the time that there is a place for it. */

import { expect, test, vi } from "vitest";

/** The parts of `RoomFiles` that are used here. Named so, since a browser's timers have other types than those of Node. */
interface UsedFiles {
  download(peer: number, id: string, sink: object): Promise<void>;
  receive(effect: object): void;
}
interface Happened {
  readonly type: string;
  readonly ticket?: number;
}
const module = "../src/files/room-files.ts";
const { RoomFiles } = (await import(module)) as { RoomFiles: new (listener: object) => UsedFiles };

/** @param isOffered whether the session still knows the file @returns what the person is told, and how many sinks were given up */
async function pressTwice(isOffered: boolean): Promise<{ told: unknown[][]; aborted: number }> {
  const transferEnded = vi.fn<(transfer: object) => void>();
  const abort = vi.fn<() => Promise<void>>(() => Promise.reject(new Error("gone")));
  let isWanted = false;
  const happened = ({ type, ticket }: Happened): void => {
    if (type !== "resource-wanted" || !isOffered || isWanted) return;
    isWanted = true;
    files.receive({ peer: 1, resource: { id: "it", kind: "file" }, features: [], ticket });
  };
  const files = new RoomFiles({ happened, transferEnded, transfersChanged: () => undefined });
  for (let press = 0; press < 2; press++) await files.download(1, "it", { abort });
  return { told: transferEnded.mock.calls, aborted: abort.mock.calls.length };
}

test("whoever chose a place for a file that has gone meanwhile is told", async () => {
  const { told, aborted } = await pressTwice(false);
  const ended = expect.objectContaining({ peer: 1, id: "it", direction: "in", outcome: "cut short" }) as unknown;
  expect(told).toEqual([[ended], [ended]]);
  expect(aborted).toBe(2);
});

test("a download that is pressed twice goes on, and nobody is told of an end", async () => {
  expect(await pressTwice(true)).toEqual({ told: [], aborted: 1 });
});
