// SPDX-License-Identifier: AGPL-3.0-only
/** The options that a session is made with, and the views that it has to show. */

import type { LinkStatus, PeerKey, PeerStatus, TrackKind } from "./events.ts";
import type { ResourceInfo } from "./relay-messages.ts";
import type { RemoteResource } from "./resources.ts";
import type { Way } from "./way.ts";

export interface SessionOptions {
  readonly username: string;
  /** 16 random bytes in base64url (M1). */
  readonly instance: string;
  readonly features: readonly string[];
  /** The kinds of tracks that are asked for as soon as they are offered. */
  readonly wants: readonly TrackKind[];
}

export interface PeerView {
  readonly key: PeerKey;
  readonly username: string;
  readonly status: PeerStatus;
  readonly way: Way | undefined;
  readonly resources: readonly Readonly<RemoteResource>[];
  /** What the peer has proven to be; undefined for one that seals nothing (Y4). */
  readonly credential: string | undefined;
  /** The features that its client has announced. */
  readonly features: ReadonlySet<string>;
}

/** The view of a room: all that there is to show. */
export interface RoomView {
  readonly link: LinkStatus;
  readonly username: string;
  readonly resources: readonly ResourceInfo[];
  readonly peers: readonly PeerView[];
}
