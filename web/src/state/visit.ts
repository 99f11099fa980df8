// SPDX-License-Identifier: AGPL-3.0-only
/** One stay in the room that the address names: joins a room to the signals and intents of the page. */

import { effect } from "@preact/signals";
import { pauseBefore } from "../core/limits.ts";
import type { TrackKind } from "../core/events.ts";
import { shownText } from "../core/shown-text.ts";
import { isMade, roomName } from "../core/made-secrets.ts";
import type { RoomAddress } from "../core/secret.ts";
import { deriveRoomKeys } from "../crypto/room-keys.ts";
import type { Source } from "../media/capture.ts";
import { freshInstance } from "../io/randomness.ts";
import { Room, type RoomListener } from "../io/room.ts";
import { fetchConfig, iceSource, type ServerConfig } from "../io/server-config.ts";
import { strings } from "../locale/strings.ts";
import type { SettingKey } from "../settings/declaration.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "../ui/intents.ts";
import { followDevices } from "./devices.ts";
import { intentsFor, share } from "./intents.ts";
import { watchKnownRooms } from "./known-rooms.ts";
import { Narrator } from "./narrator.ts";
import { RoomState } from "./room-state.ts";
import { tell } from "./telling.ts";

export interface Visit {
  readonly state: RoomState;
  readonly intents: Intents;
  leave(): void;
}

interface VisitedAddress extends RoomAddress {
  /** The person comes back: what was set since the link was opened holds. */
  readonly isAgain?: boolean;
}

/** What our web client announces that it can do (M1). */
const features = ["instance", "preview", "file-credit", "file-sha256", "file-stored", "resume-token", "chat-id"];
/** How much of a room's name is shown, in characters. */
const roomNameLength = 60;
/** How often statistics are looked at, in milliseconds. */
const statsInterval = 1_000;

/**
 * @param guestName who one is without a username
 * @param again called when the person wants to come back after leaving
 */
export function startVisit(address: VisitedAddress, settings: Settings, guestName: string, again: () => void): Visit {
  const { wrong, captures } = address.isAgain ? { wrong: [], captures: [] } : settings.takeFromLink(address.parameters);
  const username = (): string => settings.get("username") || guestName;
  const state = new RoomState(shownText(roomName(address.secret), roomNameLength), address.secret, username());
  warn(state, address.secret, settings, wrong);
  const config = configuration(state);
  const room = new Room(
    {
      session: { username: username(), instance: freshInstance(), features, wants: wantsOf(settings) },
      signalingUrl: new URL("signaling", location.href).href.replace(/^http/, "ws"),
      keys: deriveRoomKeys(address.secret),
      ice: config.then(iceSource),
      settings,
    },
    listenerFor(state, settings, (source) => void share(room, state, source)),
  );
  const ends = [
    effect(() => room.rename(username())),
    effect(() => room.setWants(wantsOf(settings))),
    effect(() =>
      room.allowPreviews(settings.get("send_previews") === true, (settings.get("preview_rate") ?? 0) * 1000),
    ),
    effect(() => void (settings.get("show_log") === true && (state.panel.value = "log"))),
    followCaptureSettings(room, settings),
    followUploadLimit(room, settings),
    followPushToTalk(room, settings),
    showStats(room, state, settings),
    followDevices(room, state, settings),
    watchKnownRooms(room, state, settings, config),
    keepAwake(state),
  ];
  startCaptures(room, state, settings, captures);
  const leave = (): void => {
    room.leave();
    state.isLeft.value = true;
    // What looks at the streams sees that there are none any more.
    state.own.value = [];
    state.streams.value = new Map();
    for (const end of ends) end();
    state.panel.value = undefined;
  };
  return { state, intents: intentsFor(room, state, settings, { leave, again }), leave };
}

