// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { type Notice, withNotice } from "../src/state/notices.ts";

test("who causes notice after notice pushes nothing away but those of the same group", () => {
  let notices: readonly Notice[] = [
    { level: "error", group: "compared", text: () => "the server withholds" },
    { level: "warning", text: () => "your own" },
  ];
  for (let peer = 0; peer < 1000; peer++) {
    const text = (): string => `too many ${peer}`;
    notices = withNotice(notices, { level: "warning", about: `bound:${peer}`, group: "bound", peer, text });
  }
  const newest = ["too many 995", "too many 996", "too many 997", "too many 998", "too many 999"];
  expect(notices.map(({ text }) => text())).toEqual(["the server withholds", "your own", ...newest]);
});

test("a notice replaces the one about the same subject, and the same words", () => {
  const before: Notice[] = [
    { level: "error", about: "server", text: () => "full" },
    { level: "error", text: () => "gone" },
  ];
  const after = withNotice(withNotice(before, { level: "error", about: "server", text: () => "empty" }), {
    level: "error",
    text: () => "gone",
  });
  expect(after.map(({ text }) => text())).toEqual(["empty", "gone"]);
});
