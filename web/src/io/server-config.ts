// SPDX-License-Identifier: AGPL-3.0-only
/** The server's configuration for clients: `/config.json`. */

import { type Decode, list, optional, shape, text, whole } from "../core/schema.ts";

const flag: Decode<boolean> = (value) => value === true;

const decode = shape({
  webrtc: shape({
    stun: optional(text()),
    turn: optional(text()),
    turn_urls: optional(list(text(), 8, 1)),
    turn_user: optional(text()),
    turn_cred: optional(text()),
    turn_valid_seconds: optional(whole),
  }),
  features: shape({ room_watches: flag }),
});

export type ServerConfig = ReturnType<typeof decode>;

/** @throws when the server cannot be reached, answers something else, or `signal` says that it took too long */
export async function fetchConfig(signal?: AbortSignal): Promise<ServerConfig> {
  const response = await fetch("config.json", { redirect: "error", ...(signal ? { signal } : {}) });
  return decode(await response.json());
}

/** The STUN and TURN servers that peer connections are made with. */
export interface IceSource {
  readonly configuration: RTCConfiguration;
  /** Makes credentials anew where they could end soon; to be waited for. */
  renew?(): Promise<void> | undefined;
}

export async function iceSource(config: ServerConfig): Promise<IceSource> {
  if (!config.webrtc.turn_valid_seconds) return { configuration: rtcConfiguration(config) };
  // The code is loaded only where credentials end.
  const { IceServers } = await import("./ice-servers.ts");
  return new IceServers(config, fetchConfig, rtcConfiguration);
}

export function rtcConfiguration({ webrtc }: ServerConfig): RTCConfiguration {
  const iceServers: RTCIceServer[] = [];
  if (webrtc.stun) iceServers.push({ urls: webrtc.stun });
  const urls = webrtc.turn_urls ?? webrtc.turn;
  if (urls) iceServers.push({ urls, username: webrtc.turn_user ?? "", credential: webrtc.turn_cred ?? "" });
  return { iceServers };
}
