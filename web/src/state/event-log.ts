// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The log for bug reports: states and kinds, never a secret, a name, a label, an address or a word that was said.
 * Peers are numbers.
 */

import { signal } from "@preact/signals";
import type { Fact } from "../core/facts.ts";
import type { PeerKey } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";

const longest = 500;

export class EventLog {
  readonly lines = signal<readonly string[]>([]);
  /** Messages that were not understood, could not be opened or were not expected: counted, as there may be many. */
  readonly ignored = signal(0);
  /** The names of the peers' resources in this log. */
  readonly #resources = new Map<PeerKey, Map<string, string>>();

  add(line: string): void {
    const time = new Date().toISOString().slice(11, 23);
    this.lines.value = [...this.lines.value, `${time} ${line}`].slice(-longest);
  }

  told(fact: Fact): void {
    if (fact.type === "link-changed") return this.add(`link: ${fact.status}`);
    if (!("peer" in fact)) return;
    const peer = `peer ${fact.peer}`;
    switch (fact.type) {
      case "peer-joined":
        return this.add(`${peer}: joined`);
      case "peer-left":
      case "peer-merged":
        this.#resources.delete(fact.peer);
        return this.add(fact.type === "peer-left" ? `${peer}: left` : `${peer}: is peer ${fact.into}`);
      case "peer-renamed":
        // The log tells that the name is another one, and not which; once, however often.
        return this.lines.value.at(-1)?.endsWith(`${peer}: renamed`) ? undefined : this.add(`${peer}: renamed`);
      case "peer-status-changed":
        return this.add(`${peer}: ${fact.status}${fact.relayed === true ? ", relayed" : ""}`);
      case "resource-offered":
        return this.add(`${peer} ${this.#called(fact.peer, fact.resource)}: ${fact.wanted ? "wanted" : "offered"}`);
      case "resource-changed":
        return this.add(
          `${peer} ${this.#resources.get(fact.peer)?.get(fact.id)}: ` +
            `${fact.wanted ? "wanted" : "offered"}${fact.flowing ? ", flowing" : ""}`,
        );
      case "resource-withdrawn":
        return this.add(`${peer} ${this.#called(fact.peer, fact.resource)}: gone`);
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
