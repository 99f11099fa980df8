// SPDX-License-Identifier: AGPL-3.0-only
/** Words for trouble, for what a link asks for, and for how transfers ended. Loaded when there is something to say. */

import type { PeerKey } from "../core/events.ts";
import type { Person } from "../core/people.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { shownText } from "../core/shown-text.ts";
import type { CaptureProblem, Source } from "../media/capture.ts";
import type { Device, DeviceKind } from "../media/devices.ts";
import type { OwnStream } from "../media/own-streams.ts";
import type { EndedTransfer } from "../files/transfers.ts";
import { enOfWays } from "../locale/en-ways.ts";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { labelInWords, nameInWords } from "../locale/labels.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import type { Comparison } from "../room/listener.ts";
import type { Settings } from "../settings/store.ts";
import { deviceName } from "./devices.ts";
import type { Notice } from "./notices.ts";
import type { RoomState } from "./room-state.ts";

addEnglish({ ...enOfTrouble, ...enOfWays });

/** The most settings of a link that are named when they do not fit. */
const namedSettings = 8;
/** The most characters that are shown of what a link or a server says. */
const quotedLength = 123;

type Words = Notice["text"];

const toStart = { href: "./", text: (): string => strings.toStart };

export function seenByServer(state: RoomState): void {
  state.notify({ level: "warning", text: () => strings.seenByServer, link: toStart });
}

/** Warns of a secret that can be guessed, and of one that is but the name of a room that was made. */
export async function judgeSecret(state: RoomState, secret: string): Promise<void> {
  const [{ isGuessable }, { parts }, { isSuggested }] = await Promise.all([
    import("../core/strength.ts"),
    import("../io/estimator.ts"),
    import("../io/room-names.ts"),
  ]);
  if (!isGuessable(secret, parts)) return;
  const text = (): string => (isSuggested(secret) ? strings.cutLink : strings.guessable);
  state.notify({ level: "warning", text, link: toStart });
}

/** @param wrong names of settings; a link can have thousands */
export function wrongSettings(state: RoomState, wrong: readonly string[]): void {
  for (const key of wrong.length > namedSettings ? [...wrong.slice(0, namedSettings), "…"] : wrong) {
    state.notify({ level: "warning", text: () => strings.wrongSetting(shownText(key, quotedLength)) });
  }
}

/** Asks for a press before something is shared. @param byLink a link wants it, and not the person's own settings */
export function askToShare(state: RoomState, source: Source, byLink: boolean, share: () => void): void {
  state.notify({
    level: "warning",
    about: `ask:${source}`,
    text: () => (byLink ? strings.linkAsks[source] : strings.settingsAsk),
    action: { text: () => strings[source], act: share },
  });
}

/** Tells that the address is hidden and the server has no relay, unless that has changed while these words came. */
export function hidingFromAll(state: RoomState, settings: Settings): void {
  if (settings.signal("hide_address").peek() !== true) return;
  state.notify({ level: "warning", about: "hiding", text: () => strings.hidingFromAll });
}

/** Tells a person who talks that nobody hears it. */
export function talksMuted(state: RoomState, unmute: () => void): void {
  // The microphones may be on again while these words came.
  if (state.isMuted.peek() !== true) return;
  const action = { text: (): string => strings.unmute, act: unmute };
  state.notify({ level: "warning", about: "muted", text: () => strings.talksMuted, action });
}

/** Tells that somebody makes a code of the room, which all compare. */
export function codeStarted(state: RoomState, name: string): void {
  if (state.panel.peek() === "people") return;
  const action = {
    text: (): string => strings.people,
    act: (): void => {
      state.panel.value = "people";
      state.settle("code");
    },
  };
  state.notify({ level: "warning", about: "code", text: () => strings.codeStarted(nameInWords(name)), action });
}

