// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in English, the language that every other one follows. */

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

  // People
  people: "People",
  you: (name: string) => `${name} (you)`,
  unnamed: "unnamed guest",
  speaking: "speaking",
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
  lostServer: "Reconnecting to the server… Your call goes on.",
  serverSays: (reason: string) => `The server closed the connection: ${reason}.`,

  // Notices
  notices: "Notices",
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
  coming: (what: string) => `${what} is coming in a later release.`,
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

  // Footer
  license: "License",
  sourceCode: "Source code",
  documentation: "Documentation",

  // Start page
  tagline: "Meet privately. Share a link, talk peer to peer; the server cannot listen.",
  roomName: "Room name",
  joinRoom: "Join room",
  roomHint:
    "The link gets a random secret. Whoever has the link can join; nobody else, not even the server, can listen.",
  noQuestionMark: "A room name cannot contain a question mark.",
};

export type Strings = typeof en;
