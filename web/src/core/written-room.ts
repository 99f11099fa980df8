// SPDX-License-Identifier: AGPL-3.0-only
/** Rooms as people type and paste them. */

import { readFragment, type RoomAddress } from "./secret.ts";

/**
 * Reads what a person typed or pasted for a room: a link, perhaps between brackets or quotes, or a secret as it is.
 *
 * @returns nothing when there is no room in it
 */
export function readWritten(written: string): (RoomAddress & { readonly link?: string }) | undefined {
  const text = written.trim();
  const [link] = /https?:\/\/[^\s#]+#\S*/i.exec(text) ?? [];
  try {
    const address = readFragment(link === undefined ? encodeURIComponent(text) : link.slice(link.indexOf("#") + 1));
    return address.secret === "" ? undefined : { ...address, ...(link === undefined ? {} : { link }) };
  } catch {
    return undefined;
  }
}
