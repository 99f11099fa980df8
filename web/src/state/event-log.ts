// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What happened, for bug reports: states and kinds, never a secret, a name, a label, an address or a word that was said.
 * Peers are numbers.
 */

import { signal } from "@preact/signals";
import type { PeerKey } from "../core/events.ts";
import type { RoomView } from "../core/view.ts";

const longest = 500;

export class EventLog {
  readonly lines = signal<readonly string[]>([]);
  /** Messages that were not understood, could not be opened or were not expected: counted, as there may be many. */
  readonly ignored = signal(0);
  readonly #states = new Map<string, string>();
  readonly #names = new Map<PeerKey, string>();

  add(line: string): void {
    const time = new Date().toISOString().slice(11, 23);
    this.lines.value = [...this.lines.value, `${time} ${line}`].slice(-longest);
  }

  /** Notes what is different from the view before. */
  look({ link, peers }: RoomView): void {
    this.#lookForNames(peers);
    const states = new Map([["link", link as string]]);
    for (const { key, status, relayed, resources } of peers) {
      states.set(`peer ${key}`, relayed === true ? `${status}, relayed` : status);
      resources.forEach(({ info, wanted, flowing }, position) => {
        const kind = info.track_kind ?? (info.kind === "file" ? "file" : "other");
        states.set(
          `peer ${key} resource ${position} (${kind})`,
          `${wanted ? "wanted" : "offered"}${flowing ? ", flowing" : ""}`,
        );
      });
    }
    for (const [what, state] of states) if (this.#states.get(what) !== state) this.add(`${what}: ${state}`);
    for (const what of this.#states.keys()) if (!states.has(what)) this.add(`${what}: gone`);
    this.#states.clear();
    for (const [what, state] of states) this.#states.set(what, state);
  }

  /** That a name is another one, and not which. */
  #lookForNames(peers: RoomView["peers"]): void {
    for (const { key, username } of peers) {
      const line = `peer ${key}: renamed`;
      const isNew = (this.#names.get(key) ?? username) !== username;
      if (isNew && !this.lines.value.at(-1)?.endsWith(line)) this.add(line);
    }
    this.#names.clear();
    for (const { key, username } of peers) this.#names.set(key, username);
  }
}
