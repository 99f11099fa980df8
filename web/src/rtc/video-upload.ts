// SPDX-License-Identifier: AGPL-3.0-only
/** Tells all encoders what part of the upload they have. */

import { shareUpload } from "../core/upload-shares.ts";
import type { OwnStream } from "../media/own-streams.ts";
import { encode, type WantedEncoding } from "./encodings.ts";
import type { PeerConnection } from "./peer-connection.ts";

/** Sound comes first: who is not seen for a moment is still understood. */
const first: WantedEncoding = { priority: "high", networkPriority: "high" };

/** @param limit of all pictures, in bits a second */
export function limitUpload(own: readonly OwnStream[], connections: readonly PeerConnection[], limit: number): void {
  const videos = own.flatMap(({ info, source, stream }) => {
    const [track] = stream.getVideoTracks();
    const senders = connections.flatMap((connection) => connection.senders(info.id, "video"));
    return track ? [{ isScreen: source === "screen", lines: linesOf(track), receivers: senders.length, senders }] : [];
  });
  const sounds = own.flatMap(({ info }) => connections.flatMap((connection) => connection.senders(info.id, "audio")));
  for (const sender of sounds) encode(sender, first);
  shareUpload(videos, limit).forEach((encoding, at) => {
    const { isScreen = false, senders = [] } = videos[at] ?? {};
    const degradationPreference = isScreen ? "maintain-resolution" : "balanced";
    for (const sender of senders) encode(sender, { ...encoding, degradationPreference });
  });
}

/** The lines of a track; one that does not know its size yet is taken for a usual one. */
function linesOf(track: MediaStreamTrack): number {
  const { width = 640, height = 480 } = track.getSettings();
  return Math.min(width, height);
}
