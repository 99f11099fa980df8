// SPDX-License-Identifier: AGPL-3.0-only
/** What a session reads of descriptions (SDP, RFC 8866) before an engine does (N8, N10). Engines read the rest. */

import { limits } from "./limits.ts";

const inactive = "a=inactive";
const directions = new Set([inactive, "a=sendrecv", "a=sendonly", "a=recvonly"]);
const bundle = "a=group:BUNDLE ";

/** The session id of the origin line (RFC 8866, section 5.2); empty when there is none. */
export const originOf = (sdp: string): string => /^o=\S+ (?<id>\S+)/m.exec(sdp)?.groups?.["id"] ?? "";

export const candidatesIn = (sdp: string): number => sdp.split("\na=candidate:").length - 1;

/** Whether an engine may read a description: it is within the limits, and on one transport (N10). */
export function isAcceptable(sdp: string): boolean {
  if (sdp.length > limits.descriptionLength || candidatesIn(sdp) > limits.remoteCandidates) return false;
  const [head = "", ...sections] = sdp.replaceAll("\r", "").split("\nm=");
  if (sections.length > limits.mediaSections) return false;
  const active = sections.map((section) => section.split("\n")).filter(isActive);
  return active.length <= limits.activeMediaSections && isBundled(head.split("\n"), active);
}

function isActive(lines: readonly string[]): boolean {
  const [, port] = lines[0]?.split(" ") ?? [];
  const direction = lines.find((line) => directions.has(line));
  return direction !== inactive && (port !== "0" || lines.includes("a=bundle-only"));
}

/** Whether all active sections share one transport: each other one would open ports of its own. */
function isBundled(head: readonly string[], active: readonly (readonly string[])[]): boolean {
  if (active.length < 2) return true;
  const line = head.find((each) => each.startsWith(bundle)) ?? bundle;
  const bundled = new Set(line.slice(bundle.length).split(" "));
  return active.every((lines) => lines.some((each) => each.startsWith("a=mid:") && bundled.has(each.slice(6))));
}
