// SPDX-License-Identifier: AGPL-3.0-only
/** One stay in the room that the address names: joins a room to the signals and intents of the page. */

import { effect } from "@preact/signals";
import { pauseBefore } from "../core/pauses.ts";
import { shownText } from "../core/shown-text.ts";
import { isMade, roomName } from "../core/made-secrets.ts";
import type { RoomAddress } from "../core/secret.ts";
import { keysOf } from "../io/begun.ts";
import { Late, persistently } from "../io/late.ts";
import { freshInstance } from "../io/randomness.ts";
import type { Source } from "../media/capture.ts";
import { Room, type RoomOptions } from "../room/room.ts";
import { fetchConfig, iceSource, type ServerConfig } from "../io/server-config.ts";
import { strings } from "../locale/strings.ts";
import type { SettingKey } from "../settings/declaration.ts";
import type { Settings } from "../settings/store.ts";
import type { Acquaintances } from "./acquaintances.ts";
import { followDevices } from "./devices.ts";
import { type Intents, intentsFor, share } from "./intents.ts";
import { knowHash, watchKnownRooms } from "./known-rooms.ts";
import { listenerFor } from "./listener.ts";
import { ownFeatures } from "./own-features.ts";
import { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

export interface Visit {
  readonly state: RoomState;
  readonly intents: Intents;
  leave(): void;
}

interface VisitedAddress extends RoomAddress {
  /** Whether the person comes back: what was set since the link was opened holds. */
  readonly isAgain?: boolean;
}

/** The most characters of a room's name that are shown. */
const roomNameLength = 60;
/** The time that it takes to enter and to meet others, in milliseconds: what can wait does. */
const entering = 1_000;
/** The pause between two looks at the ways to peers, in milliseconds. */
const statsInterval = 1_000;

/**
 * @param guestName the name without a username
 * @param again called when the person wants to come back after leaving
 */
export function startVisit(address: VisitedAddress, settings: Settings, guestName: string, again: () => void): Visit {
  const { wrong, captures } = address.isAgain ? { wrong: [], captures: [] } : settings.takeFromLink(address.parameters);
  const username = (): string => settings.get("username") || guestName;
  const { secret } = address;
  const state = new RoomState(shownText(roomName(secret), roomNameLength), secret, username());
  warn(state, secret, settings, wrong);
  const config = configuration(state);
  void config.then(({ webrtc: { turn, turn_urls } }) => (state.hasRelay.value = (turn ?? turn_urls) !== undefined));
  const keys = keysOf(secret);
  void knowHash(secret, keys.hash);
  const acquaintances = acquaintancesOf(state, settings, keys.hash);
  const options: RoomOptions = {
    session: { username: username(), instance: freshInstance(), features: ownFeatures },
    keys,
    identity: () => acquaintances.load(),
    ice: config.then(iceSource),
    preferences: settings.preferences(),
  };
  const room = enterRoom(options, state, settings);
  const ends = [
    effect(() => room.rename(username())),
    effect(() => room.prefer(settings.preferences())),
    effect(() => void (settings.get("show_log") === true && (state.panel.value = "log"))),
    effect(() => hide(state, settings)),
    showStats(room, state),
    followDevices(state, settings),
    watchKnownRooms(room, state, settings, after(keys.message, config)),
    keepAwake(state),
    watchPictures(room, state),
    () => acquaintances.loaded?.end(),
  ];
  startCaptures(room, state, settings, captures);
  const leave = (): void => {
    room.leave();
    state.leave();
    for (const end of ends) end();
  };
  const loadPeople = (): void => void acquaintances.load();
  return { state, intents: intentsFor(room, state, settings, { leave, again, loadPeople }), leave };
}

function enterRoom(options: RoomOptions, state: RoomState, settings: Settings): Room {
  const again = (source: Source, muted: boolean): void => void share(room, state, source, muted);
  const room: Room = new Room(
    options,
    listenerFor(
      state,
      settings,
      again,
      () => room.setAllMuted(false),
      (source) => room.tryDeviceAgain(source),
    ),
  );
  return room;
}

/** Gives the configuration once this room has been entered: deriving hashes of other rooms would hold that up. */
const after = async (keys: Promise<unknown>, config: Promise<ServerConfig>): Promise<ServerConfig> => {
  await keys;
  await new Promise((resolve) => setTimeout(resolve, entering));
  return config;
};

function warn(state: RoomState, secret: string, settings: Settings, wrong: readonly string[]): void {
  if (settings.signal("warn_redirect").peek() === true) tell(state, (trouble) => trouble.seenByServer(state));
  if (!isMade(secret)) tell(state, (trouble) => void trouble.judgeSecret(state, secret).catch(() => undefined));
  if (wrong.length > 0) tell(state, (trouble) => trouble.wrongSettings(state, wrong));
}

/** Says that a hidden address leaves no way to anybody, as long as that is so. */
function hide(state: RoomState, settings: Settings): void {
  const isInVain = settings.get("hide_address") === true && state.hasRelay.value === false;
  if (isInVain) tell(state, (trouble) => trouble.hidingFromAll(state, settings));
  else state.settle("hiding");
}

/** The people that are known, who are of interest when somebody else is there. */
function acquaintancesOf(state: RoomState, settings: Settings, hash: Promise<string>): Late<Acquaintances> {
  return new Late(async () => {
    const module = await persistently(() => import("./company.ts"));
    const opened = await module.Acquaintances.open(state, settings.signal("identity_scope").peek(), await hash);
    if (state.isLeft.peek()) opened.end();
    else state.acquaintances.value = opened;
    return opened;
  });
}

/** The server's configuration, asked for until it comes. */
async function configuration(state: RoomState): Promise<ServerConfig> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchConfig();
    } catch (error) {
      if (state.isLeft.value) throw error;
      state.announce(() => strings.unreachable);
      await new Promise((resolve) => setTimeout(resolve, pauseBefore(attempt)));
    }
  }
}

