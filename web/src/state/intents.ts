// SPDX-License-Identifier: AGPL-3.0-only
/** Carries out what a person asks for on the page of a room. */

import { CaptureError, type Source } from "../media/capture.ts";
import { play } from "../media/play.ts";
import type { Room } from "../io/room.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "../ui/intents.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

interface Ways {
  readonly leave: () => void;
  readonly again: () => void;
}

export function intentsFor(room: Room, state: RoomState, settings: Settings, { leave, again }: Ways): Intents {
  const soundBlocked = (): void => {
    if (state.isSoundBlocked.value) return;
    state.isSoundBlocked.value = true;
    state.announce(() => strings.hearEveryone);
  };
  const offerFiles = (files: readonly File[]): void => {
    for (const file of files) room.offerFile(file);
  };
  return {
    share: (source) => void share(room, state, source),
    stopSharing: (id) => room.stop(id),
    stopStreams: () => room.stopStreams(),
    setMuted: (id, muted) => room.setMuted(id, muted),
    setAllMuted: (muted) => room.setAllMuted(muted),
    flipCamera: (facing) => settings.set("camera_facing_mode", facing === "user" ? "environment" : "user"),
    want: (peer, id, wanted) => room.want(peer, id, wanted),
    offerFiles,
    drop: (files, entries, isChat) =>
      act(state, async (acts) => offerFiles(await acts.dropped(room, state, files, entries, isChat))),
    download: (peer, resource) => act(state, (acts) => acts.download(room, state, peer, resource)),
    abortDownload: (peer, id) => room.abortDownload(peer, id),
    sendText: () => act(state, (acts) => acts.sendText(room, state)),
    sendImage: (file) => act(state, (acts) => acts.sendImage(room, state, file)),
    togglePin: (picture) => state.togglePin(picture),
    pinNext: () => state.pinNext(),
    togglePanel: (panel) => state.togglePanel(panel),
    leave: () => void leaveSafely(state, settings, leave),
    joinAgain: again,
    dismiss: (notice) => state.dismiss(notice),
    soundBlocked,
    hearEveryone: () => {
      state.isSoundBlocked.value = false;
      for (const media of document.querySelectorAll<HTMLMediaElement>("audio, video")) play(media, soundBlocked);
    },
  };
}

/** Leaves, or asks first, where that would cut a download short. @returns whether it has left */
export function leaveSafely(state: RoomState, settings: Settings, leave: () => void): boolean {
  const mustAsk = state.isReceiving && settings.get("enable_onbeforeunload") === true;
  if (mustAsk) tell(state, (trouble) => trouble.askToLeave(state, leave));
  else leave();
  return !mustAsk;
}

/** Does what is loaded when it is first wanted. Without the server it cannot be, nor could it be done. */
function act(state: RoomState, does: (acts: typeof import("./acts.ts")) => unknown): void {
  void import("./acts.ts").then(does, () => state.announce(() => strings.unreachable));
}

export async function share(room: Room, state: RoomState, source: Source): Promise<void> {
  try {
    await room.add(source);
    for (const about of ["ask", "capture"]) state.settle(`${about}:${source}`);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    state.log.add(`capture ${error.message}`);
    const { problem } = error;
    tell(state, (trouble) => trouble.captureFailed(state, source, problem));
  }
}
