// SPDX-License-Identifier: AGPL-3.0-only
/** What a person wanted of somebody who has left, for when the same one comes back with the same streams (R1). */

import type { PeerKey } from "./events.ts";
import type { ResourceInfo } from "./relay-messages.ts";
import type { PeerView } from "./view.ts";

/** People who have left and are remembered, and tracks of each; those that were told of first are forgotten first. */
const [people, tracks] = [64, 128];

type Peer = Pick<PeerView, "key" | "credential" | "resources">;

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

export class Returning {
  #there: ReadonlyMap<PeerKey, Peer> = new Map();
  /** By credential and track, who offered it, and whether it was wanted. */
  readonly #gone = new Map<string, Map<string, { readonly before: PeerKey; readonly wanted: boolean }>>();

  /** Looks at who is in the room. @returns the wishes that hold again, each once */
  look(peers: readonly Peer[]): Wish[] {
    const there = new Map(peers.map((peer) => [peer.key, peer]));
    for (const peer of this.#there.values()) if (!there.has(peer.key)) this.#remember(peer);
    this.#there = there;
    return peers.flatMap((peer) => this.#held(peer));
  }

  #remember({ key, credential, resources }: Peer): void {
    if (credential === undefined) return;
    const wishes = this.#gone.get(credential) ?? new Map();
    for (const { info, wanted } of resources.filter(isTrack)) {
      wishes.delete(nameOf(info));
      wishes.set(nameOf(info), { before: key, wanted });
    }
    keepNewest(wishes, tracks);
    this.#gone.delete(credential);
    this.#gone.set(credential, wishes);
    keepNewest(this.#gone, people);
  }

  #held({ key, credential, resources }: Peer): Wish[] {
    const wishes = credential === undefined ? undefined : this.#gone.get(credential);
    if (!wishes || wishes.size === 0) return [];
    return resources.filter(isTrack).flatMap(({ info, wanted: isWanted }) => {
      const held = wishes.get(nameOf(info));
      wishes.delete(nameOf(info));
      return held ? [{ ...held, peer: key, id: info.id, isWanted }] : [];
    });
  }
}

const isTrack = ({ info }: Peer["resources"][number]): boolean => info.kind === "track";

/** What a track is remembered by: sound is not wanted for having been a picture. */
const nameOf = ({ track_kind, id }: ResourceInfo): string => `${track_kind} ${id}`;

function keepNewest(map: Map<string, unknown>, count: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= count) return;
    map.delete(oldest);
  }
}
