// SPDX-License-Identifier: AGPL-3.0-only
/** What of a changed room is worth saying to somebody who does not look at it. */

import type { PeerKey } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import type { PeerView, RoomView } from "../core/view.ts";
import { labelInWords, nameInWords } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";

export interface News {
  /** Of what is said of one peer, the newest is enough. */
  readonly about?: string;
  /** Read in the language of the moment. */
  readonly text: () => string;
}

/** A peer has another name. */
export interface Renaming {
  readonly peer: PeerKey;
  readonly before: string;
  readonly now: string;
}

/** Of what one peer offers at once; more are not named. */
const namedOffers = 3;

export function renamingsOf(before: RoomView, now: RoomView): Renaming[] {
  return now.peers.flatMap((peer) => {
    const [old, own] = [peerIn(before, peer)?.username ?? peer.username, peer.username];
    // Most are the same, and what is shown may be all the same.
    return old !== own && nameInWords(old) !== nameInWords(own) ? [{ peer: peer.key, before: old, now: own }] : [];
  });
}

/** What oneself began and ended to share, what waits for an answer, and who cannot be reached. Oldest first. */
export function newsOf(before: RoomView, now: RoomView, numberOf: (peer: PeerKey) => number): News[] {
  return [...ownNews(before, now), ...now.peers.flatMap((peer) => peerNews(peerIn(before, peer), peer, numberOf))];
}

function ownNews(before: RoomView, now: RoomView): News[] {
  const ended = before.resources.filter(({ id }) => !has(now.resources, id));
  const begun = now.resources.filter(({ id }) => !has(before.resources, id));
  return [
    ...ended.map((info) => ({ text: () => strings.notShared(labelInWords(info)) })),
    ...begun.map((info) => ({ text: () => strings.shared(labelInWords(info)) })),
  ];
}

function peerNews(before: PeerView | undefined, now: PeerView, numberOf: (peer: PeerKey) => number): News[] {
  const name = (): string => nameInWords(now.username, numberOf(now.key));
  const known = before?.resources.map(({ info }) => info) ?? [];
  const offered = now.resources
    .filter(({ info, wanted }) => !wanted && isShown(info) && !has(known, info.id))
    .map(({ info }) => info);
  const hasFailed = now.status === "failed" && before?.status !== "failed";
  const offers = { about: `offers:${now.key}`, text: () => strings.offers(name(), labelsOf(offered)) };
  const failure = { about: `failed:${now.key}`, text: () => strings.chatFrom(name(), strings.failed) };
  return [...(offered.length > 0 ? [offers] : []), ...(hasFailed ? [failure] : [])];
}

function labelsOf(offered: readonly ResourceInfo[]): string {
  const more = offered.length > namedOffers ? ", …" : "";
  return offered.slice(0, namedOffers).map(labelInWords).join(", ") + more;
}

/** Ports are for programs. */
const isShown = ({ kind }: ResourceInfo): boolean => kind === "track" || kind === "file";

const peerIn = ({ peers }: RoomView, { key }: PeerView): PeerView | undefined => peers.find((peer) => peer.key === key);

const has = (resources: readonly ResourceInfo[], id: string): boolean => resources.some((info) => info.id === id);
