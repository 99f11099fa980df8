// SPDX-License-Identifier: AGPL-3.0-only
/** Facts that a session is told. */

import type { NegotiationEvent } from "./negotiation.ts";
import type { Clientbound } from "./packets.ts";
import type { Chat, HandState, ReactionName, RecordingState, RelayMessage, ResourceInfo } from "./relay-messages.ts";
import type { Way } from "./way.ts";

/** The key of a peer, for as long as a session knows the peer, whatever ids the server gives it. */
export type PeerKey = number;

export type LinkStatus = "joining" | "joined" | "reconnecting";

export type PeerStatus = "unconnected" | "connecting" | "connected" | "reconnecting" | "failed";

export type TrackKind = "audio" | "video";

/** A timer: what it is for, and the member (`appear`) or the peer that it is about; 0 for nobody. */
export interface Timer {
  readonly name:
    | "appear"
    | "away"
    | "restart"
    | "yield"
    | "doubts"
    | "renew"
    | "late"
    | "offers"
    | "preview"
    | "previews"
    | "gestures"
    | "recordings";
  readonly of?: number;
}

export type ConnectionState = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** Signaling. Messages come decrypted; packets of the kind `message` never reach the session. */
type LinkEvent =
  | { readonly type: "packet-received"; readonly packet: Exclude<Clientbound, { message: unknown }> }
  /** `sender` is the member's id, `credential` what it has proven to be, if the message came sealed. */
  | {
      readonly type: "message-relayed";
      readonly sender: number;
      readonly message: RelayMessage;
      /** What the sender has proven to be, if it came sealed. */
      readonly credential?: string | undefined;
    }
  /** Something that was said to a member has not arrived there; what holds now is to be said again (Y13). */
  | { readonly type: "missed"; readonly client: number }
  /** A member has proven who it is after words were said under its id: it is a newcomer (Y12). */
  | { readonly type: "begun-anew"; readonly client: number }
  /** A member has proven its credential and says with the proof what it wants; its name follows (M10). */
  | {
      readonly type: "introduced";
      readonly client: number;
      readonly credential: string;
      readonly instance: string;
      readonly features: readonly string[];
      readonly wants: readonly string[];
    }
  /** The server has everything that was relayed before this was asked for (L8). */
  | { readonly type: "confirmed"; readonly line: string }
  | { readonly type: "link-lost" };

/** Acts of the person at this client. */
type OwnEvent =
  | { readonly type: "renamed"; readonly username: string }
  /** Tracks of these kinds are asked for from now on, as soon as they are offered; those that are there stay. */
  | { readonly type: "wants-set"; readonly wants: readonly TrackKind[] }
  | { readonly type: "resource-added"; readonly resource: ResourceInfo }
  | { readonly type: "resource-removed"; readonly id: string }
  /** `ticket` comes back with `expect-file`, which says that there is something to expect. */
  | { readonly type: "resource-wanted"; readonly peer: PeerKey; readonly id: string; readonly ticket?: number }
  | { readonly type: "resource-unwanted"; readonly peer: PeerKey; readonly id: string }
  /** `line` is the id of the line, drawn by chance (M6). */
  | { readonly type: "chat-written"; readonly chat: Chat; readonly line: string }
  | { readonly type: "hand-set"; readonly state: HandState }
  | { readonly type: "reaction-made"; readonly name: ReactionName }
  /** A recording is to begin here, or has ended. */
  | { readonly type: "recording-set"; readonly state: RecordingState }
  /** A line was larger than the server takes, and was not sent. */
  | { readonly type: "chat-refused"; readonly chat: Chat }
  /** Stills of own videos may be sent, with such a pause in milliseconds, or not any more. */
  | { readonly type: "previews-allowed"; readonly allowed: boolean; readonly pause?: number }
  /** A still that was ordered. */
  | { readonly type: "preview-taken"; readonly id: string; readonly data: string }
  | { readonly type: "left" };

/** Reports of a peer connection. */
type ConnectionEvent =
  | { readonly type: "negotiation"; readonly peer: PeerKey; readonly event: NegotiationEvent }
  | { readonly type: "connection-state-changed"; readonly peer: PeerKey; readonly state: ConnectionState }
  /** The other side closed the connection on purpose. */
  | { readonly type: "connection-closed"; readonly peer: PeerKey; readonly own?: true }
  | { readonly type: "path-found"; readonly peer: PeerKey; readonly way: Way }
  /** Nothing has come from a peer for a while that sent all the time before, or it comes again (N15). */
  | { readonly type: "path-silent"; readonly peer: PeerKey; readonly silent: boolean }
  /** An own file is no longer on its way to this peer, which may ask for it again. */
  | { readonly type: "file-ended"; readonly peer: PeerKey; readonly id: string }
  /** A download has stalled: nothing came for a while, and the transfer has not ended (F12). */
  | { readonly type: "file-stalled"; readonly peer: PeerKey; readonly id: string }
  /**
   * A download has lost its channel before its end, and can go on at `offset` (F9).
   * @property salt 32 random bytes in lower-case hexadecimal, drawn for this request
   */
  | {
      readonly type: "file-interrupted";
      readonly peer: PeerKey;
      readonly id: string;
      readonly offset: number;
      readonly salt: string;
    }
  | { readonly type: "stream-arrived"; readonly peer: PeerKey; readonly id: string }
  | { readonly type: "stream-ended"; readonly peer: PeerKey; readonly id: string };

export type SessionEvent =
  LinkEvent | OwnEvent | ConnectionEvent | { readonly type: "timer-fired"; readonly timer: Timer };
