// SPDX-License-Identifier: AGPL-3.0-only
/** Signaling packets (PROTOCOL.md, "Signaling"), in the form they have on the wire: objects with one key. */

import { limits } from "./limits.ts";
import { type Decoded, list, nothing, type OneOf, oneOf, optional, parse, shape, text, whole } from "./schema.ts";

const serverbound = {
  join: shape({ hash: optional(text()) }),
  ping: nothing,
  relay: shape({ recipient: optional(whole), message: text() }),
  watch_rooms: list(text()),
};
export type Serverbound = OneOf<typeof serverbound>;

const init = shape({
  your_id: whole,
  version: text(),
  features: optional(list(text(limits.idLength), limits.features)),
  limits: optional(shape({ message_bytes: optional(whole) })),
});
export type Init = Decoded<typeof init>;

const clientbound = {
  init,
  client_join: shape({ id: whole }),
  client_leave: shape({ id: whole }),
  message: shape({ sender: whole, message: text() }),
  room_info: shape({ hash: text(), user_count: whole }),
};
export type Clientbound = OneOf<typeof clientbound>;

const decode = oneOf(clientbound);

/** Decodes one frame of the server. @returns undefined for an unknown packet. @throws Malformed */
export const decodeClientbound = (frame: string): Clientbound | undefined => parse(decode, frame);

export const encodeServerbound = (packet: Serverbound): string => JSON.stringify(packet);
