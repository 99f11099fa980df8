// SPDX-License-Identifier: AGPL-3.0-only
/** Every setting, declared once: the store, the panel, the links and the table in the docs follow this. `meanings` explains. */

import { languages } from "../locale/languages.ts";

interface Common {
  /** The group in which the panel shows the setting; internal settings are not shown. */
  readonly group: Group;
  /** Whether the setting starts a capture: a link may not switch it on without asking on the page first. */
  readonly isCapture?: true;
  /** The only value that a link may set, the safer one: the setting says what others get. */
  readonly guarded?: boolean;
  /** Whether no link may set it: the setting says what the person lets others know. */
  readonly isPersonal?: true;
}
export type Group = "you" | "sound" | "picture" | "streams" | "notifications" | "keys" | "internal";

export interface BooleanSetting extends Common {
  readonly type: "boolean";
  /** The default; undefined leaves the setting to the browser. */
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
  /** The words of the docs for a default that is made anew each time. */
  readonly shownDefault?: string;
  readonly choices?: readonly string[];
  /** The kind of devices that are the choices. */
  readonly devices?: "audioinput" | "audiooutput" | "videoinput";
  readonly longest?: number;
}
export type Setting = BooleanSetting | NumberSetting | StringSetting;

const flag = (
  group: Group,
  standard: boolean | undefined,
  more: Pick<Common, "isCapture" | "guarded"> = {},
): BooleanSetting => ({ type: "boolean", group, default: standard, ...more });

const number = (
  group: Group,
  standard: number | undefined,
  range: { readonly min: number; readonly max: number; readonly step?: number },
): NumberSetting => ({ type: "number", group, default: standard, ...range });

const text = (
  group: Group,
  standard: string | undefined,
  more: Pick<StringSetting, "choices" | "devices" | "isPersonal" | "longest" | "shownDefault"> = {},
): StringSetting => ({ type: "string", group, default: standard, ...more });

export const declaration = {
  username: text("you", undefined, { longest: 100, shownDefault: "guest-…" }),
  language: text("you", undefined, { shownDefault: "system", choices: languages }),
  theme: text("you", undefined, { shownDefault: "system", choices: ["dark", "light"] }),
  identity_scope: text("you", "everywhere", { isPersonal: true, choices: ["everywhere", "room", "visit"] }),
  hide_address: flag("you", false, { guarded: true }),
  warn_redirect: flag("internal", false),
  room_watches: text("internal", "public"),

  microphone_enabled: flag("streams", false, { isCapture: true }),
  screencast_enabled: flag("streams", false, { isCapture: true }),
  camera_enabled: flag("streams", false, { isCapture: true }),
  optional_audio_default_enable: flag("streams", true),
  optional_video_default_enable: flag("streams", false),
  enable_onbeforeunload: flag("streams", true),

  microphone_device: text("sound", undefined, { devices: "audioinput" }),
  speaker_device: text("sound", undefined, { devices: "audiooutput" }),
  rnnoise: flag("sound", true),
  native_noise_suppression: flag("sound", false),
  microphone_gain: number("sound", 1, { min: 0, max: 10, step: 0.1 }),
  auto_gain_control: flag("sound", undefined),
  echo_cancellation: flag("sound", undefined),
  audio_activity_threshold: number("sound", 0.003, { min: 0, max: 1, step: 0.001 }),
  screencast_audio: flag("sound", false),

  camera_device: text("picture", undefined, { devices: "videoinput" }),
  video_fps: number("picture", undefined, { min: 1, max: 240 }),
  video_resolution: number("picture", undefined, { min: 16, max: 15_360 }),
  video_upload_limit: number("picture", 4000, { min: 100, max: 100_000, step: 100 }),
  camera_facing_mode: text("picture", undefined, { choices: ["environment", "user"] }),
  send_previews: flag("picture", true, { guarded: false }),
  preview_resolution: number("picture", 256, { min: 16, max: 1024, step: 16 }),
  preview_rate: number("picture", 8, { min: 1, max: 3600 }),
  preview_encoding_quality: number("picture", 80, { min: 1, max: 100 }),
  image_view_popup: flag("picture", true),

  notify_chat: flag("notifications", true),
  notify_join: flag("notifications", true),
  notify_leave: flag("notifications", true),

  letter_keys: flag("keys", true),
  push_to_talk: flag("keys", false, { guarded: true }),
  webrtc_debug: flag("keys", false),
  show_log: flag("keys", false),
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof declaration;

type ValueOfType = { boolean: boolean; number: number; string: string };
type Declared<K extends SettingKey> = (typeof declaration)[K];

/** The type of a setting's value; undefined where its default leaves it open. */
export type SettingValue<K extends SettingKey> = ValueOfType[Declared<K>["type"]] | undefined;

/** The preferences of a person at one moment: the value of every setting. */
export type Preferences = { readonly [K in SettingKey]: SettingValue<K> };

export const settingKeys = Object.keys(declaration).filter(isSettingKey);

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(declaration, key);
}

/** Whether a value that came from somewhere else fits the setting. */
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

/** Whether a setting takes the system's choice when nothing is chosen. */
const isOfSystem = (setting: Setting): boolean => setting.type === "string" && setting.shownDefault === "system";

/** A value as ours are, from one in the manner of the original's: "de-DE", "system", lists of rooms. */
export function adapt(key: SettingKey, value: unknown): unknown {
  if (value === "system" && isOfSystem(declaration[key])) return undefined;
  if (key === "language" && typeof value === "string") return value.split("-", 1)[0]?.toLowerCase();
  return key === "room_watches" ? adaptRooms(value) : value;
}

/** Known rooms from secrets, alone or in pairs with their hashes, also as JSON in a string. */
function adaptRooms(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("[")) {
    try {
      return adaptRooms(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (!Array.isArray(value)) return value;
  return value.flatMap((room: unknown) => adaptRoom(Array.isArray(room) ? room[0] : room)).join(";");
}

/** A known room from a secret: the original shows what stands before the first `#`. */
function adaptRoom(secret: unknown): string[] {
  if (typeof secret !== "string") return [];
  const [name = ""] = secret.split("#", 1);
  return [`${encodeURIComponent(name)}=${encodeURIComponent(secret)}`];
}

const words: Readonly<Record<string, boolean>> = { 1: true, true: true, yes: true, 0: false, false: false, no: false };

/** Reads a value as a link or a control writes it. @returns undefined when it does not fit */
export function readValue(setting: Setting, written: string): boolean | number | string | undefined {
  let value: unknown = written;
  if (setting.type === "boolean") value = Object.hasOwn(words, written) ? words[written] : undefined;
  if (setting.type === "number") value = written.trim() === "" ? undefined : Number(written);
  return fits(setting, value) ? value : undefined;
}
