// SPDX-License-Identifier: AGPL-3.0-only
/** Orders that a session gives: what its shell is to do. */

import type { PeerKey, Timer } from "./events.ts";
import type { Fact } from "./facts.ts";
import type { EngineEffect } from "./negotiation-effects.ts";
import type { Chat, RelayMessage, Request, ResourceInfo } from "./relay-messages.ts";

/**
 * The server has the line; nobody can tell whether it has arrived everywhere; it was larger than the server takes (M6).
 */
export type LineState = "sent" | "uncertain" | "refused";

export type SessionEffect =
  /** Enter the room; only the shell knows its hash. */
  | { readonly type: "join" }
  /** Seal a message and relay it to one member or, without recipient, to all others. */
  | { readonly type: "relay"; readonly recipient?: number; readonly message: RelayMessage }
  /** Make a peer connection, in place of the one that may be there. */
  | { readonly type: "open-connection"; readonly peer: PeerKey }
  | { readonly type: "close-connection"; readonly peer: PeerKey }
  | { readonly type: "engine"; readonly peer: PeerKey; readonly effect: EngineEffect }
  | { readonly type: "restart-ice"; readonly peer: PeerKey }
  /** Add the tracks of an own resource to a connection, or take them off it. */
  | { readonly type: "attach"; readonly peer: PeerKey; readonly id: string }
  | { readonly type: "detach"; readonly peer: PeerKey; readonly id: string }
  /** Offer a line on which the peer can send a track of this kind (N13). */
  | { readonly type: "offer-to-receive"; readonly peer: PeerKey; readonly kind: "audio" | "video" }
  /** Open a data channel for an own file and send it, in the way that the features of both ends allow (F1 to F9). */
  | {
      readonly type: "send-file";
      readonly peer: PeerKey;
      readonly id: string;
      readonly features: readonly string[];
      /** The request for the file, when not from its start (F9). */
      readonly resume?: Request;
    }
  /** Expect that the peer opens a data channel for this file, which was asked for with the ticket. */
  | {
      readonly type: "expect-file";
      readonly peer: PeerKey;
      readonly resource: ResourceInfo;
      readonly features: readonly string[];
      readonly ticket: number | undefined;
    }
  /** Give up a file whose channel will not come any more; a channel that is open already tells its end by itself. */
  | { readonly type: "give-up-file"; readonly peer: PeerKey; readonly id: string }
  /** Continue a file whose connection was replaced: `file-interrupted` tells how far it is (F7). */
  | { readonly type: "continue-file"; readonly peer: PeerKey; readonly id: string }
  | { readonly type: "stop-file"; readonly peer: PeerKey; readonly id: string }
  /** Take a still of an own video (V2). */
  | { readonly type: "take-preview"; readonly id: string }
  /** Ask the person anew before a peer is permitted anything: it began anew and nothing shows that it is the same. */
  | { readonly type: "doubt-peer"; readonly peer: PeerKey }
  | { readonly type: "start-timer"; readonly timer: Timer; readonly ms: number }
  | { readonly type: "stop-timer"; readonly timer: Timer }
  /** Show what a peer said, or, with the id of the line, what was said here. */
  | {
      readonly type: "show-chat";
      readonly username: string;
      readonly chat: Chat;
      readonly peer?: PeerKey;
      readonly line?: string;
    }
  /** Find out when the server has everything that was relayed before this; `confirmed` says so (L8). */
  | { readonly type: "confirm"; readonly line: string }
  /** Find out soon whether the server is still there: the way to a peer is in doubt, perhaps from here on (L8). */
  | { readonly type: "doubt-link" }
  /** Show the state of an own line; until then the line is pending. */
  | { readonly type: "show-line"; readonly line: string; readonly state: LineState }
  /** Tell that more of a kind is offered than there is room for: by a peer, or here, where `id` is not offered (M7). */
  | { readonly type: "show-bound"; readonly kind: string; readonly peer?: PeerKey; readonly id?: string }
  | { readonly type: "show-room-count"; readonly hash: string; readonly count: number }
  | Fact;
