// SPDX-License-Identifier: AGPL-3.0-only
/** The devices that come and go: the page knows them, by the names that the browser tells. */

import { effect } from "@preact/signals";
import { type Device, listDevices, usableSpeaker, watchDevices } from "../media/devices.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

/** @returns a function that ends the following */
export function followDevices(state: RoomState, settings: Settings): () => void {
  const look = async (): Promise<void> => {
    const before = state.devices.peek();
    state.devices.value = await listDevices();
    tellOfSpeaker(state, settings.signal("speaker_device").peek(), before);
  };
  void look();
  const ends = [
    watchDevices(() => void look()),
    // A stream that begins makes the browser tell the names.
    effect(() => {
      if (state.own.value.length > 0) void look();
    }),
    effect(() => tellOfSpeaker(state, settings.signal("speaker_device").value, state.devices.peek())),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Tells that the chosen speaker has gone, as nothing else would; it is used again once it is back. */
function tellOfSpeaker(state: RoomState, chosen: string | undefined, before: readonly Device[]): void {
  const now = state.devices.peek();
  if (!chosen || usableSpeaker(chosen, now) === chosen) return state.settle("speaker");
  const speakers = before.filter(({ kind }) => kind === "audiooutput");
  const at = speakers.findIndex(({ id }) => id === chosen);
  const gone = speakers[at];
  if (gone) tell(state, (trouble) => trouble.speakerGone(state, () => deviceName(gone, at)));
}

/** @param at counts the devices of its kind from 0 */
export const deviceName = ({ label }: Device, at: number): string => label || strings.unnamedDevice(at + 1);
