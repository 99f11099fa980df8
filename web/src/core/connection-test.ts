// SPDX-License-Identifier: AGPL-3.0-only
/** What the test of a connection concludes from what engines tell. */

export type Transport = "UDP" | "TCP" | "TLS";

/** The transport up to a TURN server, by its address (RFC 7065). */
export function transportOf(url: string): Transport {
  if (/^turns:/i.test(url)) return "TLS";
  return /[?&]transport=tcp\b/i.test(url) ? "TCP" : "UDP";
}

/** A candidate, as far as browsers tell: they may hide what the network inside calls this machine. */
export interface Found {
  readonly type: string | null;
  readonly address: string | null;
  readonly relatedAddress: string | null;
}

/** What gathering candidates has brought. */
export interface Gathered {
  readonly candidates: readonly Found[];
  /** The codes of the errors that the engine told: those of STUN, or 701 for a server that does not answer. */
  readonly errors: readonly number[];
  /** Whether the engine tells errors at all. */
  readonly tellsErrors: boolean;
  /** Whether it came to its end. */
  readonly isComplete: boolean;
}

/**
 * - `translated`: a router translates addresses
 * - `plain`: nothing does, as an engine that is done and tells errors leaves out what is no news
 * - `answered`: the server answered, and nothing tells whether addresses are translated
 */
export type StunOutcome = "translated" | "plain" | "answered" | "silent" | "unsure";

export function judgeStun({ candidates, errors, tellsErrors, isComplete }: Gathered): StunOutcome {
  const hosts = candidates.filter(({ type }) => type === "host");
  const outside = candidates.find(({ type }) => type === "srflx");
  if (outside) return judgeOutside(outside, hosts);
  if (errors.length > 0 || !isComplete) return "silent";
  return tellsErrors && hosts.length > 0 ? "plain" : "unsure";
}

/** An address, and not a name or a placeholder in the place of one. */
const isAddress = (text: string | null): text is string =>
  text !== null && text !== "0.0.0.0" && text !== "::" && /^(?:[\d.]+|[\da-f:]+)$/i.test(text);

function judgeOutside({ address, relatedAddress }: Found, hosts: readonly Found[]): StunOutcome {
  const inside = [relatedAddress, ...hosts.map((host) => host.address)].filter(isAddress);
  if (inside.length === 0) return "answered";
  return inside.some((each) => each === address) ? "plain" : "translated";
}

export type RelayOutcome = "found" | "refused" | "unreachable";

/** The errors of STUN by which a server refuses credentials: 401 unauthorised, 403 forbidden, 438 stale, 441 wrong. */
const refusals = new Set([401, 403, 438, 441]);

export function judgeRelay({ candidates, errors }: Gathered): RelayOutcome {
  if (candidates.some(({ type }) => type === "relay")) return "found";
  return errors.some((code) => refusals.has(code)) ? "refused" : "unreachable";
}

/** A step of the test, as a report tells it: what was tried, how that went, and more about it. */
export interface Reported {
  readonly name: string;
  readonly state: string;
  readonly text: string;
}

/** What was found, as lines of text. @param head who says it */
export const report = (head: string, steps: readonly Reported[]): string =>
  [head, ...steps.map(({ name, state, text }) => `${name}: ${state}${text && `. ${text}`}`), ""].join("\n");
