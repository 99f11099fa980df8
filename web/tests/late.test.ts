// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { Late } from "../src/io/late.ts";

const never = (error: unknown): never => {
  throw error;
};

test("what is ordered while code is loaded comes before what is ordered after", async () => {
  const done: string[] = [];
  const late = new Late(() => Promise.resolve(done));
  for (const name of ["first", "second"]) late.do((list) => void list.push(name), never);
  // As soon as it is there, which may be before anybody who waits has had a turn.
  const watch = (): void => {
    if (late.loaded) late.do((list) => void list.push("third"), never);
    else queueMicrotask(watch);
  };
  queueMicrotask(watch);
  await late.load();
  await Promise.resolve();
  expect(done).toEqual(["first", "second", "third"]);
});

test("who waits for what cannot be loaded is told, and so is whose order fails; the next one tries again", async () => {
  const errors: unknown[] = [];
  let attempts = 0;
  const late = new Late(() => (attempts++ === 0 ? Promise.reject(new Error("offline")) : Promise.resolve("code")));
  late.do(never, (error) => errors.push(error));
  await expect(late.load()).rejects.toThrow("offline");
  late.do(
    () => never(new Error("broken")),
    (error) => errors.push(error),
  );
  await late.load();
  expect(errors).toEqual([new Error("offline"), new Error("broken")]);
});
