// SPDX-License-Identifier: AGPL-3.0-only
/** Carries out what a person asks for on the page of a room. */

import type { ResourceInfo } from "../core/relay-messages.ts";
import { CaptureError, type Source } from "../io/capture.ts";
import { play } from "../io/play.ts";
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
  return {
    share: (source) => void share(room, state, source),
    stopSharing: (id) => room.stop(id),
    stopStreams: () => room.stopStreams(),
    setMuted: (id, muted) => room.setMuted(id, muted),
    setAllMuted: (muted) => room.setAllMuted(muted),
    flipCamera: (facing) => settings.set("camera_facing_mode", facing === "user" ? "environment" : "user"),
    want: (peer, id, wanted) => room.want(peer, id, wanted),
    offerFiles: (files) => {
      for (const file of files) room.offerFile(file);
    },
    download: (peer, resource) => void download(room, state, peer, resource),
    abortDownload: (peer, id) => room.abortDownload(peer, id),
    sendText: (text) => {
      room.chat({ text });
      state.addChat({ username: state.view.value.username, isOwn: true, chat: { text } });
    },
    sendImage: (file) => void sendImage(room, state, file),
    togglePin: (picture) => state.togglePin(picture),
    pinNext: () => state.pinNext(),
    togglePanel: (panel) => state.togglePanel(panel),
    leave,
    joinAgain: again,
    dismiss: (notice) => state.dismiss(notice),
    soundBlocked,
    hearEveryone: () => {
      state.isSoundBlocked.value = false;
      for (const media of document.querySelectorAll<HTMLMediaElement>("audio, video")) play(media, soundBlocked);
    },
  };
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

async function download(
  room: Room,
  state: RoomState,
  peer: number,
  { id, label = "", size }: ResourceInfo,
): Promise<void> {
  try {
    const { openSink } = await import("../io/sinks.ts");
    const sink = await openSink(label, size, () => tell(state, (trouble) => trouble.inMemory(state)));
    for (const about of ["sink", `transfer:in:${peer}:${id}`]) state.settle(about);
    await room.download(peer, id, sink);
  } catch (error) {
    // The person closed the dialog that asks where to save.
    if (error instanceof DOMException && error.name === "AbortError") return;
    tell(state, (trouble) => trouble.noSink(state));
  }
}

async function sendImage(room: Room, state: RoomState, file: Blob): Promise<void> {
  // Without the server that code cannot be loaded, nor could the image be sent.
  const images = await import("../io/images.ts").catch(() => undefined);
  if (!images) {
    state.announce(() => strings.unreachable);
    return;
  }
  const image = await images.imageUrl(file, room.messageBytes);
  if (image === undefined) {
    tell(state, (trouble) => trouble.imageRefused(state));
    return;
  }
  room.chat({ image });
  state.addChat({ username: state.view.value.username, isOwn: true, chat: { image } });
}
