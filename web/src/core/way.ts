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

/** Addresses that tell of no translation: those of networks inside, and of IPv6, where hardly anybody translates. */
const plain = /^(10\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)|:/;

export function wayBetween(local: WayEnd, remote: WayEnd): Way {
  if (local.type === "relay") {
    const { relayProtocol: transport } = local;
    return transport === "udp" || transport === "tcp" || transport === "tls" ? `relay-${transport}` : "relay";
  }
  if (remote.type === "relay") return "relay";
  return isTranslated(local) || isTranslated(remote) ? "nat" : "direct";
}

/**
 * Whether a router translates the address of an end. Engines that hide addresses inside call an end reflexive that is not
 * translated, too; of an end that only packets told of they may not know the address.
 */
function isTranslated({ type, address }: WayEnd): boolean {
  const isKnown = typeof address === "string" && address !== "";
  return type === "srflx" ? !isKnown || !plain.test(address) : type === "prflx" && isKnown && !plain.test(address);
}
