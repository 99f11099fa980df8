// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in English, the language that every other one follows, but for those that come with what they are of. */

import { counting } from "./counting.ts";
import type { enOfPanels } from "./en-panels.ts";
import type { enOfStart } from "./en-start.ts";

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
  close: "Close",

  // Streams
  stopSharing: "Stop sharing",
  mute: "Mute",
  unmute: "Unmute",
  enable: (label: string) => `Enable "${label}"`,
  disable: "Disable",
  streamOf: (label: string, owner: string) => `${label} of ${owner}`,
  starting: "starting…",
  muted: "muted",
  unnamedStream: "Stream",
  pin: "Pin",
  fullScreen: "Full screen",
  pictureInPicture: "Picture in picture",
  preview: (stream: string) => `Preview: ${stream}`,

  // People
  people: "People",
  quoted: (text: string) => `“${text}”`,
  you: (name: string) => `${name} (you)`,
  youMark: "you",
  sameName: (number: number) => `Number ${number} of those whose names look the same`,
  unnamed: "unnamed guest",
  speaking: "speaking",
  volumeOf: (name: string) => `Volume of ${name}`,
  alone: "Nobody else is here yet. Share the address of this page: whoever has it can join.",

  // Connection states
  joining: "joining…",
  online: "connected",
  unconnected: "nothing shared yet",
  connecting: "connecting…",
  connected: "connected",
  direct: "connected, direct",
  relayed: "connected, relayed",
  reconnecting: "reconnecting…",
  failed: "connection failed",
  failedAdvice:
    "A firewall or network in between lets no direct connection through. Another network may help, or a TURN server in the server's configuration. Trying again meanwhile.",

  // Announcements
  joined: (name: string) => `${name} joined`,
  left: (name: string) => `${name} left`,
  renamed: (before: string, name: string) => `${before} is now called ${name}`,
  shared: (label: string) => `You share ${label}`,
  notShared: (label: string) => `${label} is no longer shared`,
  offers: (name: string, label: string) => `${name} offers ${label}`,
  lostServer: "Reconnecting to the server… Your call goes on.",
  serverSays: (reason: string) => `The server closed the connection: ${reason}.`,

  // Notices
  dismiss: "Dismiss",
  hearEveryone: "Tap to hear everyone",
  guessable:
    "This room's secret can be guessed, and whoever guesses it can join and listen. Make a room from the start page for one that cannot.",
  seenByServer:
    "The old link that brought you here told the server this room's secret, so it could listen. Make a new room, and share its address.",
  badAddress: "The text after # in this page's address is not a valid room: it has a broken % escape. Check the link.",
  noAddress: "The page's address names no room.",
  toStart: "Go to the start page",
  insecure: "This page cannot encrypt: open it over https, or on the machine that runs the server.",
  unreachable: "The server does not answer. Trying again…",
  youLeft: "You left the room.",
  joinAgain: "Join again",
  wrongSetting: (key: string) => `The link sets "${key}" to something that does not fit; that is ignored.`,
  linkAsks: {
    microphone: "This link asks to switch your microphone on. Only you can do that:",
    camera: "This link asks to switch your camera on. Only you can do that:",
    screen: "This link asks to share your screen. Only you can do that:",
  },
  settingsAsk: "Your settings share a screen on startup. Browsers want you to press for that:",
  tooLarge: "That message is larger than the server takes, and was not sent.",
  imageRefused: "This is no image, or none that can be made small enough for a message. Offer it as a file instead.",
  inMemory: "This browser can only keep the download in memory until it is whole: large files may fail.",
  noSink: "The download could not be started: this browser has no place for it.",
  useInstead: (device: string) => `Use ${device}`,
  unnamedDevice: (number: number) => `Device ${number}`,
  flipCamera: "Flip camera",
  captureEnded: (label: string) => `${label} has ended: the device went away, or the browser stopped it.`,
  capture: {
    microphone: {
      refused:
        "The microphone was refused. Allow it for this page in the browser's address bar, then press Microphone again.",
      "no-device": "No microphone was found. Plug one in, then press Microphone again.",
      busy: "The microphone could not be started: another program may be using it.",
      unavailable: "This browser does not give the page a microphone.",
    },
    camera: {
      refused: "The camera was refused. Allow it for this page in the browser's address bar, then press Camera again.",
      "no-device": "No camera was found. Plug one in, then press Camera again.",
      busy: "The camera could not be started: another program may be using it.",
      unavailable: "This browser does not give the page a camera.",
    },
    screen: {
      refused: "Sharing the screen was refused or cancelled.",
      "no-device": "There is no screen to share.",
      busy: "The screen could not be captured.",
      unavailable: "This browser cannot share a screen.",
    },
  },

  // Files
  download: "Download",
  abort: "Abort",
  tooMany: "More is offered here than can be shown. The rest is left out.",
  stalled: "nothing is coming through",
  waiting: "waiting…",
  sendingTo: (name: string) => `to ${name}`,
  transferEnded: {
    in: {
      whole: "Download complete.",
      unknown: "A download has ended. Its length was not announced, so nobody can tell whether it is whole.",
      "cut short":
        "A download was cut short: the other side stopped, or the connection was lost. Nothing was saved as if it were whole.",
      "too long": "A download was stopped: more came than was announced. It was not saved.",
      "wrong hash": "A download was damaged on the way, and was not saved.",
      "no hash": "A download came without the hash that was promised, and was not saved.",
      cancelled: "Download aborted.",
      broken: "A download failed: it could not be written.",
    },
    out: {
      whole: "A file has arrived.",
      unconfirmed: "All of a file was sent. The other side’s client does not tell whether it was saved.",
      "cut short": "Sending a file was cut short: the other side stopped, or the connection was lost.",
      broken: "Sending a file failed: it could not be read.",
    },
  },
  remaining: (time: string) => `${time} left`,

  // Chat
  anImage: "an image",
  chatFrom: (name: string, text: string) => `${name}: ${text}`,
  unread: (count: number) => many(count, { other: "# unread" }),

  // Invite
  invite: "Invite",

  // Statistics
  statistics: "Statistics",

  // Footer
  license: "License",
  sourceCode: "Source code",
  documentation: "Documentation",
};

export type Strings = typeof en & typeof enOfPanels & typeof enOfStart;
