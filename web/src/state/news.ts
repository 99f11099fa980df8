// SPDX-License-Identifier: AGPL-3.0-only
/** What of a changed room is worth saying to somebody who does not look at it. */

import type { PeerView, RoomView } from "../core/view.ts";
import { streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";

/** Read in the language of the moment. */
type Words = () => string;

/** What oneself began and ended to share, what waits for an answer, and who cannot be reached. Oldest first. */
export function newsOf(before: RoomView, now: RoomView): Words[] {
  return [...ownNews(before, now), ...now.peers.flatMap((peer) => peerNews(peerIn(before, peer), peer))];
}

function ownNews(before: RoomView, now: RoomView): Words[] {
  const ended = before.resources.filter(({ id }) => !has(now.resources, id));
  const begun = now.resources.filter(({ id }) => !has(before.resources, id));
  return [
    ...ended.map((info) => () => strings.notShared(streamLabel(info))),
    ...begun.map((info) => () => strings.shared(streamLabel(info))),
  ];
}

function peerNews(before: PeerView | undefined, now: PeerView): Words[] {
  const name = (): string => now.username || strings.unnamed;
  const known = before?.resources.map(({ info }) => info) ?? [];
  const offered = now.resources.filter(({ info, wanted }) => !wanted && !has(known, info.id));
  const news: Words[] = offered.map(
    ({ info }) =>
      () =>
        strings.offers(name(), streamLabel(info)),
  );
  if (now.status === "failed" && before?.status !== "failed") news.push(() => strings.chatFrom(name(), strings.failed));
  return news;
}

const peerIn = ({ peers }: RoomView, { key }: PeerView): PeerView | undefined => peers.find((peer) => peer.key === key);

const has = (resources: RoomView["resources"], id: string): boolean => resources.some((info) => info.id === id);
