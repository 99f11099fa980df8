// SPDX-License-Identifier: AGPL-3.0-only

/** @returns an answer that leaves it to the other side to begin with DTLS (RFC 8842, section 5.3; N12) */
export const passiveAnswer = (sdp: string): string => sdp.replaceAll(/^a=setup:active$/gm, "a=setup:passive");
