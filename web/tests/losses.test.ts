// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { LossReader } from "../src/rtc/losses.ts";
import type { Entry } from "../src/rtc/stats-report.ts";

const report = (...entries: readonly Entry[]): Map<string, Entry> =>
  new Map(entries.map((entry) => [String(entry["id"]), entry]));

const sent = (packetsSent: number, more: Entry = {}): Entry => ({
  id: "out",
  type: "outbound-rtp",
  kind: "audio",
  remoteId: "report",
  packetsSent,
  ...more,
});
const reported = (fractionLost: number): Entry => ({ id: "report", type: "remote-inbound-rtp", fractionLost });
const received = (packetsReceived: number, packetsLost: number, more: Entry = {}): Entry => ({
  id: "in",
  type: "inbound-rtp",
  kind: "audio",
  packetsReceived,
  packetsLost,
  ...more,
});

describe("what is lost", () => {
  test("of what is sent is what the receiver reports, or asks for again", () => {
    const reader = new LossReader();
    reader.read(report(sent(1000, { retransmittedPacketsSent: 90 }), reported(0.3)));
    const seen = reader.read(report(sent(1050, { retransmittedPacketsSent: 95 }), reported(0.04)));
    expect(seen).toMatchObject({ sentAudio: 0.1, sent: 0.1, received: undefined });
    expect(reader.read(report(sent(1100, { retransmittedPacketsSent: 95 }), reported(0.2))).sent).toBe(0.2);
  });

  test("of what comes is what is missing, or was asked for again", () => {
    const reader = new LossReader();
    reader.read(report(received(500, 100, { nackCount: 40 })));
    const seen = reader.read(report(received(540, 110, { nackCount: 40 })));
    expect(seen).toMatchObject({ received: 0.2, askedAgain: 0, sent: undefined });
    // What comes late is lost no more.
    const late = reader.read(report(received(600, 100, { nackCount: 46 })));
    expect(late).toMatchObject({ received: 0.1, askedAgain: 0.1 });
  });

  test("is unknown while hardly anything is on its way", () => {
    const reader = new LossReader();
    expect(reader.read(report(sent(3), reported(0.5), received(3, 2)))).toMatchObject({
      sentAudio: undefined,
      received: undefined,
      askedAgain: 0,
    });
  });

  test("of pictures does not count what is sent again to measure the way", () => {
    const reader = new LossReader();
    const picture = sent(100, { kind: "video", retransmittedPacketsSent: 50 });
    expect(reader.read(report(picture, reported(0)))).toMatchObject({ sentAudio: undefined, sent: 0 });
  });
});
