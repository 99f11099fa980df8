// SPDX-License-Identifier: AGPL-3.0-only
/** What the log for bug reports says of others. Peers and what they offer are numbers. */

import type { Fact } from "../core/facts.ts";
import type { PeerKey } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import type { EventLog } from "./event-log.ts";

export class PeerLog {
  readonly #log: EventLog;
  /** The names of the peers' resources in this log. */
  readonly #resources = new Map<PeerKey, Map<string, string>>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  told(fact: Fact): void {
    if (!("peer" in fact)) return;
    const peer = `peer ${fact.peer}`;
    switch (fact.type) {
      case "peer-joined":
        return this.#log.add(`${peer}: joined`);
      case "peer-left":
      case "peer-merged":
        this.#resources.delete(fact.peer);
        return this.#log.add(fact.type === "peer-left" ? `${peer}: left` : `${peer}: is peer ${fact.into}`);
      case "peer-renamed":
        // The log tells that the name is another one, and not which; once, however often.
        return this.#log.lines.value.at(-1)?.endsWith(`${peer}: renamed`)
          ? undefined
          : this.#log.add(`${peer}: renamed`);
      case "peer-status-changed":
        return this.#log.add(`${peer}: ${fact.status}${fact.way ? `, ${fact.way}` : ""}`);
      case "resource-offered":
        return this.#log.add(
          `${peer} ${this.#called(fact.peer, fact.resource)}: ${fact.wanted ? "wanted" : "offered"}`,
        );
      case "resource-changed":
        return this.#log.add(
          `${peer} ${this.#resources.get(fact.peer)?.get(fact.id)}: ` +
            `${fact.wanted ? "wanted" : "offered"}${fact.flowing ? ", flowing" : ""}`,
        );
      case "resource-withdrawn":
        return this.#log.add(`${peer} ${this.#called(fact.peer, fact.resource)}: gone`);
      case "hand-changed":
      case "reacted":
      case "recording-changed":
        // Of no help with a fault.
        return;
    }
  }

  #called(peer: PeerKey, { id, kind, track_kind }: ResourceInfo): string {
    const known = this.#resources.get(peer) ?? new Map<string, string>();
    this.#resources.set(peer, known);
    const name = known.get(id) ?? `resource ${known.size} (${track_kind ?? (kind === "file" ? "file" : "other")})`;
    known.set(id, name);
    return name;
  }
}
