// SPDX-License-Identifier: AGPL-3.0-only
/** Facts that a session tells: each once, as it happens. */

import type { LinkStatus, PeerKey, PeerStatus } from "./events.ts";
import type { HandState, ReactionName, RecordingState, ResourceInfo } from "./relay-messages.ts";
import type { Way } from "./way.ts";

export type Fact =
  | { readonly type: "link-changed"; readonly status: LinkStatus }
  /** A peer joined, or was there already. */
  | { readonly type: "peer-joined"; readonly peer: PeerKey; readonly username: string }
  /** A peer left, or did not come back. */
  | { readonly type: "peer-left"; readonly peer: PeerKey; readonly username: string }
  /** A peer turned out to be another one that was waited for (R1); that one goes on. */
  | { readonly type: "peer-merged"; readonly peer: PeerKey; readonly into: PeerKey }
  | { readonly type: "peer-renamed"; readonly peer: PeerKey; readonly before: string; readonly username: string }
  | {
      readonly type: "peer-status-changed";
      readonly peer: PeerKey;
      readonly status: PeerStatus;
      readonly relayed: boolean | undefined;
      /** The way that packets take, once known. */
      readonly way?: Way;
    }
  /** A peer, or without one this client, has raised a hand or lowered it (M11). */
  | { readonly type: "hand-changed"; readonly peer?: PeerKey; readonly state: HandState }
  /** A peer, or without one this client, has reacted (M12). */
  | { readonly type: "reacted"; readonly peer?: PeerKey; readonly name: ReactionName }
  /** A peer, or without one this client, records or does not any more (M13). */
  | { readonly type: "recording-changed"; readonly peer?: PeerKey; readonly state: RecordingState }
  | ResourceFact
  /** An own resource is on offer, or is no longer. */
  | { readonly type: "own-offered" | "own-withdrawn"; readonly resource: ResourceInfo };

/** Facts about the resources of peers. */
export type ResourceFact =
  /** A peer offers a resource, or says something else of one that it offers. */
  | {
      readonly type: "resource-offered";
      readonly peer: PeerKey;
      readonly resource: ResourceInfo;
      /** Whether this client asks for the resource. */
      readonly wanted: boolean;
    }
  /** A resource is wanted or not, and its stream is here or not. */
  | {
      readonly type: "resource-changed";
      readonly peer: PeerKey;
      readonly id: string;
      readonly wanted: boolean;
      readonly flowing: boolean;
    }
  /** A peer no longer offers a resource; not told of a peer that left. */
  | { readonly type: "resource-withdrawn"; readonly peer: PeerKey; readonly resource: ResourceInfo };
