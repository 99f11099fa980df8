// SPDX-License-Identifier: AGPL-3.0-only
/** Every setting, declared once: the store, the panel, the links and the table in the docs follow this. */

import { languages } from "../locale/languages.ts";

interface Common {
  /** What it does, as the docs say it. */
  readonly meaning: string;
  /** Where the panel shows it; internal settings are not shown. */
  readonly group: Group;
  /** A link may not switch it on without asking on the page first: it starts a capture. */
  readonly isCapture?: true;
  /** It says what others get: a link may set it to this, the safer value, and to no other. */
  readonly guarded?: boolean;
}
export type Group = "you" | "sound" | "picture" | "streams" | "notifications" | "keys" | "internal";

export interface BooleanSetting extends Common {
  readonly type: "boolean";
  /** Undefined leaves it to the browser. */
  readonly default: boolean | undefined;
}
export interface NumberSetting extends Common {
  readonly type: "number";
  readonly default: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}
export interface StringSetting extends Common {
  readonly type: "string";
  readonly default: string | undefined;
  /** How the docs write a default that is made anew each time. */
  readonly shownDefault?: string;
  readonly choices?: readonly string[];
  /** The choices are the devices of this kind. */
  readonly devices?: "audioinput" | "audiooutput" | "videoinput";
  readonly longest?: number;
}
export type Setting = BooleanSetting | NumberSetting | StringSetting;

const flag = (
  group: Group,
  standard: boolean | undefined,
  meaning: string,
  more: Pick<Common, "isCapture" | "guarded"> = {},
): BooleanSetting => ({ type: "boolean", group, default: standard, meaning, ...more });

const number = (
  group: Group,
  standard: number | undefined,
  range: { readonly min: number; readonly max: number; readonly step?: number },
  meaning: string,
): NumberSetting => ({ type: "number", group, default: standard, meaning, ...range });

const text = (
  group: Group,
  standard: string | undefined,
  meaning: string,
  more: Pick<StringSetting, "choices" | "devices" | "longest" | "shownDefault"> = {},
): StringSetting => ({ type: "string", group, default: standard, meaning, ...more });

export const declaration = {
  username: text("you", undefined, "Username", { longest: 100, shownDefault: "guest-…" }),
  language: text("you", undefined, "interface language", { shownDefault: "system", choices: languages }),
  theme: text("you", undefined, "colours of the page", { shownDefault: "system", choices: ["dark", "light"] }),
  warn_redirect: flag("internal", false, "internal: set by a server redirect"),
  room_watches: text("internal", "public", "known rooms, semicolon-separated name=secret pairs"),

  microphone_enabled: flag("streams", false, "add one microphone track on startup", { isCapture: true }),
  screencast_enabled: flag("streams", false, "add one screencast track on startup", { isCapture: true }),
  camera_enabled: flag("streams", false, "add one camera track on startup", { isCapture: true }),
  optional_audio_default_enable: flag("streams", true, "enable audio tracks by default"),
  optional_video_default_enable: flag("streams", false, "enable video tracks by default"),
  enable_onbeforeunload: flag("streams", true, "confirm leaving while local resources are shared"),

  microphone_device: text("sound", undefined, "which microphone (an id of this browser)", { devices: "audioinput" }),
  speaker_device: text("sound", undefined, "which speaker, where the browser can", { devices: "audiooutput" }),
  rnnoise: flag("sound", true, "RNNoise for noise suppression"),
  native_noise_suppression: flag("sound", false, "suggest the browser to do noise suppression"),
  microphone_gain: number("sound", 1, { min: 0, max: 10, step: 0.1 }, "amplify microphone volume (0 to 10)"),
  auto_gain_control: flag("sound", undefined, "automatic gain control"),
  echo_cancellation: flag("sound", undefined, "echo cancellation"),
  audio_activity_threshold: number("sound", 0.003, { min: 0, max: 1, step: 0.001 }, "audio activity threshold"),
  screencast_audio: flag("sound", false, "share the sound of a screencast, too"),

  camera_device: text("picture", undefined, "which camera (an id of this browser)", { devices: "videoinput" }),
  video_fps: number("picture", undefined, { min: 1, max: 240 }, "preferred frame rate (1/s) for screencast and camera"),
  video_resolution: number("picture", undefined, { min: 16, max: 15_360 }, "preferred width for screencast and camera"),
  video_upload_limit: number(
    "picture",
    4000,
    { min: 100, max: 100_000, step: 100 },
    "upload for all pictures together (kbit/s), shared among those who get them",
  ),
  camera_facing_mode: text("picture", undefined, "which camera of a phone", { choices: ["environment", "user"] }),
  send_previews: flag("picture", true, "send small stills of videos that wait to be enabled", { guarded: false }),
  image_view_popup: flag("picture", true, "open image in popup instead of new tab"),

  notify_chat: flag("notifications", true, "notifications for chat"),
  notify_join: flag("notifications", true, "notifications for people who join"),
  notify_leave: flag("notifications", true, "notifications for people who leave"),

  letter_keys: flag("keys", true, "letters as shortcuts"),
  push_to_talk: flag("keys", false, "hold Space to unmute the microphones", { guarded: true }),
  webrtc_debug: flag("keys", false, "additional information for WebRTC related stuff"),
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof declaration;

type ValueOfType = { boolean: boolean; number: number; string: string };
type Declared<K extends SettingKey> = (typeof declaration)[K];

/** The type of a setting's value; undefined where its default leaves it open. */
export type SettingValue<K extends SettingKey> = ValueOfType[Declared<K>["type"]] | undefined;

export const settingKeys = Object.keys(declaration).filter(isSettingKey);

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(declaration, key);
}

/** A value that came from somewhere else, when it fits the setting. */
export function fits(setting: Setting, value: unknown): value is boolean | number | string {
  switch (setting.type) {
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" && value >= setting.min && value <= setting.max;
    case "string":
      return (
        typeof value === "string" &&
        value.length <= (setting.longest ?? Infinity) &&
        (!setting.choices || setting.choices.includes(value))
      );
  }
}

const words: Readonly<Record<string, boolean>> = { 1: true, true: true, yes: true, 0: false, false: false, no: false };

/** Reads a value as a link writes it. @returns undefined when it does not fit */
export function readValue(setting: Setting, written: string): boolean | number | string | undefined {
  let value: unknown = written;
  if (setting.type === "boolean") value = Object.hasOwn(words, written) ? words[written] : undefined;
  if (setting.type === "number") value = written.trim() === "" ? undefined : Number(written);
  return fits(setting, value) ? value : undefined;
}
