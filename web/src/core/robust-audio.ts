// SPDX-License-Identifier: AGPL-3.0-only

/** Opus among the codecs of a section, where nobody asks for lost packets of it yet. */
const opus = /^(a=rtpmap:(\d+) opus\/48000\/2(\r?\n))(?!a=rtcp-fb:\2 nack\r?$)/gim;

/** @returns whether a description asks for all lost packets of its sound */
export const isRobust = (sdp: string): boolean => sdp.search(opus) < 0;

/** @returns a description that asks for lost packets of sound again (N16) */
export const robustAudio = (sdp: string): string => sdp.replaceAll(opus, "$1a=rtcp-fb:$2 nack$3");
