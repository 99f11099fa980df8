// SPDX-License-Identifier: AGPL-3.0-only
/** Takes what a room tells to where the page keeps it, says it, or shows it. */

import { Late, persistently } from "../io/late.ts";
import type { RoomListener } from "../io/room-listener.ts";
import type { Source } from "../media/capture.ts";
import type { Settings } from "../settings/store.ts";
import type { Narrator } from "./narrator.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

/** @param again shares a source once more */
export function listenerFor(state: RoomState, settings: Settings, again: (source: Source) => void): RoomListener {
  // Where nothing happens, nothing is to be told.
  const narrator = new Late(async () => {
    const module = await persistently(() => import("./narrator.ts"));
    return new module.Narrator(state, settings);
  });
  let hasNews = false;
  const narrate = (what: (narrator: Narrator) => void): void => narrator.do(what, reportError);
  return {
    changed: (view, streams, files) => {
      state.setView(view);
      state.own.value = streams;
      state.files.value = files;
      if (hasNews) narrate((loaded) => loaded.shown());
      hasNews = false;
    },
    told: (fact) => {
      state.log.told(fact);
      if (fact.type !== "link-changed") {
        hasNews = true;
        return narrate((loaded) => loaded.told(fact));
      }
      // A server that was started again says nothing of rooms that are empty now.
      if (fact.status === "reconnecting") state.keepRoomCounts([]);
      if (fact.status === "joined") state.settle("server");
    },
    chat: (username, chat, peer, line) => narrate((loaded) => loaded.said(username, chat, peer, line)),
    boundReached: (kind, peer) => tell(state, (trouble) => trouble.tooMany(state, kind, peer)),
    // After the line itself.
    line: (id, what) => narrate(() => state.settleLine(id, what)),
    tooLarge: () => tell(state, (trouble) => trouble.tooLarge(state)),
    roomCount: (hash, count) => (state.roomCounts.value = new Map([...state.roomCounts.value, [hash, count]])),
    transfersChanged: (transfers) => {
      state.transfers.value = transfers;
      if (!state.isReceiving) state.settle("leaving");
    },
    transferEnded: (ended) => {
      state.log.add(`transfer ${ended.direction}: ${ended.outcome}`);
      tell(state, (trouble) => trouble.transferEnded(state, ended));
    },
    ignored: (count) => (state.log.ignored.value = count),
    refused: (reason) => tell(state, (trouble) => trouble.serverSays(state, reason)),
    deviceSwitched: (source, problem) => {
      if (problem) tell(state, (trouble) => trouble.captureFailed(state, source, problem));
      else state.settle(`capture:${source}`);
    },
    captureEnded: (own) =>
      tell(state, (trouble) => trouble.captureEnded(state, settings, own, () => again(own.source))),
    streamsChanged: (streams) => (state.streams.value = streams),
    speaking: (speakers) => state.setSpeakers(speakers),
  };
}