/** Audio and video as set; files and the rest wait for a click. */
function wantsOf(settings: Settings): TrackKind[] {
  return (["audio", "video"] as const).filter((kind) => settings.get(`optional_${kind}_default_enable`) === true);
}

function warn(state: RoomState, secret: string, settings: Settings, wrong: readonly string[]): void {
  if (settings.signal("warn_redirect").peek() === true) tell(state, (trouble) => trouble.seenByServer(state));
  if (!isMade(secret)) tell(state, (trouble) => void trouble.judgeSecret(state, secret).catch(() => undefined));
  if (wrong.length > 0) tell(state, (trouble) => trouble.wrongSettings(state, wrong));
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

function listenerFor(state: RoomState, settings: Settings, again: (source: Source) => void): RoomListener {
  const narrator = new Narrator(state, settings);
  return {
    changed: (view, streams, files) => {
      state.setView(view);
      state.own.value = streams;
      state.files.value = files;
      narrator.shown();
    },
    told: (fact) => {
      state.log.told(fact);
      narrator.told(fact);
      if (fact.type !== "link-changed") return;
      // A server that was started again says nothing of rooms that are empty now.
      if (fact.status === "reconnecting") state.keepRoomCounts([]);
      if (fact.status === "joined") state.settle("server");
    },
    chat: (username, chat, peer, line) => narrator.said(username, chat, peer, line),
    boundReached: (kind, peer) => tell(state, (trouble) => trouble.tooMany(state, kind, peer)),
    line: (id, what) => state.settleLine(id, what),
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
    captureEnded: (own) =>
      tell(state, (trouble) => trouble.captureEnded(state, settings, own, () => again(own.source))),
    streamsChanged: (streams) => (state.streams.value = streams),
    speaking: (speakers) => state.setSpeakers(speakers),
  };
}

const sources = [
  ["microphone_enabled", "microphone"],
  ["camera_enabled", "camera"],
  ["screencast_enabled", "screen"],
] as const;

/** What one's own settings want on startup begins; what only a link wants is asked about on the page. */
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

const captureSettings = [
  "native_noise_suppression",
  "rnnoise",
  "microphone_gain",
  "auto_gain_control",
  "echo_cancellation",
  "video_fps",
  "video_resolution",
  "camera_facing_mode",
] as const;

function followCaptureSettings(room: Room, settings: Settings): () => void {
  return effect(() => {
    for (const key of captureSettings) settings.get(key);
    // What was set before the first stream is asked for when it starts.
    room.followSettings();
  });
}

function followUploadLimit(room: Room, settings: Settings): () => void {
  return effect(() => {
    settings.get("video_upload_limit");
    room.limitUpload();
  });
}

/** Switching push to talk on silences the microphones, switching it off lets them be heard again. */
function followPushToTalk(room: Room, settings: Settings): () => void {
  let before = settings.signal("push_to_talk").peek();
  return effect(() => {
    const now = settings.get("push_to_talk");
    if (now !== before) room.setAllMuted(now === true);
    before = now;
  });
}

/** The screen stays on while something is shared or got. What does that is loaded with the first stream. */
function keepAwake(state: RoomState): () => void {
  let awake: Promise<typeof import("../io/awake.ts") | undefined> | undefined;
  return effect(() => {
    const isCall = state.own.value.length > 0 || state.streams.value.size > 0;
    if (isCall) awake ??= import("../io/awake.ts").catch(() => undefined);
    void awake?.then((module) => module?.stayAwake(isCall && !state.isLeft.peek()));
  });
}

function showStats(room: Room, state: RoomState, settings: Settings): () => void {
  const timer = setInterval(() => {
    if (settings.signal("webrtc_debug").peek() !== true) {
      if (state.stats.value.size > 0) state.stats.value = new Map();
      return;
    }
    room.stats().then(
      (stats) => (state.stats.value = stats),
      // Without the server their reader cannot be loaded.
      () => undefined,
    );
  }, statsInterval);
  return () => clearInterval(timer);
}
