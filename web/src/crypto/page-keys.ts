// SPDX-License-Identifier: AGPL-3.0-only
/** The keys of the room that the page's address names, which are derived as soon as there is this code. */

import { readFragment } from "../core/secret.ts";
import { deriveRoomKeys, type RoomKeys } from "./room-keys.ts";

const secret = secretOfPage();
/** Whether the page enters a room at once. */
export const isEntering = secret !== undefined;
const keys = secret === undefined ? undefined : deriveRoomKeys(secret);
// Whoever uses the keys is told what is wrong; a page that has no use for them need not know.
for (const key of Object.values(keys ?? {})) key.catch(() => undefined);

/** The keys of a room: those that are derived already, or new ones. */
export const keysOf = (wanted: string): RoomKeys => (keys && wanted === secret ? keys : deriveRoomKeys(wanted));

/** @returns undefined where the page says why it enters no room, or asks first */
function secretOfPage(): string | undefined {
  if (!isSecureContext) return undefined;
  try {
    const address = readFragment(location.hash.slice(1));
    return address.isCut || !address.secret ? undefined : address.secret;
  } catch {
    return undefined;
  }
}