const sources = [
  ["microphone_enabled", "microphone"],
  ["camera_enabled", "camera"],
  ["screencast_enabled", "screen"],
] as const;

/** Begins the captures that one's own settings want on startup; what only a link wants is asked about on the page. */
function startCaptures(room: Room, state: RoomState, settings: Settings, asked: readonly SettingKey[]): void {
  for (const [key, source] of sources) {
    const isWanted = settings.signal(key).peek() === true;
    // Browsers share a screen only for a press.
    if (asked.includes(key) || (isWanted && source === "screen")) {
      const act = (): void => void share(room, state, source);
      tell(state, (trouble) => trouble.askToShare(state, source, !isWanted, act));
    } else if (isWanted) {
      void share(room, state, source);
    }
  }
}

/** Keeps the screen on while something is shared or got. The code for that is loaded with the first stream. */
function keepAwake(state: RoomState): () => void {
  let awake: Promise<typeof import("../io/awake.ts") | undefined> | undefined;
  return effect(() => {
    const isCall = state.own.value.length > 0 || state.streams.value.size > 0;
    if (isCall) awake ??= import("../io/awake.ts").catch(() => undefined);
    void awake?.then((module) => module?.stayAwake(isCall && !state.isLeft.peek()));
  });
}

/** Asks for the pictures that can be seen, from the first stream on. */
function watchPictures(room: Room, state: RoomState): () => void {
  const watch = new Late(() => persistently(() => import("./viewing.ts")));
  let viewing: { end(): void } | undefined;
  const begin = ({ Viewing }: typeof import("./viewing.ts")): void => {
    if (!state.isLeft.peek()) viewing ??= new Viewing(room, state);
  };
  const end = effect(() => void (state.streams.value.size > 0 && watch.do(begin, reportError)));
  return () => {
    end();
    viewing?.end();
  };
}

function showStats(room: Room, state: RoomState): () => void {
  const timer = setInterval(() => void room.stats()?.then((stats) => (state.stats.value = stats)), statsInterval);
  return () => clearInterval(timer);
}
