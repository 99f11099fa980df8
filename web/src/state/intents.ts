// SPDX-License-Identifier: AGPL-3.0-only
/** The intents: what a person can ask for on the page of a room, and how it is carried out. */

import type { PeerKey } from "../core/events.ts";
import type { HandState, ReactionName, ResourceInfo } from "../core/relay-messages.ts";
import { streamKey } from "../core/stream-key.ts";
import { CaptureError, type Source } from "../media/capture.ts";
import { play } from "../media/play.ts";
import type { Room } from "../room/room.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { Notice } from "./notices.ts";
import type { Panel, RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

/** The intents, which components get, and nothing else to act with. */
export interface Intents {
  readonly share: (source: Source) => void;
  readonly stopSharing: (id: string) => void;
  readonly stopStreams: () => void;
  readonly setMuted: (id: string, muted: boolean) => void;
  readonly setAllMuted: (muted: boolean) => void;
  /** Mutes all microphones or none, and says it: whoever presses a key sees no button change. */
  readonly toggleMuted: () => void;
  /** @param facing which way the camera looks now */
  readonly flipCamera: (facing: string) => void;
  readonly want: (peer: PeerKey, id: string, wanted: boolean) => void;
  readonly offerFiles: (files: readonly File[]) => void;
  /** Offers dropped files, and folders as the files in them; onto the chat an image is said. */
  readonly drop: (files: readonly File[], entries: readonly FileSystemEntry[], isChat: boolean) => void;
  readonly download: (peer: PeerKey, resource: ResourceInfo) => void;
  readonly abortDownload: (peer: PeerKey, id: string) => void;
  /** Says the text of the draft. */
  readonly sendText: () => void;
  readonly sendImage: (file: Blob) => void;
  /** @param name the own name; without letters, it is a guest's again */
  readonly rename: (name: string) => void;
  readonly pinNext: () => void;
  readonly togglePanel: (panel: Panel) => void;
  /** Shows who somebody is. */
  readonly showPerson: (peer: PeerKey) => void;
  /** Reads who is known; the panel of people shows it, also to who is alone. */
  readonly loadPeople: () => void;
  readonly setHand: (state: HandState) => void;
  readonly react: (name: ReactionName) => void;
  /** Starts to record, or stops. */
  readonly record: () => void;
  readonly leave: () => void;
  readonly joinAgain: () => void;
  readonly dismiss: (notice: Notice) => void;
  readonly soundBlocked: () => void;
  readonly hearEveryone: () => void;
}

interface Ways {
  readonly leave: () => void;
  readonly again: () => void;
  readonly loadPeople: () => void;
}

export function intentsFor(
  room: Room,
  state: RoomState,
  settings: Settings,
  { leave, again, loadPeople }: Ways,
): Intents {
  const offerFiles = (files: readonly File[]): void => {
    for (const file of files) room.offerFile(file);
  };
  return {
    share: (source) => void share(room, state, source),
    stopSharing: (id) => room.stop(id),
    stopStreams: () => room.stopStreams(),
    setMuted: (id, muted) => room.setMuted(id, muted),
    setAllMuted: (muted) => room.setAllMuted(muted),
    toggleMuted: () => toggleMuted(room, state),
    flipCamera: (facing) => flipCamera(room, settings, facing === "user" ? "environment" : "user"),
    want: (...wish) => want(room, state, ...wish),
    offerFiles,
    drop: (files, entries, isChat) =>
      act(state, async (acts) => offerFiles(await acts.dropped(room, state, files, entries, isChat))),
    download: (peer, resource) => act(state, (acts) => acts.download(room, state, peer, resource)),
    abortDownload: (peer, id) => room.abortDownload(peer, id),
    sendText: () => sendText(room, state),
    sendImage: (file) => act(state, (acts) => acts.sendImage(room, state, file)),
    rename: (name) => settings.set("username", name),
    pinNext: () => state.pinNext(),
    togglePanel: (panel) => state.togglePanel(panel),
    showPerson: (peer) => state.showPerson(peer),
    loadPeople,
    setHand: (hand) => room.setHand(hand),
    react: (name) => room.react(name),
    record: () => record(room, state),
    leave: () => void leaveSafely(state, settings, leave),
    joinAgain: again,
    dismiss: (notice) => state.dismiss(notice),
    soundBlocked: () => soundBlocked(state),
    hearEveryone: () => hearEveryone(state),
  };
}

function want(room: Room, state: RoomState, peer: PeerKey, id: string, wanted: boolean): void {
  state.choose(streamKey(peer, id), wanted);
  room.want(peer, id, wanted);
}

function flipCamera(room: Room, settings: Settings, wanted: string): void {
  // What is wanted already and is not so could not be had the time before.
  if (settings.signal("camera_facing_mode").peek() === wanted) room.tryDeviceAgain("camera");
  else settings.set("camera_facing_mode", wanted);
}

/** Sends the draft; the text that is written from now on is the next one. */
function sendText(room: Room, state: RoomState): void {
  const text = state.draft.peek();
  state.draft.value = "";
  const keep = (): void => void (state.draft.value = text + state.draft.peek());
  act(state, (acts) => acts.sendText(room, state, text) || keep(), keep);
}

function record(room: Room, state: RoomState): void {
  void import("./recording.ts").then(
    ({ toggleRecording }) => toggleRecording(room, state),
    () => state.announce(() => strings.notReached),
  );
}

function toggleMuted(room: Room, state: RoomState): void {
  const muted = state.isMuted.value === false;
  room.setAllMuted(muted);
  state.announce(() => (muted ? strings.mutedNow : strings.unmutedNow), "muted");
}

function soundBlocked(state: RoomState): void {
  if (state.isSoundBlocked.value) return;
  state.isSoundBlocked.value = true;
  state.announce(() => strings.hearEveryone);
}

function hearEveryone(state: RoomState): void {
  state.isSoundBlocked.value = false;
  for (const media of document.querySelectorAll<HTMLMediaElement>("audio, video"))
    play(media, () => soundBlocked(state));
}

/** Leaves, or asks first, where that would cut a download short. @returns whether it has left */
export function leaveSafely(state: RoomState, settings: Settings, leave: () => void): boolean {
  const mustAsk = state.isReceiving && settings.get("enable_onbeforeunload") === true;
  if (mustAsk) tell(state, (trouble) => trouble.askToLeave(state, leave));
  else leave();
  return !mustAsk;
}

/**
 * Does an act whose code is loaded when it is first wanted. Without the server it cannot be, nor could the act be done.
 */
function act(state: RoomState, does: (acts: typeof import("./acts.ts")) => unknown, failed?: () => void): void {
  void import("./acts.ts").then(does, () => {
    failed?.();
    state.announce(() => strings.notReached);
  });
}

/** @param muted whether nobody is to hear it yet */
export async function share(room: Room, state: RoomState, source: Source, muted = false): Promise<void> {
  try {
    await room.add(source, muted);
    for (const about of ["ask", "capture"]) state.settle(`${about}:${source}`);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    state.log.add(`capture ${error.message}`);
    const { problem } = error;
    tell(state, (trouble) => trouble.captureFailed(state, source, problem));
  }
}
