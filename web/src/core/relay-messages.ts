// SPDX-License-Identifier: AGPL-3.0-only
/** What envelopes carry (PROTOCOL.md, "Relay messages"): M1 to M5, N1. */

import { limits } from "./limits.ts";
import {
  cutText,
  type Decode,
  type Decoded,
  list,
  Malformed,
  type OneOf,
  oneOf,
  oneWord,
  optional,
  parse,
  shape,
  text,
  upTo,
  whole,
} from "./schema.ts";

const id = text(limits.idLength);
const name = cutText(limits.nameLength);

const dataUrl =
  (start: string): Decode<string> =>
  (value) => {
    const url = text()(value);
    if (!url.startsWith(start)) throw new Malformed(`expected a URL that begins with ${start}`);
    return url;
  };

const stillUrl = /^data:image\/(?:jpeg|png|webp);base64,[A-Za-z0-9+/=]*$/;

/** A still as it may be shown: of a kind that cannot run anything, and small (V1). */
const still: Decode<string> = (value) => {
  const url = text(limits.previewLength)(value);
  if (!stillUrl.test(url)) throw new Malformed("expected a still");
  return url;
};

const anyResource = shape({
  id,
  kind: id,
  track_kind: optional(oneWord("audio", "video")),
  label: optional(cutText(limits.labelLength)),
  size: optional(whole),
});
export type ResourceInfo = Decoded<typeof anyResource>;

const resource: Decode<ResourceInfo> = (value) => {
  const info = anyResource(value);
  if (info.kind === "track" && !info.track_kind) throw new Malformed("expected the kind of the track");
  return info;
};

const candidate = shape({
  candidate: text(limits.candidateLength),
  sdpMLineIndex: optional(upTo(65_535)),
  sdpMid: optional(id),
  usernameFragment: optional(id),
});
export type IceCandidate = Decoded<typeof candidate>;

const anyChat = shape({ text: optional(text(limits.chatLength)), image: optional(dataUrl("data:image/")) });
/** Text or an image, never both (M4). */
export type Chat = Decoded<typeof anyChat>;

const chat: Decode<Chat> = (value) => {
  const said = anyChat(value);
  if ((said.text === undefined) === (said.image === undefined)) throw new Malformed("expected text or an image");
  return said;
};

const identity = shape({
  username: name,
  instance: optional(id),
  features: optional(list(id, limits.features)),
});
export type Identity = Decoded<typeof identity>;

/** 32 bytes in base64url without padding. */
const random: Decode<string> = (value) => {
  const encoded = text(43)(value);
  if (!/^[A-Za-z0-9_-]{43}$/.test(encoded)) throw new Malformed("expected 32 bytes in base64url");
  return encoded;
};

/** For each peer of its sender that the challenger could be (R3). */
const proofs: Decode<string[]> = (value) => {
  const macs = list(random, limits.proofs)(value);
  if (macs.length === 0) throw new Malformed("expected a proof");
  return macs;
};

/** 32 bytes in lower-case hexadecimal (F9). */
const salt: Decode<string> = (value) => {
  const hex = text(64)(value);
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Malformed("expected 32 bytes in lower-case hexadecimal");
  return hex;
};

const preview = shape({ id, data: still });
/** A still of a video (V1). */
export type Preview = Decoded<typeof preview>;

const relayMessages = {
  identify: identity,
  provide: resource,
  provide_stop: shape({ id }),
  request: shape({ id, offset: optional(whole), salt: optional(salt) }),
  request_stop: shape({ id }),
  offer: text(),
  answer: text(),
  ice_candidate: candidate,
  chat,
  chat_id: shape({ id }),
  probe: shape({ number: whole }),
  preview,
  resume_token: shape({ token: random }),
  resume_challenge: shape({ nonce: random }),
  resume_proof: shape({ macs: proofs }),
};
export type RelayMessage = OneOf<typeof relayMessages>;
/** Asks for a resource; of a file also for the rest, from an offset (F9). */
export type Request = Extract<RelayMessage, { request: unknown }>["request"];
/** What proves, or asks to prove, who is who (R1 to R3). */
export type ResumptionMessage = Extract<
  RelayMessage,
  { resume_token: unknown } | { resume_challenge: unknown } | { resume_proof: unknown }
>;

export const decodeRelayMessage = oneOf(relayMessages);

const envelopeContent = shape({ sender: whole, inner: (value) => value });

/**
 * Decodes the plaintext of an envelope that the server says is of `sender` (E2, E3).
 * @returns undefined for an unknown kind. @throws Malformed, also when the sender inside differs.
 */
export function decodeEnvelopeContent(plaintext: string, sender: number): RelayMessage | undefined {
  const content = parse(envelopeContent, plaintext);
  if (content.sender !== sender) throw new Malformed("expected the sender that the server named");
  return decodeRelayMessage(content.inner);
}

export const encodeEnvelopeContent = (sender: number, inner: RelayMessage): string => JSON.stringify({ sender, inner });
