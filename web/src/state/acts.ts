// SPDX-License-Identifier: AGPL-3.0-only
/** Acts of a person that are rare, loaded when one is first wanted: downloads, and what is said in the chat. */

import { limits } from "../core/limits.ts";
import { largestFrame } from "../core/message-size.ts";
import type { Chat, ResourceInfo } from "../core/relay-messages.ts";
import { splitText } from "../core/split-text.ts";
import { freshInstance } from "../io/randomness.ts";
import { strings } from "../locale/strings.ts";
import type { Room } from "../room/room.ts";
import type { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

export async function download(
  room: Room,
  state: RoomState,
  peer: number,
  { id, label = "", size }: ResourceInfo,
): Promise<void> {
  try {
    const { openSink } = await import("../files/sinks.ts");
    const sink = await openSink(label, size, () => tell(state, (trouble) => trouble.inMemory(state)));
    for (const about of ["sink", `transfer:in:${peer}:${id}`]) state.settle(about);
    await room.download(peer, id, sink);
  } catch (error) {
    // The person closed the dialog that asks where to save.
    if (error instanceof DOMException && error.name === "AbortError") return;
    tell(state, (trouble) => trouble.noSink(state));
  }
}

/** Says a text, as several lines when it is long. @returns whether the server would take it */
export function sendText(room: Room, state: RoomState, text: string): boolean {
  const lines = splitText(text)?.map((part) => ({ text: part }));
  return text.trim() !== "" && lines !== undefined && say(room, state, lines);
}

/** The last image of each room that is on its way: the next one waits for it, since large ones take their time. */
const lastImages = new WeakMap<Room, Promise<void>>();

export function sendImage(room: Room, state: RoomState, file: Blob): void {
  const saying = (lastImages.get(room) ?? Promise.resolve()).then(() => sayImage(room, state, file));
  const refused = (): void => tell(state, (trouble) => trouble.imageRefused(state));
  lastImages.set(room, saying.catch(refused));
}

async function sayImage(room: Room, state: RoomState, file: Blob): Promise<void> {
  const loaded = await import("../media/images.ts").catch(() => undefined);
  if (!loaded) return state.announce(() => strings.notReached);
  // Everybody who is sealed for gets a copy.
  const copies = state.session.peek().peers.filter(({ credential }) => credential !== undefined).length;
  const largest = Math.min(room.messageBytes, limits.imageCopiesBytes / Math.max(1, copies));
  const image = await loaded.imageUrl(file, largest);
  if (image === undefined) tell(state, (trouble) => trouble.imageRefused(state));
  else say(room, state, [{ image }]);
}

/** @returns whether all lines were accepted: only then they are among what was said */
function say(room: Room, state: RoomState, lines: readonly Chat[]): boolean {
  if (lines.some((chat) => largestFrame({ chat }) > room.messageBytes)) {
    tell(state, (trouble) => trouble.tooLarge(state));
    return false;
  }
  state.settle("chat");
  for (const chat of lines) room.chat(chat, freshInstance());
  return true;
}

/** @returns the files to offer: those that were dropped and in folders that were, without images that are said */
export async function dropped(
  room: Room,
  state: RoomState,
  files: readonly File[],
  entries: readonly FileSystemEntry[],
  isChat: boolean,
): Promise<File[]> {
  const hasFolder = entries.some(({ isDirectory }) => isDirectory);
  const unreadable = (): void => tell(state, (trouble) => trouble.unreadable(state));
  const all = hasFolder ? await (await import("../files/dropped-folders.ts")).filesIn(entries, unreadable) : files;
  const images = isChat ? all.filter(({ type }) => type.startsWith("image/")) : [];
  for (const image of images) sendImage(room, state, image);
  return all.filter((file) => !images.includes(file));
}
