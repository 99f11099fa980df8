// SPDX-License-Identifier: AGPL-3.0-only
/** The messages that envelopes carry (PROTOCOL.md, "Relay messages"): M1 to M5, N1. */

import { relayMessages } from "./generated/relay-messages.ts";
import type { sealedMessages } from "./generated/sealed-messages.ts";
import { type Decoded, Malformed, type OneOf, oneOf, parse, shape, whole } from "./schema.ts";

export type ResourceInfo = Decoded<typeof relayMessages.provide>;
export type IceCandidate = Decoded<typeof relayMessages.ice_candidate>;
/** Text or an image, never both (M4). */
export type Chat = Decoded<typeof relayMessages.chat>;
export type Identity = Decoded<typeof relayMessages.identify>;
/** A still of a video (V1). */
export type Preview = Decoded<typeof relayMessages.preview>;

/** How a hand is (M11). */
export type HandState = Decoded<typeof sealedMessages.hand>["state"];
export type RecordingState = Decoded<typeof sealedMessages.recording>["state"];
/** A reaction, which stands for a gesture that everybody knows (M12). */
export type ReactionName = Decoded<typeof sealedMessages.reaction>["name"];

export type RelayMessage = OneOf<typeof relayMessages> | OneOf<typeof sealedMessages>;
/** A request for a resource; of a file also for the rest, from an offset (F9). */
export type Request = Extract<RelayMessage, { request: unknown }>["request"];

/** Decodes what is said in the open; kinds that only count sealed are unknown there, and ignored (`sealed-message.ts`). */
const decodeOpenMessage = oneOf(relayMessages);

const envelopeContent = shape({ sender: whole, inner: (value) => value });

/**
 * Decodes the plaintext of an envelope that the server says is of `sender` (E2, E3).
 * @returns undefined for an unknown kind. @throws Malformed, also when the sender inside differs.
 */
export function decodeEnvelopeContent(plaintext: string, sender: number): RelayMessage | undefined {
  const content = parse(envelopeContent, plaintext);
  if (content.sender !== sender) throw new Malformed("expected the sender that the server named");
  return decodeOpenMessage(content.inner);
}

export const encodeEnvelopeContent = (sender: number, inner: RelayMessage): string => JSON.stringify({ sender, inner });
