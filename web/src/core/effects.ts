// SPDX-License-Identifier: AGPL-3.0-only
/** Orders that a session gives. */

import type { PeerKey } from "./events.ts";
import type { NegotiationEffect } from "./negotiation.ts";
import type { Chat, RelayMessage, ResourceInfo } from "./relay-messages.ts";

/** What an engine does for a negotiation. */
export type EngineEffect = Exclude<
  NegotiationEffect,
  { type: "send" | "replace-connection" | "renew-connection" | "give-up" }
>;

export type SessionEffect =
  /** Enter the room; only the shell knows its hash. */
  | { readonly type: "join" }
  /** Seal and relay, to one member or, without recipient, to all others. */
  | { readonly type: "relay"; readonly recipient?: number; readonly message: RelayMessage }
  /** Make a peer connection, in place of the one that may be there. */
  | { readonly type: "open-connection"; readonly peer: PeerKey }
  | { readonly type: "close-connection"; readonly peer: PeerKey }
  | { readonly type: "engine"; readonly peer: PeerKey; readonly effect: EngineEffect }
  | { readonly type: "restart-ice"; readonly peer: PeerKey }
  /** Add the tracks of an own resource to a connection, or take them off it. */
  | { readonly type: "attach"; readonly peer: PeerKey; readonly id: string }
  | { readonly type: "detach"; readonly peer: PeerKey; readonly id: string }
  /** Open a data channel for an own file and send it, in the way that the features of both ends allow (F1 to F6). */
  | { readonly type: "send-file"; readonly peer: PeerKey; readonly id: string; readonly features: readonly string[] }
  /** The peer will open a data channel for this file that was asked for. */
  | {
      readonly type: "expect-file";
      readonly peer: PeerKey;
      readonly resource: ResourceInfo;
      readonly features: readonly string[];
    }
  /** Its channel will not come any more; one that is open already tells its end by itself. */
  | { readonly type: "give-up-file"; readonly peer: PeerKey; readonly id: string }
  | { readonly type: "stop-file"; readonly peer: PeerKey; readonly id: string }
  /** Take a still of an own video (V2). */
  | { readonly type: "take-preview"; readonly id: string }
  | { readonly type: "start-timer"; readonly timer: string; readonly ms: number }
  | { readonly type: "stop-timer"; readonly timer: string }
  | { readonly type: "show-chat"; readonly peer: PeerKey; readonly username: string; readonly chat: Chat }
  | { readonly type: "show-room-count"; readonly hash: string; readonly count: number }
  /** Tell the person. */
  | { readonly type: "announce"; readonly what: "joined" | "left"; readonly username: string };
