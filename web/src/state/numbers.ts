// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Numbers of those whose names look the same (T4). The code that compares names is loaded when somebody else is there.
 */

import { signal } from "@preact/signals";
import type { PeerKey } from "../core/events.ts";
import type { NumberedName } from "../core/names.ts";
import type { RoomView } from "../core/view.ts";
import { nameOf } from "../locale/labels.ts";

type NamesModule = typeof import("../core/names.ts");

let comparer: NamesModule | undefined;

export class Numbers {
  readonly #numbered = signal<ReadonlyMap<PeerKey, NumberedName>>(new Map());
  #view: RoomView | undefined;
  /** The names that were compared; one's own under no key. */
  #names: ReadonlyMap<PeerKey | undefined, string> = new Map();

  /** Compares the names of a view, soon if not at once. */
  look(view: RoomView): void {
    this.#view = view;
    if (view.peers.length === 0) return;
    if (comparer) this.#compare(comparer);
    // Without the server that code cannot be loaded. The next view tries again.
    else void import("../core/names.ts").then((loaded) => this.#compare((comparer = loaded))).catch(() => undefined);
  }

  of(peer: PeerKey): number {
    return this.#numbered.value.get(peer)?.number ?? 1;
  }

  /** @returns a function that tells the number of a peer under a name, also when it is gone or called otherwise */
  remembered(peer: PeerKey | undefined, username: string): () => number {
    let last = 1;
    return () => {
      const numbered = peer === undefined ? undefined : this.#numbered.value.get(peer);
      if (numbered && this.#names.get(peer) === username) last = numbered.number;
      return last;
    };
  }

  #compare({ numberNames }: NamesModule): void {
    if (!this.#view) return;
    const { username, peers } = this.#view;
    const names = new Map<PeerKey | undefined, string>([
      [undefined, username],
      ...peers.map((peer) => [peer.key, peer.username] as const),
    ]);
    // Views come often, and other names seldom.
    if (names.size === this.#names.size && [...names].every(([key, name]) => this.#names.get(key) === name)) return;
    this.#names = names;
    const shown = peers.map((peer) => [peer.key, nameOf(peer.username)] as const);
    this.#numbered.value = numberNames(this.#numbered.peek(), nameOf(username), shown);
  }
}
