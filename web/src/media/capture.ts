// SPDX-License-Identifier: AGPL-3.0-only
/** Takes streams from microphones, cameras and screens, as the person prefers them. */

import type { Preferences } from "../settings/declaration.ts";

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
 * Captures a source. The screen has to be asked for in the press itself: nothing may be awaited before.
 *
 * @param device instead of the preferred one
 * @throws CaptureError
 */
export async function capture(source: Source, preferences: Preferences, device?: string): Promise<MediaStream> {
  // Pages that are neither https nor on the own machine have no such thing.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices) throw new CaptureError(source, "unavailable");
  const wanted = constraints(source, preferences);
  try {
    if (source === "screen") {
      const audio = preferences.screencast_audio === true && { echoCancellation: true, restrictOwnAudio: true };
      return hinted("detail", await devices.getDisplayMedia({ video: wanted, audio }));
    }
    return hinted("motion", await captureDevice(devices, source, wanted, device ?? chosenDevice(source, preferences)));
  } catch (error) {
    throw new CaptureError(source, problemOf(error));
  }
}

/** Text of screens stays sharp, and cameras stay fluent, when there is not enough for both. */
function hinted(hint: "detail" | "motion", stream: MediaStream): MediaStream {
  for (const track of stream.getVideoTracks()) track.contentHint = hint;
  return stream;
}

const chosenDevice = (source: "microphone" | "camera", preferences: Preferences): string | undefined =>
  preferences[source === "microphone" ? "microphone_device" : "camera_device"];

/** Captures from the device that was chosen; one that is not there any more is no reason to fail. */
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

/** The constraints to ask of a source's track; what is not set is the browser's choice. */
export function constraints(source: Source, preferences: Preferences): MediaTrackConstraints {
  return source === "microphone" ? soundConstraints(preferences) : pictureConstraints(source, preferences);
}

function soundConstraints(preferences: Preferences): MediaTrackConstraints {
  const [gain, echo] = [preferences.auto_gain_control, preferences.echo_cancellation];
  return {
    noiseSuppression: preferences.native_noise_suppression === true,
    ...(gain === undefined ? {} : { autoGainControl: gain }),
    ...(echo === undefined ? {} : { echoCancellation: echo }),
  };
}

function pictureConstraints(source: Source, preferences: Preferences): MediaTrackConstraints {
  const [rate, width] = [preferences.video_fps, preferences.video_resolution];
  const facing = source === "camera" ? preferences.camera_facing_mode : undefined;
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
