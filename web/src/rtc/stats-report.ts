// SPDX-License-Identifier: AGPL-3.0-only
/** Reads a connection's statistics report. */

import { type Way, type WayEnd, wayBetween } from "../core/way.ts";

export type Entry = Readonly<Record<string, unknown>>;

export function entriesOf(report: RTCStatsReport): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  report.forEach((entry: { id: string }) => entries.set(entry.id, { ...entry }));
  return entries;
}

/** The candidate pair in use, if there is one yet. */
export function selectedPair(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  const all = [...entries.values()];
  const transport = all.find((entry) => entry["type"] === "transport" && entry["selectedCandidatePairId"]);
  // Firefox before 153 has no entries of transports, and marks the pair itself.
  return entries.get(String(transport?.["selectedCandidatePairId"])) ?? all.find((entry) => entry["selected"] === true);
}

/** The way of a candidate pair. */
export function wayOf(pair: Entry, entries: ReadonlyMap<string, Entry>): Way {
  const end = (id: unknown): WayEnd => {
    const { candidateType, address, relayProtocol }: Entry = entries.get(String(id)) ?? {};
    return { type: candidateType, address, relayProtocol };
  };
  return wayBetween(end(pair["localCandidateId"]), end(pair["remoteCandidateId"]));
}
