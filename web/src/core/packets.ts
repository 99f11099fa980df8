// SPDX-License-Identifier: AGPL-3.0-only
/** Signaling packets (PROTOCOL.md, "Signaling"), in the form they have on the wire: objects with one key. */

import { clientbound, type Serverbound } from "./generated/packets.ts";
import { type Decoded, type OneOf, oneOf, parse } from "./schema.ts";

export type { Serverbound } from "./generated/packets.ts";
export type Clientbound = OneOf<typeof clientbound>;
export type Init = Decoded<typeof clientbound.init>;

const decode = oneOf(clientbound);

/** Decodes one frame of the server. @returns undefined for an unknown packet. @throws Malformed */
export const decodeClientbound = (frame: string): Clientbound | undefined => parse(decode, frame);

export const encodeServerbound = (packet: Serverbound): string => JSON.stringify(packet);
