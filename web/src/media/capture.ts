// SPDX-License-Identifier: AGPL-3.0-only
/** Takes streams from microphones, cameras and screens, as the settings want them. */

import type { Settings } from "../settings/store.ts";

export type Source = "microphone" | "camera" | "screen";

export type CaptureProblem = "refused" | "no-device" | "busy" | "unavailable";

/** A capture that did not come about; `problem` says why in a word. */
export class CaptureError extends Error {
  override name = "CaptureError";
  readonly source: Source;
  readonly problem: CaptureProblem;

  constructor(source: Source, problem: CaptureProblem) {
    super(`${source}: ${problem}`);
    this.source = source;
    this.problem = problem;
  }
}

/**
 * The screen has to be asked for in the press itself: nothing may be awaited before.
 *
 * @param device instead of the one that the settings name
 * @throws CaptureError
 */
export async function capture(source: Source, settings: Settings, device?: string): Promise<MediaStream> {
  // Pages that are neither https nor on the own machine have no such thing.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices) throw new CaptureError(source, "unavailable");
  const wanted = constraints(source, settings);
  try {
    if (source === "screen") {
      const audio = settings.get("screencast_audio") === true && { echoCancellation: true, restrictOwnAudio: true };
      return hinted("detail", await devices.getDisplayMedia({ video: wanted, audio }));
    }
    return hinted("motion", await captureDevice(devices, source, wanted, device ?? chosenDevice(source, settings)));
  } catch (error) {
    throw new CaptureError(source, problemOf(error));
  }
}

/** Text of screens stays sharp, and cameras stay fluent, when there is not enough for both. */
function hinted(hint: "detail" | "motion", stream: MediaStream): MediaStream {
  for (const track of stream.getVideoTracks()) track.contentHint = hint;
  return stream;
}

const chosenDevice = (source: "microphone" | "camera", settings: Settings): string | undefined =>
  settings.get(source === "microphone" ? "microphone_device" : "camera_device");

/** From the device that was chosen; one that is not there any more is no reason to fail. */
async function captureDevice(
  devices: MediaDevices,
  source: "microphone" | "camera",
  wanted: MediaTrackConstraints,
  id: string | undefined,
): Promise<MediaStream> {
  const kind = source === "microphone" ? "audio" : "video";
  if (id) {
    try {
      return await devices.getUserMedia({ [kind]: { ...wanted, deviceId: { exact: id } } });
    } catch (error) {
      if (!(error instanceof DOMException) || problems[error.name] !== "no-device") throw error;
    }
  }
  return devices.getUserMedia({ [kind]: wanted });
}

/** What to ask of a source's track; what is not set is the browser's choice. */
export function constraints(source: Source, settings: Settings): MediaTrackConstraints {
  return source === "microphone" ? soundConstraints(settings) : pictureConstraints(source, settings);
}

function soundConstraints(settings: Settings): MediaTrackConstraints {
  const [gain, echo] = [settings.get("auto_gain_control"), settings.get("echo_cancellation")];
  return {
    noiseSuppression: settings.get("native_noise_suppression") === true,
    ...(gain === undefined ? {} : { autoGainControl: gain }),
    ...(echo === undefined ? {} : { echoCancellation: echo }),
  };
}

function pictureConstraints(source: Source, settings: Settings): MediaTrackConstraints {
  const [rate, width] = [settings.get("video_fps"), settings.get("video_resolution")];
  const facing = source === "camera" ? settings.get("camera_facing_mode") : undefined;
  return {
    ...(rate === undefined ? {} : { frameRate: { ideal: rate } }),
    ...(width === undefined ? {} : { width: { ideal: width } }),
    ...(facing === undefined ? {} : { facingMode: { ideal: facing } }),
  };
}

const problems: Readonly<Record<string, CaptureProblem>> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "no-device",
  OverconstrainedError: "no-device",
  NotReadableError: "busy",
  AbortError: "busy",
};

function problemOf(error: unknown): CaptureProblem {
  return (error instanceof DOMException && problems[error.name]) || "unavailable";
}
