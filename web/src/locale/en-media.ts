// SPDX-License-Identifier: AGPL-3.0-only
/** The words in English for pictures, own streams and files on their way, which are loaded with the first of them. */

export const enOfMedia = {
  stopSharing: "Stop sharing",
  muted: "muted",
  silenced: "muted by the device or the system",
  flipCamera: "Flip camera",
  pin: "Pin",
  fullScreen: "Full screen",
  pictureInPicture: "Picture in picture",
  stalled: "nothing is coming through",
  waiting: "waiting…",
  sendingTo: (name: string) => `to ${name}`,
  remaining: (time: string) => `${time} left`,
};
