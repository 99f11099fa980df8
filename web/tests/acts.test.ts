// SPDX-License-Identifier: AGPL-3.0-only
/** Images that are said, one after the other. */

import { expect, test, vi } from "vitest";
import { pictures } from "./pictures.ts";

/** The part of the acts that is used here. Named so, since the page's other parts have a browser's types. */
interface UsedActs {
  readonly sendImage: (room: object, state: object, file: object) => unknown;
}
const told = vi.hoisted(() => vi.fn<() => void>());
vi.mock("../src/state/telling.ts", () => ({ tell: told }));
const module = "../src/state/acts.ts";
const { sendImage } = (await import(module)) as UsedActs;

/** A reader of files that are functions, as fast as these are. */
class Reader extends EventTarget {
  result: string | undefined;

  readAsDataURL(file: () => Promise<string>): void {
    const ended = (type: string): boolean => this.dispatchEvent(new Event(type));
    void file().then(
      (url) => ended(((this.result = url), "load")),
      () => ended("error"),
    );
  }
}

test("images are said in their order, and one that fails is refused and holds up nothing", async () => {
  vi.stubGlobal("FileReader", Reader);
  const said = vi.fn<(chat: { image: string }) => void>();
  const room = { messageBytes: 1e6, chat: said };
  const state = { session: { peek: () => ({ peers: [] }) }, settle: () => undefined };
  const [large, small] = [`data:image/gif;base64,${pictures.gif}`, `data:image/png;base64,${pictures.png}`];
  // The large one is ready only after everything that waits for nothing.
  sendImage(room, state, () => new Promise((resolve) => setTimeout(resolve, 0, large)));
  sendImage(room, state, () => Promise.reject(new Error("unreadable")));
  sendImage(room, state, () => Promise.resolve(small));
  await vi.waitFor(() => expect(said).toHaveBeenCalledTimes(2));
  expect(said.mock.calls.map(([{ image }]) => image)).toEqual([large, small]);
  expect(told).toHaveBeenCalledOnce();
});
