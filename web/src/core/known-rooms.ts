// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The `room_watches` setting: parts separated by `;`, each part percent-encoded, name and secret split at the first
 * `=`; without one the name is the secret.
 */

export interface KnownRoom {
  readonly name: string;
  readonly secret: string;
}

/** Reads the setting. Parts that are not well formed are left out. */
export function readKnownRooms(setting: string): KnownRoom[] {
  return setting.split(";").flatMap((part) => {
    const at = part.indexOf("=");
    const [name, secret] = at < 0 ? [part, part] : [part.slice(0, at), part.slice(at + 1)];
    const room = { name: decode(name), secret: decode(secret) };
    return room.secret ? [{ name: room.name || room.secret, secret: room.secret }] : [];
  });
}

export function writeKnownRooms(rooms: readonly KnownRoom[]): string {
  return rooms
    .map(({ name, secret }) => (name === secret ? encode(secret) : `${encode(name)}=${encode(secret)}`))
    .join(";");
}

const encode = encodeURIComponent;

function decode(part: string): string {
  try {
    return decodeURIComponent(part.trim());
  } catch {
    return "";
  }
}
