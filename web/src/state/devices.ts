// SPDX-License-Identifier: AGPL-3.0-only
/** Devices come, go and are chosen: the page knows them, and the running streams follow. */

import { effect } from "@preact/signals";
import { CaptureError, type Source } from "../io/capture.ts";
import { type Device, type DeviceKind, listDevices, watchDevices } from "../io/devices.ts";
import type { OwnStream } from "../io/own-streams.ts";
import type { Room } from "../io/room.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { Notice, RoomState } from "./room-state.ts";

const followed = [
  ["microphone", ["microphone_device"], false],
  // Chromium says that it applies these to a running microphone, and does not.
  ["microphone", ["echo_cancellation", "auto_gain_control", "native_noise_suppression"], true],
  ["camera", ["camera_device", "camera_facing_mode"], false],
] as const;

/** @returns what ends it */
export function followDevices(room: Room, state: RoomState, settings: Settings): () => void {
  const look = async (): Promise<void> => void (state.devices.value = await listDevices());
  void look();
  const ends = [
    watchDevices(() => void look()),
    // A stream that begins makes the browser tell the names.
    effect(() => {
      if (state.own.value.length > 0) void look();
    }),
    ...followed.map(([source, keys, isSame]) =>
      onChange(
        () => keys.map((key) => settings.get(key)).join(),
        () => void switchDevice(room, state, source, isSame),
      ),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** What to offer when a device has gone away: the next one of its kind, by a list that may still have the gone one. */
export function replacementFor(
  { source, captured }: OwnStream,
  state: RoomState,
  settings: Settings,
  share: () => void,
): Notice["action"] | undefined {
  if (source === "screen") return undefined;
  const kind: DeviceKind = source === "microphone" ? "audioinput" : "videoinput";
  const { deviceId, groupId } = captured.getTracks()[0]?.getSettings() ?? {};
  const isGone = ({ id, group }: Device): boolean => id === deviceId || (group !== "" && group === groupId);
  const other = state.devices.value.find((device) => device.kind === kind && !isGone(device));
  if (!other) return undefined;
  const act = (): void => {
    settings.set(source === "microphone" ? "microphone_device" : "camera_device", other.id);
    // Another stream that runs has followed.
    if (!state.own.value.some((own) => own.source === source)) share();
  };
  return { text: () => strings.useInstead(deviceName(other, 0)), act };
}

/** @param at counts the devices of its kind from 0 */
export const deviceName = ({ label }: Device, at: number): string => label || strings.unnamedDevice(at + 1);

async function switchDevice(
  room: Room,
  state: RoomState,
  source: Exclude<Source, "screen">,
  isSame: boolean,
): Promise<void> {
  try {
    await room.switchDevice(source, isSame);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const { problem } = error;
    state.notify({ level: "error", text: () => strings.capture[source][problem] });
  }
}

function onChange(read: () => string, act: () => void): () => void {
  let before: string | undefined;
  return effect(() => {
    const value = read();
    const hasChanged = before !== undefined && before !== value;
    before = value;
    if (hasChanged) act();
  });
}
