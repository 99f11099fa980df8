// SPDX-License-Identifier: AGPL-3.0-only
/** Reads from reports what a connection loses, before anything of it is mended. */

import type { Entry } from "./stats-report.ts";

/** Packets below which a part of them says nothing: silence is hardly sent. */
const fewPackets = 20;

export interface Losses {
  /** The lost part of the sound that was sent since the last look, 0 to 1; undefined where hardly any was. */
  readonly sentAudio: number | undefined;
  /** The same of all that was sent, and of all that came. */
  readonly sent: number | undefined;
  readonly received: number | undefined;
  /** The part of the sound that came which was asked for again. */
  readonly askedAgain: number;
  /** The longest time that a packet came too late or too early, in seconds. */
  readonly jitter: number;
}

/** Reads reports one after the other: what was lost since is the difference between two. */
export class LossReader {
  #before: ReadonlyMap<string, Entry> = new Map();

  read(entries: ReadonlyMap<string, Entry>): Losses {
    const all = [...entries.values()];
    const out = all.filter(({ type }) => type === "outbound-rtp");
    const incoming = all.filter(({ type }) => type === "inbound-rtp");
    const sent = (streams: readonly Entry[]): number | undefined =>
      largest(streams.map((stream) => this.#sentLoss(stream, entries)));
    const repeated = incoming.map((stream) => this.#part(this.#askedAgain(stream, "nackCount"), stream));
    const losses = {
      sentAudio: sent(out.filter(({ kind }) => kind === "audio")),
      sent: sent(out),
      received: largest(incoming.map((stream) => this.#receivedLoss(stream))),
      askedAgain: largest(repeated) ?? 0,
      jitter: Math.max(0, ...incoming.map(({ jitter }) => Number(jitter ?? 0))),
    };
    this.#before = entries;
    return losses;
  }

  /** What receivers report as lost counts, or what they ask for again: of sound that they get in time they report none. */
  #sentLoss(stream: Entry, entries: ReadonlyMap<string, Entry>): number | undefined {
    const packets = this.#growth(stream, "packetsSent");
    if (packets < fewPackets) return undefined;
    const reported = Number(entries.get(String(stream["remoteId"]))?.["fractionLost"] ?? 0);
    return Math.max(reported, this.#askedAgain(stream, "retransmittedPacketsSent") / packets);
  }

  #receivedLoss(stream: Entry): number | undefined {
    const lost = this.#growth(stream, "packetsLost");
    return this.#part(Math.max(lost, this.#askedAgain(stream, "nackCount")), stream);
  }

  /** The part that so many packets are of all that should have come. */
  #part(count: number, stream: Entry): number | undefined {
    const packets = this.#growth(stream, "packetsReceived") + Math.max(0, this.#growth(stream, "packetsLost"));
    return packets < fewPackets ? undefined : Math.min(1, Math.max(0, count) / packets);
  }

  /** Packets of sound that were asked for again. Those of pictures are sent again to measure the way, too. */
  #askedAgain(stream: Entry, field: string): number {
    return stream["kind"] === "audio" ? this.#growth(stream, field) : 0;
  }

  #growth(stream: Entry, field: string): number {
    const before = this.#before.get(String(stream["id"]))?.[field];
    return Number(stream[field] ?? 0) - Number(before ?? 0);
  }
}

/** The largest of the values that there are. */
export function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
