// SPDX-License-Identifier: AGPL-3.0-only
/** Takes over what the page has begun before its script was there (`ahead.ts`). */

import { deriveRoomKeys, type RoomKeys } from "../crypto/room-keys.ts";
import { beginConnection, type Connection } from "./connection.ts";

interface Begun {
  readonly secret: string;
  readonly keys: RoomKeys;
  /** Until somebody has it. */
  connection?: Connection;
}

declare global {
  var begun: Begun | undefined;
}

/** The keys of a room: those that are derived already, or new ones. */
export const keysOf = (secret: string): RoomKeys =>
  globalThis.begun?.secret === secret ? globalThis.begun.keys : deriveRoomKeys(secret);

/** @returns a connection of which nobody has heard yet; it may be open already, or closed again */
export function connect(): Connection {
  const connection = globalThis.begun?.connection ?? beginConnection();
  delete globalThis.begun?.connection;
  return connection;
}
