// SPDX-License-Identifier: AGPL-3.0-only
/** Carries out what a person asks for on the page of a room. */

import type { Chat, ResourceInfo } from "../core/relay-messages.ts";
import { CaptureError, type Source } from "../io/capture.ts";
import { play } from "../io/play.ts";
import type { Room } from "../io/room.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "../ui/intents.ts";
import type { RoomState } from "./room-state.ts";

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
    sendText: (text) => say(room, state, { text }),
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
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    state.log.add(`capture ${error.message}`);
    state.notify({ level: "error", text: () => strings.capture[source][error.problem] });
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
    const onMemory = (): void => state.notify({ level: "warning", text: () => strings.inMemory });
    await room.download(peer, id, await openSink(label, size, onMemory));
  } catch (error) {
    // The person closed the dialog that asks where to save.
    if (error instanceof DOMException && error.name === "AbortError") return;
    state.notify({ level: "error", text: () => strings.noSink });
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
    state.notify({ level: "error", text: () => strings.imageRefused });
    return;
  }
  say(room, state, { image });
}

function say(room: Room, state: RoomState, chat: Chat): void {
  room.chat(chat, state.say(chat));
}
