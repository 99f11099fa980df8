// SPDX-License-Identifier: AGPL-3.0-only
import { afterEach, expect, test, vi } from "vitest";
import { linkOf } from "../src/ui/panels/links.ts";

afterEach(() => vi.unstubAllGlobals());

test("links are known where URL.canParse is not", () => {
  class OldUrl extends URL {
    static override canParse = undefined as never;
  }
  vi.stubGlobal("URL", OldUrl);
  expect(linkOf("https://example.org/a")).toEqual({ href: "https://example.org/a" });
  expect(linkOf("https://exämple.org/")).toEqual({
    href: "https://xn--exmple-cua.org/",
    host: "xn--exmple-cua.org",
  });
  expect(linkOf("https://")).toBeUndefined();
});
