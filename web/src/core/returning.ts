// SPDX-License-Identifier: AGPL-3.0-only
/** What a person wanted of somebody who has left, for when the same one comes back with the same streams (R1). */

import type { PeerKey } from "./events.ts";
import type { PeerView } from "./view.ts";

/** People who have left and are remembered; the one who left first is forgotten first. */
const remembered = 64;

type Peer = Pick<PeerView, "key" | "credential" | "resources">;
/** Whether a track is wanted, by its id. */
type Wishes = ReadonlyMap<string, boolean>;

/** A wish about a track of somebody who is back. */
export interface Wish {
  /** The peer that offered the track before. */
  readonly before: PeerKey;
  readonly peer: PeerKey;
  readonly id: string;
  /** Whether the track was wanted when its peer left, and whether it is now. */
  readonly wanted: boolean;
  readonly isWanted: boolean;
}

interface Stay {
  readonly key: PeerKey;
  readonly credential: string | undefined;
  readonly wishes: Wishes;
  /** The one that left before, with what was wanted of it and has not been offered again yet. */
  readonly before?: Stay | undefined;
}

export class Returning {
  #there: ReadonlyMap<PeerKey, Stay> = new Map();
  readonly #gone = new Map<string, Stay>();

  /** Looks at who is in the room. @returns the wishes that hold again, each once */
  look(peers: readonly Peer[]): Wish[] {
    const keys = new Set(peers.map(({ key }) => key));
    for (const stay of this.#there.values()) if (!keys.has(stay.key)) this.#remember(stay);
    const wishes: Wish[] = [];
    this.#there = new Map(peers.map((peer) => [peer.key, this.#follow(peer, wishes)]));
    return wishes;
  }

  #remember({ key, credential, wishes, before }: Stay): void {
    if (credential === undefined) return;
    this.#gone.delete(credential);
    this.#gone.set(credential, { key, credential, wishes: new Map([...(before?.wishes ?? []), ...wishes]) });
    const [oldest] = this.#gone.keys();
    if (oldest !== undefined && this.#gone.size > remembered) this.#gone.delete(oldest);
  }

  #follow(peer: Peer, wishes: Wish[]): Stay {
    const { key, credential, resources } = peer;
    const before = this.#there.get(key)?.before ?? this.#comeBack(peer);
    const pending = new Map(before?.wishes);
    const tracks = resources.filter(({ info }) => info.kind === "track");
    for (const { info, wanted: isWanted } of tracks) {
      const wanted = pending.get(info.id);
      if (before && wanted !== undefined) wishes.push({ before: before.key, peer: key, id: info.id, isWanted, wanted });
      pending.delete(info.id);
    }
    return {
      key,
      credential,
      wishes: new Map(tracks.map(({ info, wanted }) => [info.id, wanted])),
      before: before && { ...before, wishes: pending },
    };
  }

  #comeBack({ key, credential }: Peer): Stay | undefined {
    if (credential === undefined || this.#there.has(key)) return undefined;
    const stay = this.#gone.get(credential);
    this.#gone.delete(credential);
    return stay;
  }
}
