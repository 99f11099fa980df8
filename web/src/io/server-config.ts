// SPDX-License-Identifier: AGPL-3.0-only
/** What the server configures: `/config.json`. */

import { type Decode, optional, shape, text } from "../core/schema.ts";

const flag: Decode<boolean> = (value) => value === true;

const decode = shape({
  webrtc: shape({
    stun: optional(text()),
    turn: optional(text()),
    turn_user: optional(text()),
    turn_cred: optional(text()),
  }),
  features: shape({ room_watches: flag }),
});

export type ServerConfig = ReturnType<typeof decode>;

/** @throws when the server cannot be reached or answers something else */
export async function fetchConfig(): Promise<ServerConfig> {
  const response = await fetch("/config.json");
  return decode(await response.json());
}

export function rtcConfiguration({ webrtc }: ServerConfig): RTCConfiguration {
  const iceServers: RTCIceServer[] = [];
  if (webrtc.stun) iceServers.push({ urls: webrtc.stun });
  if (webrtc.turn) {
    iceServers.push({ urls: webrtc.turn, username: webrtc.turn_user ?? "", credential: webrtc.turn_cred ?? "" });
  }
  return { iceServers };
}
