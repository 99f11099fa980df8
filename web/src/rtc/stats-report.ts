// SPDX-License-Identifier: AGPL-3.0-only
/** Reads a connection's statistics report. */

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
