// SPDX-License-Identifier: AGPL-3.0-only
/** The way that packets take to a peer, as engines tell it by the two ends of it. */

/**
 * - `direct`: from one network to itself, or between two that translate no addresses
 * - `nat`: through routers that translate addresses, as STUN told
 * - `relay`: through the TURN server of the peer, and `relay-…` through one's own, with the transport up to there
 */
export type Way = "direct" | "nat" | "relay" | "relay-udp" | "relay-tcp" | "relay-tls";

/** One end of a way: a candidate, as far as it is known. */
export interface WayEnd {
  readonly type?: unknown;
  readonly address?: unknown;
  /** The transport to the TURN server, of an own candidate. */
  readonly relayProtocol?: unknown;
}

/** Addresses of networks that nobody reaches from outside. */
const inside = /^(10\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.|::1$|f[cd]|fe[89ab])/i;

export function wayBetween(local: WayEnd, remote: WayEnd): Way {
  if (local.type === "relay") {
    const { relayProtocol: transport } = local;
    return transport === "udp" || transport === "tcp" || transport === "tls" ? `relay-${transport}` : "relay";
  }
  if (remote.type === "relay") return "relay";
  const isTranslated = local.type !== "host" || remote.type === "srflx" || isSeenOutside(remote);
  return isTranslated ? "nat" : "direct";
}

/** Whether packets came from an address that the peer did not name, out there. In one network that may happen as well. */
const isSeenOutside = ({ type, address }: WayEnd): boolean =>
  type === "prflx" && typeof address === "string" && address !== "" && !inside.test(address);
