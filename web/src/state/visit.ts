// SPDX-License-Identifier: AGPL-3.0-only
/** One stay in the room that the address names: joins a room to the signals and intents of the page. */

import { pauseBefore } from "../core/limits.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { isGuessable, type RoomAddress, roomName } from "../core/secret.ts";
import { deriveRoomKeys } from "../crypto/room-keys.ts";
import { CaptureError, type Source } from "../io/capture.ts";
import { freshInstance } from "../io/randomness.ts";
import { Room, type RoomListener } from "../io/room.ts";
import { fetchConfig, rtcConfiguration, type ServerConfig } from "../io/server-config.ts";
import { strings } from "../locale/strings.ts";
import { streamLabel } from "../ui/labels.ts";
import type { Intents } from "../ui/intents.ts";
import { RoomState } from "./room-state.ts";

export interface Visit {
  readonly state: RoomState;
  readonly intents: Intents;
  leave(): void;
}

/** What our web client announces that it can do (M1). */
const features = ["instance"];
const activityThreshold = 0.003;
const isWantedAtFirst = (resource: ResourceInfo): boolean => resource.track_kind === "audio";

/** @param again called when the person wants to come back after leaving */
export function startVisit(address: RoomAddress, username: string, again: () => void): Visit {
  const state = new RoomState(roomName(address.secret), username);
  warn(state, address);
  const room = new Room(
    {
      session: { username, instance: freshInstance(), features, wantsAtFirst: isWantedAtFirst },
      signalingUrl: `${location.origin.replace(/^http/, "ws")}/signaling`,
      keys: deriveRoomKeys(address.secret),
      rtcConfiguration: configuration(state).then(rtcConfiguration),
      activityThreshold,
    },
    listenerFor(state),
  );
  const leave = (): void => {
    room.leave();
    state.isLeft.value = true;
  };
  return { state, intents: intentsFor(room, state, leave, again), leave };
}

function warn(state: RoomState, { secret, parameters }: RoomAddress): void {
  const link = { href: "/", text: strings.toStart };
  if (parameters.get("warn_redirect") === "true") {
    state.notify({ level: "warning", text: strings.seenByServer, link });
  }
  if (isGuessable(secret)) state.notify({ level: "warning", text: strings.guessable, link });
}

/** The server's configuration, asked for until it comes. */
async function configuration(state: RoomState): Promise<ServerConfig> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchConfig();
    } catch {
      state.announce(strings.unreachable);
      await new Promise((resolve) => setTimeout(resolve, pauseBefore(attempt)));
    }
  }
}

function listenerFor(state: RoomState): RoomListener {
  return {
    changed: (view, own) => {
      state.view.value = view;
      state.own.value = own;
    },
    announced: (what, username) => state.announce(strings[what](username || strings.unnamed)),
    refused: (reason) => state.notify({ level: "error", text: strings.serverSays(reason) }),
    captureEnded: ({ info }) => state.notify({ level: "warning", text: strings.captureEnded(streamLabel(info)) }),
    streamsChanged: (streams) => (state.streams.value = streams),
    speaking: (speakers) => state.setSpeakers(speakers),
  };
}

function intentsFor(room: Room, state: RoomState, leave: () => void, again: () => void): Intents {
  return {
    share: (source) => void share(room, state, source),
    stopSharing: (id) => room.stop(id),
    setMuted: (id, muted) => room.setMuted(id, muted),
    want: (peer, id, wanted) => room.want(peer, id, wanted),
    leave,
    joinAgain: again,
    dismiss: (notice) => state.dismiss(notice),
    explainComing: (what) => state.announce(strings.coming(what)),
    soundBlocked: () => (state.isSoundBlocked.value = true),
    hearEveryone: () => {
      state.isSoundBlocked.value = false;
      for (const media of document.querySelectorAll<HTMLMediaElement>("audio, video")) void media.play();
    },
  };
}

async function share(room: Room, state: RoomState, source: Source): Promise<void> {
  try {
    await room.add(source);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    state.notify({ level: "error", text: strings.capture[source][error.problem] });
  }
}
