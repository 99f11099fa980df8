// SPDX-License-Identifier: AGPL-3.0-only
/** Descriptions and candidates of a client that hides its address (N18). */

const relayed = /^(?:a=)?candidate:\S+ \S+ \S+ \S+ \S+ \S+ typ relay(?= |\r?$)/i;
const related = / raddr \S+ rport \S+/i;

/** @returns a candidate that names no address of this machine; undefined for one that cannot but name it */
export const hiddenCandidate = (candidate: string): string | undefined =>
  relayed.test(candidate) ? candidate.replace(related, " raddr 0.0.0.0 rport 0") : undefined;

/** @returns a description that names no address of this machine */
export const hiddenAddress = (sdp: string): string =>
  sdp
    .split("\n")
    .flatMap((line) => (line.startsWith("a=candidate:") ? (hiddenCandidate(line) ?? []) : hiddenLine(line)))
    .join("\n");

const hiddenLine = (line: string): string =>
  line
    .replace(/^c=IN IP[46] [^\r]*/, "c=IN IP4 0.0.0.0")
    .replace(/^a=rtcp:[^\r]*/, "a=rtcp:9 IN IP4 0.0.0.0")
    .replace(/^(m=\S+) [1-9]\d* /, "$1 9 ");
