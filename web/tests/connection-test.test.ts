// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { type Found, type Gathered, judgeRelay, judgeStun, report, transportOf } from "../src/core/connection-test.ts";

const found = (type: string, address: string | null = null, relatedAddress: string | null = null): Found => ({
  type,
  address,
  relatedAddress,
});
const host = found("host", "192.168.1.2");
const hidden = found("host", "b2f3.local");
const relay = found("relay", "198.51.100.1");
const gathered = (some: Partial<Gathered>): Gathered => ({
  candidates: [],
  errors: [],
  tellsErrors: true,
  isComplete: true,
  ...some,
});

describe("the test of a connection", () => {
  test.each([
    ["turn:t:1", "UDP"],
    ["turn:t:1?transport=udp", "UDP"],
    ["turn:t:1?transport=tcp", "TCP"],
    ["turns:t:1", "TLS"],
    ["TURNS:t:1?transport=tcp", "TLS"],
  ] as const)("knows that %s goes over %s", (url, transport) => {
    expect(transportOf(url)).toBe(transport);
  });

  test.each([
    [{ candidates: [host, found("srflx", "203.0.113.7")] }, "translated"],
    [{ candidates: [hidden, found("srflx", "203.0.113.7", "192.168.1.2")], errors: [701] }, "translated"],
    [{ candidates: [hidden, found("srflx", "203.0.113.7", "0.0.0.0")] }, "answered"],
    [{ candidates: [found("srflx", "203.0.113.7")] }, "answered"],
    [{ candidates: [hidden, found("srflx", "203.0.113.7", "203.0.113.7")] }, "plain"],
    [{ candidates: [host, found("srflx", "192.168.1.2", "0.0.0.0")] }, "plain"],
    [{ candidates: [host] }, "plain"],
    [{ candidates: [host], errors: [701] }, "silent"],
    [{ candidates: [host], isComplete: false }, "silent"],
    // Without errors nobody can tell silence from no news; without any candidate nothing was asked at all.
    [{ candidates: [host], tellsErrors: false }, "unsure"],
    [{}, "unsure"],
  ] as const)("judges STUN by %o: %s", (some, expected) => {
    expect(judgeStun(gathered(some))).toBe(expected);
  });

  test.each([
    [{ candidates: [relay], errors: [701] }, "found"],
    [{ errors: [401] }, "refused"],
    [{ errors: [701] }, "unreachable"],
    [{ isComplete: false }, "unreachable"],
  ] as const)("judges a relay by %o: %s", (some, expected) => {
    expect(judgeRelay(gathered(some))).toBe(expected);
  });

  test("reports a line for each step", () => {
    const steps = [
      { name: "Camera", state: "works", text: "Your picture is here." },
      { name: "STUN", state: "not tried yet", text: "" },
    ];
    expect(report("head", steps)).toBe("head\nCamera: works. Your picture is here.\nSTUN: not tried yet\n");
  });
});
