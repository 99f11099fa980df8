// SPDX-License-Identifier: AGPL-3.0-only

const opus = /^a=rtpmap:(\d+) opus\/48000\/2(\r?\n)/gim;

/** @returns whether a description asks for all lost packets of its sound, in whatever order engines write its lines */
export const isRobust = (sdp: string): boolean => robustAudio(sdp) === sdp;

/** @returns a description that asks for lost packets of sound again (N16) */
export const robustAudio = (sdp: string): string =>
  sdp
    .split(/^(?=m=)/m)
    .map(robustSection)
    .join("");

function robustSection(section: string): string {
  const said = new Set(section.split(/\r?\n/));
  return section.replaceAll(opus, (line: string, type: string, end: string) => {
    const asking = `a=rtcp-fb:${type} nack`;
    return said.has(asking) ? line : line + asking + end;
  });
}
