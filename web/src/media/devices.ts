// SPDX-License-Identifier: AGPL-3.0-only
/** The microphones, cameras and speakers. Browsers tell their names only to pages that may use one. */

export type DeviceKind = "audioinput" | "audiooutput" | "videoinput";

export interface Device {
  readonly id: string;
  readonly kind: DeviceKind;
  /** The name of the device; empty as long as the browser keeps it back. */
  readonly label: string;
  /** The group, the same for all that is one device, such as a headset under several ids. */
  readonly group: string;
}

export async function listDevices(): Promise<Device[]> {
  const found = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return found
    .filter(({ deviceId }) => deviceId !== "")
    .map(({ deviceId, kind, label, groupId }) => ({ id: deviceId, kind, label, group: groupId }));
}

/** @param changed called when a device comes or goes @returns a function that ends that */
export function watchDevices(changed: () => void): () => void {
  navigator.mediaDevices?.addEventListener("devicechange", changed);
  return () => navigator.mediaDevices?.removeEventListener("devicechange", changed);
}

/**
 * The speaker to use: the one that was chosen if it is there, else none, which is the browser's choice. Where the browser
 * tells of no speaker, the one that was chosen may be there.
 */
export function usableSpeaker(chosen: string, devices: readonly Device[]): string {
  const speakers = devices.filter(({ kind }) => kind === "audiooutput");
  return speakers.length === 0 || speakers.some(({ id }) => id === chosen) ? chosen : "";
}

/** Whether sound can be sent to another speaker than the browser's own choice. */
export const canChooseSpeaker = (): boolean => "setSinkId" in HTMLMediaElement.prototype;
