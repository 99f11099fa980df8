// SPDX-License-Identifier: AGPL-3.0-only
/** Devices come, go and are chosen: the page knows them, and the running streams follow. */

import { effect } from "@preact/signals";
import { CaptureError, type Source } from "../media/capture.ts";
import { type Device, listDevices, watchDevices } from "../media/devices.ts";
import type { Room } from "../io/room.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

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
    state.settle(`capture:${source}`);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const { problem } = error;
    tell(state, (trouble) => trouble.captureFailed(state, source, problem));
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
