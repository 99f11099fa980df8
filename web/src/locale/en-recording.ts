// SPDX-License-Identifier: AGPL-3.0-only
/** The words in English for recording, which are loaded with it. */

export const enOfRecording = {
  recordIntro:
    "What you see and hear here goes into a file on this device, your microphone too while it is on. Everybody is told whose app shows it. Ask them first all the same.",
  cannotBeTold: (names: string) => `These cannot be told, so tell them yourself: ${names}`,
  startRecording: "Start recording",
  stopRecording: "Stop recording",
  recorded: (length: string, size: string) => `Recorded: ${length}, ${size}`,
  recordingSaved: "The recording is saved",
  recordingFailed:
    "The recording has ended: its file cannot be written any further, perhaps since there is no room left. What was written before stays.",
  recordingImpossible: "This browser cannot record here just now.",
};
