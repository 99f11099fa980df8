// SPDX-License-Identifier: AGPL-3.0-only
/** The words for what went wrong in English, which are loaded when something does. */

export const enOfTrouble = {
  badAddress: "The text after # in this page's address is not a valid room: it has a broken % escape. Check the link.",
  noAddress: "The page's address names no room.",
  cutLink:
    "The room’s link or secret is not whole: some of its random characters are missing, or there are too many. Copy it once more.",
  enterAllTheSame: "Enter all the same",
  insecure: "This page cannot encrypt: open it over https, or on the machine that runs the server.",
  guessable:
    "This room's secret can be guessed, and whoever guesses it can join and listen. The start page makes rooms whose secret cannot be guessed.",
  seenByServer:
    "The old link that brought you here told the server this room's secret, so it could listen. Make a new room, and share its address.",
  wrongSetting: (key: string) => `The link sets "${key}" to something that does not fit; that is ignored.`,
  linkAsks: {
    microphone: "This link asks to switch your microphone on. Only you can do that:",
    camera: "This link asks to switch your camera on. Only you can do that:",
    screen: "This link asks to share your screen. Only you can do that:",
  },
  settingsAsk: "Your settings share a screen on startup. Browsers want you to press for that:",
  noMicrophone: "You share no microphone",
  nobodySees: "Nobody is here who would see it",
  nobodyToRecord: "There is nobody here to be recorded",
  talksMuted: "Nobody hears you: your microphone is muted.",
  tooMany: {
    track: (name: string) => `${name} offers more streams than there is room for. The rest is not shown here.`,
    file: (name: string) => `${name} offers more files than there is room for. The rest is not shown here.`,
  },
  tooManyOwn: {
    track: "You share as many streams as others have room for. The rest is not shared.",
    file: "You offer as many files as others have room for. The rest is not offered.",
  },
  somebody: "Somebody who is joining",
  warned: {
    unproven: (name: string) => `${name} cannot prove who they are, and hears nothing from you until they do.`,
    missed: (name: string) =>
      `Something that ${name} said was lost or withheld on its way. It was asked for again; if this goes on, the server may not be honest.`,
  },
  changedName: (name: string, known: string) =>
    `${name} has another key than the ${known} you know, or none. It may be a new device, or somebody else: ask them in another way before you trust them.`,
  nothingKept:
    "This browser cannot keep everything for the next time: your key is for this visit only, or the people you know cannot be loaded and kept.",
  peopleNotKept: "What you know of people could not be kept: it holds for this visit.",
  contradicts: (name: string, names: string) =>
    `${name} goes by two names, each for other people, and has signed both: ${names}.`,
  withheld: (name: string, witness: string) =>
    `${witness} hears ${name}, and nothing of that arrives here. The server may hold it back, or ${witness} does not tell the truth.`,
  unheard: (name: string) =>
    `The server has brought nothing from ${name} for minutes, while you are connected directly. It may hold their messages back, or the device of ${name} cannot reach it, or hangs.`,
  hidden: (name: string, witness: string) =>
    `${witness} speaks to ${name}, who is not shown here. The server may hide them, or ${witness} does not tell the truth.`,
  acceptOnce: "Accept for now",
  tooLarge: "That message is larger than the server takes, and was not sent.",
  imageRefused: "This is no image, or none that can be made small enough for a message. Offer it as a file instead.",
  inMemory: "This browser can only keep the download in memory until it is whole: large files may fail.",
  leaveDownload: "A download is not whole yet, and ends if you leave.",
  leaveAllTheSame: "Leave all the same",
  noSink: "The download could not be started: this browser has no place for it.",
  useInstead: (device: string) => `Use ${device}`,
  speakerGone: (device: string) => `${device} is gone: until it is back, sound comes from another speaker.`,
  tryAgain: "Try again",
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
  transferEnded: {
    of: (file: string, end: string) => `${file}: ${end}`,
    in: {
      whole: "Download complete.",
      unknown: "A download has ended. Its length was not announced, so nobody can tell whether it is whole.",
      "cut short":
        "A download was cut short: the other side stopped, or the connection was lost. No part of a file was saved as a whole one.",
      "too long": "A download was stopped: more came than was announced. It was not saved.",
      "wrong hash": "A download was damaged on the way, and was not saved.",
      "no hash": "A download came without the hash that was promised, and was not saved.",
      cancelled: "Download aborted.",
      broken: "A download failed: it could not be written.",
    },
    out: {
      whole: "A file has arrived.",
      unconfirmed: "All of a file was sent. The other side’s app does not tell whether it was saved.",
      "cut short": "Sending a file was cut short: the other side stopped, or the connection was lost.",
      broken: "Sending a file failed: it could not be read.",
    },
  },
  serverSays: (reason: string) => `The server closed the connection: ${reason}.`,
  failedAdvice:
    "A firewall or network in between lets no direct connection through. Another network may help, or a TURN server in the server's configuration. Trying again meanwhile.",
  statistics: "Statistics",
  unreadable: "Some of what was dropped could not be read, and is not offered.",
};
