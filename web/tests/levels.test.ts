// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { levelOf } from "../src/rtc/levels.ts";

/** A receiver of which only the packets are asked. */
function receiver(): { packet(timestamp: number, audioLevel?: number): void; level(now: number): number } {
  let sources: object[] = [];
  const made = { getSynchronizationSources: () => sources } as unknown as RTCRtpReceiver;
  return {
    packet: (timestamp, audioLevel) => (sources = [{ timestamp, ...(audioLevel === undefined ? {} : { audioLevel }) }]),
    level: (now) => levelOf(made, now),
  };
}

test.each([
  ["the page's", 1_700_000_000_000],
  ["the machine's, as in WebKit", 12_345],
])("a packet is loud for half a second, whose clock it may be: %s", (_, since) => {
  const now = 1_700_000_000_000;
  const heard = receiver();
  expect(heard.level(now)).toBe(0);
  heard.packet(since, 0.5);
  expect(heard.level(now)).toBe(0.5);
  expect(heard.level(now + 400)).toBe(0.5);
  expect(heard.level(now + 600)).toBe(0);
  heard.packet(since + 700, 0.25);
  expect(heard.level(now + 700)).toBe(0.25);
});

test("a packet that does not tell is silent", () => {
  const heard = receiver();
  heard.packet(1);
  expect(heard.level(1)).toBe(0);
});
