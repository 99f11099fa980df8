// SPDX-License-Identifier: AGPL-3.0-only
/** The meaning of each setting, as the docs say it. No page loads this. */

import type { SettingKey } from "./declaration.ts";

export const meanings: Readonly<Record<SettingKey, string>> = {
  username: "Username",
  language: "interface language",
  theme: "colours of the page",
  identity_scope:
    "where others can recognise you, from the next room that you enter: everywhere, in this room alone, or during this visit alone; no link sets it",
  hide_address:
    "let others see no network address of yours: connections go through the server's relay (TURN) alone, or are none; a link can only switch it on",
  warn_redirect: "internal: set by a server redirect",
  room_watches: "known rooms, semicolon-separated name=secret pairs",
  microphone_enabled: "add one microphone track on startup",
  screencast_enabled: "add one screencast track on startup",
  camera_enabled: "add one camera track on startup",
  optional_audio_default_enable: "enable audio tracks by default",
  optional_video_default_enable: "enable video tracks by default",
  enable_onbeforeunload: "confirm leaving while local resources are shared or files are received",
  microphone_device: "which microphone (an id of this browser)",
  speaker_device: "which speaker, where the browser can",
  rnnoise: "RNNoise for noise suppression",
  native_noise_suppression: "suggest the browser to do noise suppression",
  microphone_gain: "amplify microphone volume (0 to 10)",
  auto_gain_control: "automatic gain control",
  echo_cancellation: "echo cancellation",
  audio_activity_threshold: "audio activity threshold",
  screencast_audio: "share the sound of a screencast, too",
  camera_device: "which camera (an id of this browser)",
  video_fps: "preferred frame rate (1/s) for screencast and camera",
  video_resolution: "preferred width for screencast and camera",
  video_upload_limit: "upload for all pictures together (kbit/s), shared among those who get them",
  camera_facing_mode: "which camera of a phone",
  send_previews: "send small stills of videos that wait to be enabled",
  preview_resolution: "longer side of such a still, in pixels",
  preview_rate: "seconds between two such stills; longer when many people get them",
  preview_encoding_quality: "quality of such stills (1 to 100)",
  image_view_popup: "open image in popup instead of new tab",
  notify_chat: "notifications for chat",
  notify_join: "notifications for people who join",
  notify_leave: "notifications for people who leave",
  letter_keys: "letters as shortcuts",
  push_to_talk: "hold Space to unmute the microphones",
  webrtc_debug: "additional information for WebRTC related stuff",
  show_log: "open the log in each room",
};
