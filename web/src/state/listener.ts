// SPDX-License-Identifier: AGPL-3.0-only
/** Takes the facts that a room tells to where the page keeps them, says them, or shows them. */

import type { LinkStatus } from "../core/events.ts";
import { Late, persistently } from "../io/late.ts";
import type { RoomListener } from "../room/listener.ts";
import type { Source } from "../media/capture.ts";
import type { Device } from "../media/own-streams.ts";
import type { Settings } from "../settings/store.ts";
import type { Narrator } from "./narrator.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

/**
 * @param again shares a source once more @param unmute lets the microphones be heard
 * @param tryAgain switches to the preferred device once more
 */
export function listenerFor(
  state: RoomState,
  settings: Settings,
  again: (source: Source, muted: boolean) => void,
  unmute: () => void,
  tryAgain: (source: Device) => void,
): RoomListener {
  return {
    ...narrated(state, settings),
    ...ofTransfers(state),
    boundReached: (kind, peer) => tell(state, (trouble) => trouble.tooMany(state, kind, peer)),
    warned: (about, peer) => tell(state, (trouble) => trouble.warned(state, about, peer)),
    compared: (what, peer, witness) => tell(state, (trouble) => trouble.compared(state, what, peer, witness)),
    tooLarge: () => tell(state, (trouble) => trouble.tooLarge(state)),
    roomCount: (hash, count) => (state.roomCounts.value = new Map([...state.roomCounts.value, [hash, count]])),
    ignored: (count) => (state.log.ignored.value = count),
    refused: (reason) => tell(state, (trouble) => trouble.serverSays(state, reason)),
    deviceSwitched: (source, problem) => {
      if (problem) tell(state, (trouble) => trouble.switchFailed(state, source, problem, () => tryAgain(source)));
      else state.settle(`capture:${source}`);
    },
    captureEnded: (own) => {
      // What push to talk has muted is muted by that, if it still is on.
      const isMuted = own.muted && settings.get("push_to_talk") !== true;
      tell(state, (trouble) => trouble.captureEnded(state, settings, own, () => again(own.source, isMuted)));
    },
    streamsChanged: (streams) => (state.streams.value = streams),
    speaking: (speakers) => state.setSpeakers(speakers),
    talksMuted: () => tell(state, (trouble) => trouble.talksMuted(state, unmute)),
  };
}

/** The reports that are told as they happen. Where nothing happens, nothing is told, and the narrator is not loaded. */
function narrated(state: RoomState, settings: Settings): Pick<RoomListener, "changed" | "told" | "chat" | "line"> {
  const narrator = new Late(async () => {
    const module = await persistently(() => import("./company.ts"));
    return new module.Narrator(state, settings);
  });
  const narrate = (what: (narrator: Narrator) => void): void => narrator.do(what, reportError);
  let hasNews = false;
  let wasLost = false;
  return {
    changed: (view, streams, files) => {
      state.setView(view);
      state.own.value = streams;
      state.files.value = files;
      if (state.isMuted.peek() !== true) state.settle("muted");
      if (hasNews) narrate((loaded) => loaded.shown());
      hasNews = false;
    },
    told: (fact) => {
      if (fact.type === "link-changed") {
        if (wasLost && fact.status === "joined") narrate((loaded) => loaded.serverIsBack());
        wasLost = fact.status === "reconnecting";
        return linkChanged(state, fact.status);
      }
      hasNews = true;
      narrate((loaded) => loaded.told(fact));
    },
    chat: (username, chat, peer, line) => narrate((loaded) => loaded.said(username, chat, peer, line)),
    // The state of a line comes after the line itself.
    line: (id, what) => narrate(() => state.settleLine(id, what)),
  };
}

function linkChanged(state: RoomState, status: LinkStatus): void {
  state.log.add(`link: ${status}`);
  // A server that was started again says nothing of rooms that are empty now.
  if (status === "reconnecting") state.keepRoomCounts([]);
  if (status === "joined") state.settle("server");
}

function ofTransfers(state: RoomState): Pick<RoomListener, "transfersChanged" | "transferEnded"> {
  return {
    transfersChanged: (transfers) => {
      state.transfers.value = transfers;
      if (!state.isReceiving) state.settle("leaving");
    },
    transferEnded: (ended) => {
      state.log.add(`transfer ${ended.direction}: ${ended.outcome}`);
      tell(state, (trouble) => trouble.transferEnded(state, ended));
    },
  };
}
