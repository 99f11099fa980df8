// SPDX-License-Identifier: AGPL-3.0-only
/** The devices that come and go: the page knows them, by the names that the browser tells. */

import { effect } from "@preact/signals";
import { type Device, listDevices, watchDevices } from "../media/devices.ts";
import { strings } from "../locale/strings.ts";
import type { RoomState } from "./room-state.ts";

/** @returns a function that ends the following */
export function followDevices(state: RoomState): () => void {
  const look = async (): Promise<void> => void (state.devices.value = await listDevices());
  void look();
  const ends = [
    watchDevices(() => void look()),
    // A stream that begins makes the browser tell the names.
    effect(() => {
      if (state.own.value.length > 0) void look();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** @param at counts the devices of its kind from 0 */
export const deviceName = ({ label }: Device, at: number): string => label || strings.unnamedDevice(at + 1);
