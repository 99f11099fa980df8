// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Sends screens as AV1 where that is worth what it costs: text takes fewer bits, and without an encoder in hardware more
 * of a processor. Nothing is negotiated for it: both sides have agreed on all codecs that they know.
 */

/** A sender whose encodings may name their codec, which TypeScript does not know yet. */
type Encoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };

const av1 = "video/AV1";
/** What is asked whether it can be encoded: the bit rate of a screen that scrolls, in bits a second. */
const bitrate = 2_000_000;

/** The times that a change is tried again: some browsers take no codec. */
const mostAttempts = 5;
const attempts = new WeakMap<RTCRtpSender, number>();

/** What is known of each track's size, by its words for it. */
const answers = new Map<string, Promise<MediaCapabilitiesEncodingInfo | undefined>>();

/** Chooses the codec of a screen. @param senders one for each who gets it */
export async function chooseCodec(track: MediaStreamTrack, senders: readonly RTCRtpSender[]): Promise<void> {
  const info = await encodingInfo(track.getSettings());
  const isWorthIt = info?.supported === true && (info.powerEfficient || (info.smooth && senders.length === 1));
  await Promise.all(senders.map((sender) => send(sender, isWorthIt)));
}

/** Browsers may not know the question. */
function encodingInfo(settings: MediaTrackSettings): Promise<MediaCapabilitiesEncodingInfo | undefined> {
  const { width = 1920, height = 1080, frameRate: framerate = 30 } = settings;
  const key = `${width} ${height} ${framerate}`;
  const video = { contentType: av1, width, height, framerate, bitrate };
  const found =
    answers.get(key) ?? navigator.mediaCapabilities.encodingInfo({ type: "webrtc", video }).catch(() => undefined);
  answers.set(key, found);
  return found;
}

async function send(sender: RTCRtpSender, isAv1: boolean): Promise<void> {
  const parameters = sender.getParameters();
  const [first]: Encoding[] = parameters.encodings;
  if ((first?.codec?.mimeType === av1) === isAv1) return void attempts.delete(sender);
  const attempt = (attempts.get(sender) ?? 0) + 1;
  attempts.set(sender, attempt);
  if (attempt > mostAttempts) return;
  // The codec that is used stands first; the next one is what both sides had agreed on before.
  const codec = parameters.codecs.find(({ mimeType }) => (mimeType === av1) === isAv1);
  if (!codec) return;
  for (const each of parameters.encodings as Encoding[]) each.codec = codec;
  // Another change may come between: the next look makes this one again.
  await sender.setParameters(parameters).catch(() => undefined);
}
