// SPDX-License-Identifier: AGPL-3.0-only
/** The statistics of a connection: what is lost on its way, and what helps to find a fault (`webrtc_debug`). */

import type { Fault } from "../core/ways.ts";
import { type Losses, LossReader } from "./losses.ts";
import { entriesOf, type Entry, selectedPair } from "./stats-report.ts";

export interface StreamStats {
  readonly direction: "in" | "out";
  readonly kind: string;
  readonly codec: string;
  /** Bits a second since the last look. */
  readonly bitrate: number;
  /** The width and height of a video. */
  readonly size: string;
  /** Packets lost, 0 to 1. */
  readonly loss: number;
}

export interface PeerStats {
  /** The selected candidate pair: local and remote candidate type, and transport protocol. */
  readonly path: string;
  /** The round-trip time in seconds. */
  readonly roundTrip: number | undefined;
  readonly streams: readonly StreamStats[];
  readonly losses: Losses;
  /** How many pictures of each track have come until now. */
  readonly pictures: ReadonlyMap<string, number>;
  /** Whose side it is on that the way is bad, if it is. */
  readonly fault?: Fault | undefined;
}

/** Reads reports one after the other: bit rates are differences between two. */
export class StatsReader {
  readonly #bytes = new Map<string, { readonly bytes: number; readonly at: number }>();

  readonly #losses = new LossReader();

  read(report: RTCStatsReport): PeerStats {
    const entries = entriesOf(report);
    const pair = selectedPair(entries);
    const ends = [pair?.["localCandidateId"], pair?.["remoteCandidateId"]].map((id) => entries.get(String(id)));
    const streams = [...entries.values()].filter(({ type }) => type === "inbound-rtp" || type === "outbound-rtp");
    return {
      path: pair
        ? `${ends.map((end) => String(end?.["candidateType"])).join(" – ")}, ${String(ends[0]?.["protocol"])}`
        : "–",
      roundTrip: asNumber(pair?.["currentRoundTripTime"]),
      streams: streams.map((stream) => this.#stream(stream, entries)),
      losses: this.#losses.read(entries),
      pictures: new Map(streams.filter(isIncomingVideo).map(picturesOf)),
    };
  }

  #stream(stream: Entry, entries: ReadonlyMap<string, Entry>): StreamStats {
    const isIn = stream["type"] === "inbound-rtp";
    const lost = asNumber(stream["packetsLost"]) ?? 0;
    const packets = asNumber(stream["packetsReceived"]) ?? 0;
    const [width, height] = [stream["frameWidth"], stream["frameHeight"]];
    return {
      direction: isIn ? "in" : "out",
      kind: String(stream["kind"]),
      codec: String(entries.get(String(stream["codecId"]))?.["mimeType"] ?? "–"),
      bitrate: this.#bitrate(stream, isIn ? "bytesReceived" : "bytesSent"),
      size: width === undefined ? "" : `${String(width)} × ${String(height)}`,
      loss: lost + packets > 0 ? Math.max(0, lost) / (Math.max(0, lost) + packets) : 0,
    };
  }

  #bitrate(stream: Entry, field: string): number {
    const id = String(stream["id"]);
    const now = { bytes: asNumber(stream[field]) ?? 0, at: asNumber(stream["timestamp"]) ?? 0 };
    const before = this.#bytes.get(id);
    this.#bytes.set(id, now);
    return before && now.at > before.at ? ((now.bytes - before.bytes) * 8000) / (now.at - before.at) : 0;
  }
}

const isIncomingVideo = (stream: Entry): boolean => stream["type"] === "inbound-rtp" && stream["kind"] === "video";

const picturesOf = (stream: Entry): [string, number] => [
  String(stream["trackIdentifier"]),
  asNumber(stream["framesReceived"]) ?? 0,
];

const asNumber = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
