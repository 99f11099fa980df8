// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Streams of the original's clients that stay away (N13). After first offers that collided, the original's next offer
 * may fail in its own browser. The original does answer an offer of this side that has room for the stream.
 */

import { times } from "./limits.ts";
import type { Members } from "./members.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";

/** Waits for streams, and makes room for those that do not come. */
export class LateStreams {
  readonly #members: Pick<Members, "connections">;
  readonly #out: Outbox;

  constructor(members: Pick<Members, "connections">, out: Outbox) {
    this.#members = members;
    this.#out = out;
  }

  /** Begins to wait for a track that was asked for. */
  asked(peer: Peer, id: string): void {
    if (peer.instance !== undefined || peer.resources.get(id)?.kind !== "track") return;
    this.#out.startTimer({ name: "late", of: peer.key }, times.lateStream);
  }

  /** Offers to receive the tracks that have not come, once for each stream. */
  due(peer: Peer): void {
    if (peer.instance !== undefined || peer.isAway) return;
    for (const { track_kind: kind = "audio" } of peer.resources.takeLate()) {
      this.#members.connections.ensure(peer);
      this.#out.add({ type: "offer-to-receive", peer: peer.key, kind });
    }
  }
}
