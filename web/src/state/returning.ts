// SPDX-License-Identifier: AGPL-3.0-only
/** Asks again for what was wanted of somebody who left and is back, and keeps the pin. Loaded with the first stream. */

import { effect } from "@preact/signals";
import { Returning } from "../core/returning.ts";
import { streamKey } from "../core/stream-key.ts";
import type { Room } from "../room/room.ts";
import type { RoomState } from "./room-state.ts";

/** @returns a function that ends it */
export function followReturning(room: Pick<Room, "want">, state: RoomState): () => void {
  const returning = new Returning();
  return effect(() => {
    for (const { before, peer, id, wanted, isWanted } of returning.look(state.view.value.peers)) {
      const picture = streamKey(peer, id);
      state.movePin(streamKey(before, id), picture);
      if (state.chosen.delete(streamKey(before, id)) && wanted) state.chosen.add(picture);
      if (wanted === isWanted) continue;
      state.choose(picture, wanted);
      room.want(peer, id, wanted);
    }
  });
}
