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
  const transport = [...entries.values()].find(
    (entry) => entry["type"] === "transport" && entry["selectedCandidatePairId"],
  );
  return entries.get(String(transport?.["selectedCandidatePairId"]));
}

/** The way of a candidate pair. */
export function wayOf(pair: Entry, entries: ReadonlyMap<string, Entry>): Way {
  const end = (id: unknown): WayEnd => {
    const { candidateType, address, relayProtocol }: Entry = entries.get(String(id)) ?? {};
    return { type: candidateType, address, relayProtocol };
  };
  return wayBetween(end(pair["localCandidateId"]), end(pair["remoteCandidateId"]));
}
