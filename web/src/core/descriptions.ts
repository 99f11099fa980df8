// SPDX-License-Identifier: AGPL-3.0-only
/** Descriptions (SDP, RFC 8866): what a session reads before an engine does (N8, N10, N19). Engines read the rest. */

import { limits } from "./limits.ts";

/** In characters; engines make ids of 64 bits (RFC 9429, section 5.2.1). */
const longestOrigin = 64;
const sending = new Set(["a=sendrecv", "a=sendonly"]);
const idle = new Set(["a=recvonly", "a=inactive"]);
const bundle = "a=group:BUNDLE ";
const mid = "a=mid:";

/** An offer or an answer, as W3C's RTCSessionDescription. */
export interface Description {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

/** The session ids of connections of peers that ended at this side, by which their offers are outdated (N8). */
export class EndedOrigins {
  readonly #origins: Set<string>;

  constructor(origins: Iterable<string> = []) {
    this.#origins = new Set([...origins].map(copied));
  }

  /** Keeps one more; the oldest is forgotten. One that no engine makes is not kept: a peer could fill the memory. */
  add(origin: string): void {
    if (origin.length > longestOrigin) return;
    this.#origins.add(copied(origin));
    const [oldest] = this.#origins;
    if (oldest !== undefined && this.#origins.size > limits.endedOrigins) this.#origins.delete(oldest);
  }

  has(origin: string): boolean {
    return this.#origins.has(copied(origin));
  }
}

/** A text of its own: one that was cut out of a description may keep the whole of it alive. */
const copied = (origin: string): string => JSON.stringify(origin);

/** The session id of the origin line (RFC 8866, section 5.2); empty when there is none. */
export const originOf = (sdp: string): string => /^o=\S+ (?<id>\S+)/m.exec(sdp)?.groups?.["id"] ?? "";

/** The session id and version of the origin line, of which each offer of a connection has others. */
const nameOf = (sdp: string): string | undefined =>
  /(?:^|\n)o=[^ \r\n]+ (?<name>[0-9]{1,20} [0-9]{1,20}) /.exec(sdp)?.groups?.["name"];

/** @returns an answer that names the offer that it answers, if that has a name (N19) */
export function namingOffer(answer: string, offer: string): string {
  const name = nameOf(offer);
  return name === undefined ? answer : answer.replace(/(\r?\n)m=/, `$1a=keks-meet-answers:${name}$&`);
}

/** Whether an answer names this offer, or none (N19). */
export function mayAnswer(answer: string, offer: string): boolean {
  const named = /\na=keks-meet-answers:(?<name>[0-9]{1,20} [0-9]{1,20})\r?\n/.exec(answer)?.groups?.["name"];
  return named === undefined || named === nameOf(offer);
}

export const candidatesIn = (sdp: string): number => sdp.split("\na=candidate:").length - 1;

/** Whether an engine may read a description: it is within the limits, clear, and on one transport (N10). */
export function isAcceptable(sdp: string): boolean {
  if (sdp.length > limits.descriptionLength || candidatesIn(sdp) > limits.remoteCandidates) return false;
  if (/\r(?!\n)/.test(sdp)) return false;
  const [head = "", ...rest] = sdp.replaceAll("\r", "").split("\nm=");
  if (rest.length > limits.mediaSections) return false;
  const sections = rest.map((section) => section.split("\n"));
  const senders = sections.filter(maySend).length;
  return sections.every(isClear) && senders <= limits.activeMediaSections && isBundled(head.split("\n"), sections);
}

type Lines = readonly string[];

/** Whether a section says its direction and name at most once: of two, engines choose as they like. */
function isClear(lines: Lines): boolean {
  const directions = lines.filter((line) => sending.has(line) || idle.has(line));
  return directions.length <= 1 && lines.filter((line) => line.startsWith(mid)).length <= 1;
}

const isUsed = (lines: Lines): boolean => lines[0]?.split(" ")[1] !== "0" || lines.includes("a=bundle-only");

const maySend = (lines: Lines): boolean => isUsed(lines) && !lines.some((line) => idle.has(line));

/** Whether all sections that are in use share one transport: each other one would open ports of its own. */
function isBundled(head: Lines, sections: readonly Lines[]): boolean {
  const used = sections.filter(isUsed);
  if (used.length < 2) return true;
  const line = head.find((each) => each.startsWith(bundle)) ?? bundle;
  const bundled = new Set(
    line
      .slice(bundle.length)
      .split(" ")
      .map((each) => mid + each),
  );
  return used.every((lines) => lines.some((each) => bundled.has(each)));
}
