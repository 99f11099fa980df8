// SPDX-License-Identifier: AGPL-3.0-only
/** Watches the known rooms: their hashes are derived once each, and the server is asked for their member counts. */

import { effect, signal } from "@preact/signals";
import { readKnownRooms } from "../core/known-rooms.ts";
import { limits } from "../core/limits.ts";
import { deriveHash } from "../crypto/room-keys.ts";
import type { Room } from "../room/room.ts";
import type { ServerConfig } from "../io/server-config.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "./room-state.ts";

/** Hashes of secrets; deriving one takes a tenth of a second of work, so none is derived twice. */
const hashes = new Map<string, Promise<string>>();
/** The hashes that are known by now, for components to read. */
export const knownHashes = signal<ReadonlyMap<string, string>>(new Map());

/** @returns a function that ends the watching */
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
  let rounds = 0;
  return effect(() => {
    const rooms = [settings.kept("room_watches"), settings.get("room_watches")].flatMap((list) =>
      readKnownRooms(list ?? ""),
    );
    const secrets = [...new Set(rooms.map(({ secret }) => secret))].slice(0, limits.watchedRooms);
    const round = ++rounds;
    if (isOn.value) void watch(room, state, secrets, () => round === rounds);
  });
}

/** @param isNewest deriving takes a while, in which the list may have changed again */
async function watch(room: Room, state: RoomState, secrets: readonly string[], isNewest: () => boolean): Promise<void> {
  const derived: [string, string][] = [];
  for (const secret of secrets) {
    derived.push([secret, await hashOf(secret)]);
    if (!isNewest()) return;
  }
  knownHashes.value = new Map([...knownHashes.value, ...derived]);
  const watched = derived.map(([, hash]) => hash);
  state.keepRoomCounts(watched);
  room.watch(watched);
}

/** Takes note of a hash that somebody derives. */
export function knowHash(secret: string, hash: Promise<string>): Promise<string> {
  hashes.set(secret, hash);
  return hash;
}

const hashOf = (secret: string): Promise<string> => hashes.get(secret) ?? knowHash(secret, deriveHash(secret));