/** Warns of codes that differ, as somebody has found. */
export function codesDiffer(state: RoomState, name: string): void {
  const text = (): string => strings.chatFrom(nameInWords(name), strings.codesDiffer);
  state.notify({ level: "error", about: "code", text });
}

/** Asks before a download is cut short. */
export function askToLeave(state: RoomState, leave: () => void): void {
  const action = { text: (): string => strings.leaveAllTheSame, act: leave };
  state.notify({ level: "warning", about: "leaving", text: () => strings.leaveDownload, action });
}

export function captureFailed(state: RoomState, source: Source, problem: CaptureProblem): void {
  error(state, () => strings.capture[source][problem], `capture:${source}`);
}

/** Tells that another device could not be had: choosing once more what is chosen already would change nothing. */
export function switchFailed(state: RoomState, source: Source, problem: CaptureProblem, again: () => void): void {
  // What had to stop for the switch is shared again by its button.
  if (!state.own.peek().some((own) => own.source === source)) return captureFailed(state, source, problem);
  const [about, text] = [`capture:${source}`, (): string => strings.capture[source][problem]];
  state.notify({ level: "error", about, text, action: { text: () => strings.tryAgain, act: again } });
}

export function captureEnded(state: RoomState, settings: Settings, own: OwnStream, share: () => void): void {
  const action = replacementFor(own, state, settings, share);
  const text = (): string => strings.captureEnded(labelInWords(own.info));
  state.notify({ level: "warning", about: `capture:${own.source}`, text, ...(action ? { action } : {}) });
}

export function speakerGone(state: RoomState, name: Words): void {
  state.notify({ level: "warning", about: "speaker", text: () => strings.speakerGone(name()) });
}

export function serverSays(state: RoomState, reason: string): void {
  // The server may have let us in again while these words came.
  if (state.view.peek().link === "joined") return;
  error(state, () => strings.serverSays(shownText(reason, quotedLength)), "server");
}

/**
 * Tells that more of a kind is offered than there is room for (M7). @param peer who offers it, or nobody for oneself
 */
export function tooMany(state: RoomState, kind: string, peer?: PeerKey): void {
  // Ports are for programs.
  if (kind !== "track" && kind !== "file") return;
  const by = state.view.peek().peers.find(({ key }) => key === peer);
  const number = by ? state.numbers.of(by.key) : 1;
  const text = (): string => (by ? strings.tooMany[kind](nameInWords(by.username, number)) : strings.tooManyOwn[kind]);
  const about = `bound:${peer ?? "own"}:${kind}`;
  if (by || peer === undefined) state.notify({ level: "warning", about, group: "bound", peer, text });
}

/** Tells that a member cannot prove who it is, or that something that it said has not arrived (Y11, Y13). */
export function warned(state: RoomState, about: "unproven" | "missed", peer?: PeerKey): void {
  const name = nameOfPeer(state, peer);
  state.notify({
    level: "warning",
    about: `${about}:${peer ?? "arriving"}`,
    group: "warned",
    peer,
    text: () => strings.warned[about](name()),
  });
}

/** Tells that members see different things (Y18). */
export function compared(
  state: RoomState,
  { about, names }: Comparison,
  peer: PeerKey | undefined,
  witness: PeerKey | undefined,
): void {
  const [who, teller] = [nameOfPeer(state, peer), nameOfPeer(state, witness)];
  const [one = "", other = ""] = names.map((name) => nameInWords(name));
  const text = (): string => {
    if (about === "contradicts") return strings.contradicts(who(), `${one} / ${other}`);
    if (about === "unheard") return strings.unheard(who());
    return peer === undefined ? strings.hidden(one, teller()) : strings.withheld(who(), teller());
  };
  state.notify({ level: "error", about: `${about}:${peer ?? one}`, group: "compared", text });
}

/**
 * Tells that somebody goes by a name that belongs to somebody else here (Y14), in one notice for each of these.
 * @param claimed the name that is claimed now
 */
