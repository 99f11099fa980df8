// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The packets of signaling: what a client sends, and what it decodes.
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

import { optional, shape } from "../schema.ts";
import { anyText, clientId, featureList, roomHash, serverLimits, unsigned } from "./fields.ts";

export type Serverbound =
  /** Leave the current room; with a hash, enter that one (S4, S5). */
  | { join: { hash?: string } }
  /** Nothing, said so that idle proxies stay awake (S6). */
  | { ping: null }
  /** A sealed message for one member, or for all others (S7). */
  | { relay: { recipient?: number; message: string } }
  /** The rooms whose member counts the client wants to hear, instead of those before (S8). */
  | { watch_rooms: string[] };

export const clientbound = {
  /** The first packet of a connection; the original sends neither features nor limits (S3). */
  init: shape({ your_id: clientId, version: anyText, features: optional(featureList), limits: optional(serverLimits) }),
  /** Somebody, or the client itself, entered the room (S4). */
  client_join: shape({ id: clientId }),
  /** Somebody, or the client itself, left the room (S5). */
  client_leave: shape({ id: clientId }),
  /** A relayed message and the member it comes from (S7). */
  message: shape({ sender: clientId, message: anyText }),
  /** The member count of a watched room (S8). */
  room_info: shape({ hash: roomHash, user_count: unsigned }),
};
