// SPDX-License-Identifier: AGPL-3.0-only
/** How the pictures that are sent share the upload: bit rates, and sizes to match. */

export interface SentVideo {
  readonly isScreen: boolean;
  /** Its shorter side, in pixels. */
  readonly lines: number;
  readonly receivers: number;
}

/** As in RTCRtpEncodingParameters. */
export interface VideoEncoding {
  /** Bits a second. */
  readonly maxBitrate: number;
  readonly scaleResolutionDownBy: number;
}

/** No picture is worth sending with less, in bits a second. */
const leastBitrate = 40_000;
/** How many cameras' part a screen gets: text stays as it is, whatever that costs in frames. */
const screenWeight = 2;
/** From which bit rate on a camera's picture may have so many lines. */
const steps = [
  [3_000_000, Infinity],
  [1_500_000, 720],
  [700_000, 480],
  [350_000, 360],
  [175_000, 240],
  [0, 180],
] as const;

/**
 * The encoding of each video for each of its receivers.
 * @param limit for all of them together, in bits a second
 */
export function shareUpload(videos: readonly SentVideo[], limit: number): VideoEncoding[] {
  const weight = ({ isScreen }: SentVideo): number => (isScreen ? screenWeight : 1);
  const parts = videos.reduce((sum, video) => sum + weight(video) * video.receivers, 0);
  return videos.map((video) => {
    const maxBitrate = Math.max(leastBitrate, Math.floor((limit * weight(video)) / Math.max(1, parts)));
    return { maxBitrate, scaleResolutionDownBy: video.isScreen ? 1 : Math.max(1, video.lines / linesFor(maxBitrate)) };
  });
}

function linesFor(bitrate: number): number {
  return steps.find(([least]) => bitrate >= least)?.[1] ?? 0;
}
