// SPDX-License-Identifier: AGPL-3.0-only
/** Watches the known rooms: their hashes are derived once each, and the server is asked for their member counts. */

import { effect, signal } from "@preact/signals";
import { readKnownRooms } from "../core/known-rooms.ts";
import { deriveHash } from "../crypto/room-keys.ts";
import type { Room } from "../io/room.ts";
import type { ServerConfig } from "../io/server-config.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "./room-state.ts";

/** Hashes of secrets; deriving one takes a tenth of a second of work, so none is derived twice. */
const hashes = new Map<string, Promise<string>>();
/** The hashes that are known by now, for components to read. */
export const knownHashes = signal<ReadonlyMap<string, string>>(new Map());

/** @returns what ends the watching */
export function watchKnownRooms(
  room: Room,
  state: RoomState,
  settings: Settings,
  config: Promise<ServerConfig>,
): () => void {
  const isOn = signal(false);
  void config.then(({ features }) => {
    isOn.value = features.room_watches;
    state.hasRoomWatches.value = features.room_watches;
  });
  return effect(() => {
    const secrets = readKnownRooms(settings.get("room_watches") ?? "").map(({ secret }) => secret);
    if (isOn.value) void watch(room, state, secrets);
  });
}

async function watch(room: Room, state: RoomState, secrets: readonly string[]): Promise<void> {
  const derived = await Promise.all(secrets.map(async (secret) => [secret, await hashOf(secret)] as const));
  knownHashes.value = new Map([...knownHashes.value, ...derived]);
  const watched = derived.map(([, hash]) => hash);
  state.keepRoomCounts(watched);
  room.watch(watched);
}

function hashOf(secret: string): Promise<string> {
  const hash = hashes.get(secret) ?? deriveHash(secret);
  hashes.set(secret, hash);
  return hash;
}
