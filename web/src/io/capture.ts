// SPDX-License-Identifier: AGPL-3.0-only
/** Takes streams from microphones, cameras and screens. */

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

/** @throws CaptureError. The screen has to be asked for in the press itself: nothing may be awaited before. */
export async function capture(source: Source): Promise<MediaStream> {
  // Pages that are neither https nor on the own machine have no such thing.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices) throw new CaptureError(source, "unavailable");
  try {
    if (source === "screen") return await devices.getDisplayMedia({ video: true });
    return await devices.getUserMedia(source === "microphone" ? { audio: true } : { video: true });
  } catch (error) {
    throw new CaptureError(source, problemOf(error));
  }
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
