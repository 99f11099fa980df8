// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in English, the language that every other one follows, but for those that come with what they are of. */

import { counting } from "./counting.ts";
import type { enOfWays } from "./en-ways.ts";
import type { enOfMedia } from "./en-media.ts";
import type { enOfPanels } from "./en-panels.ts";
import type { enOfPeople } from "./en-people.ts";
import type { enOfRecording } from "./en-recording.ts";
import type { enOfStart } from "./en-start.ts";
import type { enOfTrial } from "./en-trial.ts";
import type { enOfTrouble } from "./en-trouble.ts";

const many = counting("en");

export const en = {
  // Controls; these names are an interface
  controls: "Controls",
  leave: "Leave",
  chat: "Chat",
  settings: "Settings",
  knownRooms: "Known Rooms",
  microphone: "Microphone",
  camera: "Camera",
  screen: "Screen",
  file: "File",
  react: "React",
  record: "Record",
  close: "Close",

  // Streams
  mute: "Mute",
  unmute: "Unmute",
  mutedNow: "Your microphone is muted",
  unmutedNow: "Your microphone is on",
  sharedCount: (count: number) => many(count, { other: "# shared" }),
  unnamedStream: "Stream",

  // People
  people: "People",
  inRoom: "In the room",
  quoted: (text: string) => `“${text}”`,
  you: (name: string) => `${name} (you)`,
  youMark: "you",
  changeName: "Change your name",
  unnamed: "unnamed guest",
  speaking: "speaking",
  alone: "Nobody else is here yet. Share the address of this page: whoever has it can join.",

  // Own connection
  joining: "joining…",
  online: "connected",
  reconnecting: "reconnecting…",

  // Announcements
  lostServer: "Reconnecting to the server…",
  callGoesOn: "Your call goes on.",

  // Notices
  dismiss: "Dismiss",
  hearEveryone: "Tap to hear everyone",
  toStart: "Go to the start page",
  unreachable: "The server does not answer. Trying again…",
  notReached: "The server does not answer. Try again in a moment.",
  youLeft: "You left the room.",
  joinAgain: "Join again",
  unnamedDevice: (number: number) => `Device ${number}`,

  // Chat
  unread: (count: number) => many(count, { other: "# unread" }),

  // Invite
  invite: "Invite",

  // Footer
  license: "License",
  sourceCode: "Source code",
  documentation: "Documentation",
};

export type Strings = typeof en &
  typeof enOfWays &
  typeof enOfMedia &
  typeof enOfPanels &
  typeof enOfPeople &
  typeof enOfRecording &
  typeof enOfStart &
  typeof enOfTrial &
  typeof enOfTrouble;
