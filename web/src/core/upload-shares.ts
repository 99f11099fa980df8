// SPDX-License-Identifier: AGPL-3.0-only
/** The shares of the upload that the sent pictures have: bit rates, and sizes to match. */

export interface SentVideo {
  readonly isScreen: boolean;
  /** The picture's shorter side, in pixels. */
  readonly lines: number;
  readonly receivers: number;
}

/** An encoding, as in RTCRtpEncodingParameters. */
export interface VideoEncoding {
  /** The most bits a second. */
  readonly maxBitrate: number;
  readonly scaleResolutionDownBy: number;
}

/** The least bit rate, in bits a second: no picture is worth sending with less. */
const leastBitrate = 40_000;
/** The number of cameras' parts that a screen gets: text stays as it is, whatever that costs in frames. */
const screenWeight = 2;
/** The bit rates from which on a camera's picture may have so many lines. */
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
 * @param limit of all encodings together, in bits a second
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
