// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Stands in the page itself, above the style sheets, for which it would wait. It begins what takes nothing but the
 * address while the page's script is still being loaded: the keys of the room, and the connection to the server.
 */

import { readFragment } from "./core/secret.ts";
import { deriveRoomKeys } from "./crypto/room-keys.ts";
import { beginConnection } from "./io/connection.ts";

const secret = secretOfPage();
if (secret !== undefined) {
  const keys = deriveRoomKeys(secret);
  // Whoever uses the keys is told what is wrong; a page that has no use for them need not know.
  for (const key of Object.values(keys)) key.catch(() => undefined);
  globalThis.begun = { secret, keys, connection: beginConnection() };
}

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