export function changedName(state: RoomState, claimed: string, bearer: Person, accept: () => void): void {
  const known = bearer.petname ?? bearer.verified_as ?? "";
  const action = { text: (): string => strings.acceptOnce, act: accept };
  const text = (): string => strings.changedName(nameInWords(claimed), nameInWords(known));
  state.notify({ level: "error", about: `changed:${bearer.credential}`, text, action });
}

/** Tells that the client of somebody who is known guards against less than before (Y14). */
export function protectsLess(state: RoomState, name: string, credential: string, accept: () => void): void {
  const action = { text: (): string => strings.acceptOnce, act: accept };
  const text = (): string => strings.protectsLess(nameInWords(name));
  state.notify({ level: "error", about: `changed:${credential}`, text, action });
}

export const nothingKept = (state: RoomState): void =>
  state.notify({ level: "warning", about: "kept", text: () => strings.nothingKept });

export const peopleNotKept = (state: RoomState): void =>
  state.notify({ level: "warning", about: "kept", text: () => strings.peopleNotKept });

/** The name of a peer that is there now, or of somebody who is not announced yet. */
function nameOfPeer(state: RoomState, peer: PeerKey | undefined): () => string {
  const found = state.view.peek().peers.find(({ key }) => key === peer);
  if (!found) return () => strings.somebody;
  const number = state.numbers.remembered(found.key, found.username);
  return () => nameInWords(found.username, number());
}

export const tooLarge = (state: RoomState): void => error(state, () => strings.tooLarge, "chat");

export const imageRefused = (state: RoomState): void => error(state, () => strings.imageRefused, "chat");

export const unreadable = (state: RoomState): void => error(state, () => strings.unreadable, "drop");

export const noSink = (state: RoomState): void => error(state, () => strings.noSink, "sink");

export function inMemory(state: RoomState): void {
  state.notify({ level: "warning", text: () => strings.inMemory });
}

export function transferEnded(state: RoomState, ended: EndedTransfer): void {
  const about = `transfer:${ended.direction}:${ended.peer}:${ended.id}`;
  // The file may be on offer no longer by the time that the words are drawn.
  const file = fileOf(state, ended);
  const text = (): string => {
    const { in: coming, out: going, of } = strings.transferEnded;
    const end = ended.direction === "in" ? coming[ended.outcome] : going[ended.outcome];
    return file ? of(labelInWords(file), end) : end;
  };
  if (ended.outcome !== "whole") return state.notify({ level: "warning", about, text });
  state.settle(about);
  state.announce(text);
}

/** The file of a transfer, if it is still on offer. */
function fileOf({ files, view }: RoomState, { direction, peer, id }: EndedTransfer): ResourceInfo | undefined {
  const offered = direction === "out" ? files.peek() : view.peek().peers.find(({ key }) => key === peer)?.resources;
  return offered?.find(({ info }) => info.id === id)?.info;
}

const error = (state: RoomState, text: Words, about: string): void => state.notify({ level: "error", text, about });

/**
 * The action to offer when a device has gone away: to use the next one of its kind, by a list that may still have the
 * gone one.
 */
function replacementFor(
  { source, captured }: OwnStream,
  state: RoomState,
  settings: Settings,
  share: () => void,
): Notice["action"] | undefined {
  if (source === "screen") return undefined;
  const kind: DeviceKind = source === "microphone" ? "audioinput" : "videoinput";
  const { deviceId, groupId } = captured.getTracks()[0]?.getSettings() ?? {};
  const isGone = ({ id, group }: Device): boolean => id === deviceId || (group !== "" && group === groupId);
  const other = state.devices.value.find((device) => device.kind === kind && !isGone(device));
  if (!other) return undefined;
  const act = (): void => {
    settings.set(source === "microphone" ? "microphone_device" : "camera_device", other.id);
    // Another stream that runs has followed.
    if (!state.own.value.some((own) => own.source === source)) share();
  };
  return { text: () => strings.useInstead(deviceName(other, 0)), act };
}
