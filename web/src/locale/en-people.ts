// SPDX-License-Identifier: AGPL-3.0-only
/** The words in English for other people, which are loaded with the first one. */

import { counting } from "./counting.ts";

const many = counting("en");

/** The words for who people are. */
export const enOfIdentities = {
  marks: { verified: "known", known: "known", new: "new", "no key": "no key", changed: "changed" },
  verifiedMark: "known, verified",
  markMeanings: {
    verified: "You know this person, and have compared numbers.",
    known: "You have met this key before.",
    new: "You meet this key for the first time.",
    "no key":
      "This app has no key: nobody can tell who it is. While it is here, whoever gets the link can read what you say to all.",
    changed:
      "Something differs from what you know under this name: another key, none, or an app that protects less than before.",
  },
  protectsLess: (name: string) =>
    `The app of ${name} protects less than before. It may be an old version, or somebody’s trick: ask them in another way before you trust it.`,
  peopleIntro: "Whoever you meet is remembered by their key, only in this browser.",
  scopes: {
    everywhere: "Others recognise you in every room, by a key that this browser keeps.",
    room: "Others recognise you in this room, by a key of its own.",
    visit: "Others recognise you only during this visit.",
  },
  ownKey: "Your key",
  hereNow: "Here now",
  knownPeople: "People you know",
  nobodyElse: "Nobody else is here.",
  callsThemselves: (name: string) => `Calls themselves ${name}.`,
  metOn: (day: string) => `Met on ${day}.`,
  seen: (first: string, last: string) => `Met on ${first}, seen last on ${last}.`,
  compareNumbers: "Compare numbers",
  numberIntro: (name: string) =>
    `Compare this number with ${name}, best aloud: if nobody is in between, both of you see the same one.`,
  safetyNumber: "Safety number",
  qrOfNumber: "QR code of the number",
  theyMatch: "They match",
  theyDiffer: "They differ",
  notNow: "Not now",
  isVerified: (name: string) => `${name} is verified.`,
  numbersDiffer: (name: string) =>
    `Somebody may stand between you and ${name}, or use their name. Say nothing here that matters; ask them in another way which number they see, and meet in a new room.`,
  nameHere: "Name that you give them",
  save: "Save",
  nameTaken: "Somebody else has this name here.",
  forget: "Forget",
  forgetSurely: "Really forget?",
  exportPeople: "Export people",
  importPeople: "Import people",
  peopleFileHint:
    "A file with the people you know, for another browser of yours. A passphrase locks it. Your own key stays here: another browser has another one.",
  passphrase: "Passphrase",
  passphraseShort:
    "Take at least 12 characters: whoever gets the file can try passphrases as fast as their machine does.",
  passphraseAgain: "Once more, to export",
  passphrasesDiffer: "The two passphrases differ.",
  peopleExported: (count: number) => many(count, { one: "# person was exported.", other: "# people were exported." }),
  tooManyPeople: "Nobody was imported: together these are more people than can be kept.",
  wrongPassphrase: "This passphrase does not open the file, or the file was changed.",
  noPeopleFile: "This is no file with people.",
  peopleImported: (count: number) =>
    many(count, { one: "Imported: # person is in the file.", other: "Imported: # people are in the file." }),

  // One code for the room
  compareCode: "Compare a code with everybody",
  roomCode: "Code of the room",
  codeStarted: (name: string) => `${name} makes a code for everybody to compare.`,
  codeWaiting: (names: string) => `Making a code with ${names}…`,
  codeSay: (names: string) => `Say this code aloud. Is it the same for ${names}?`,
  anotherCode: "Another code has come in place of the one before: compare this one.",
  codeCoversNot: (names: string) => `Not covered: ${names}.`,
  codeMatched: (names: string) => `Verified: ${names}.`,
  codesDiffer:
    "The codes differ: somebody may stand between you, and hear and change what you say. Say nothing here that matters; meet in a new room, and compare again.",
  codeInterrupted: "There is no code: somebody left, changed their name or stopped it, or nobody here can make one.",
  codeUnlike: (name: string) => `No code: ${name} says that not all see the same people yet. Try again in a moment.`,
  codeSilent: (names: string) => `No code: no answer from ${names}.`,
  codeSpoiled: (names: string) => `No code: ${names} did not keep to the rules.`,
  codeSaidSpoiled: (name: string) => `No code: ${name} says that somebody did not keep to the rules.`,
};

/** The words for what other people do, and for who they are. */
export const enOfPeople = {
  enable: (label: string) => `Enable "${label}"`,
  disable: "Disable",
  streamOf: (label: string, owner: string) => `${label} of ${owner}`,
  sameName: (number: number) => `Number ${number} of those whose names look the same`,
  download: "Download",
  abort: "Abort",
  starting: "starting…",
  preview: (stream: string) => `Preview: ${stream}`,
  volumeOf: (name: string) => `Volume of ${name}`,
  movePicture: (corner: string) => `Move your picture: ${corner}`,
  corners: {
    "top-left": "top left",
    "top-right": "top right",
    "bottom-right": "bottom right",
    "bottom-left": "bottom left",
  },
  paused: "Paused: this device cannot show all. Press to see it.",
  showPaused: (stream: string) => `${stream}: paused, since this device cannot show all. Show it`,
  records: "recording",
  youRecord: "You are recording",
  startsRecording: (name: string) => `${name} is recording`,
  stopsRecording: (name: string) => `${name} has stopped recording`,
  unconnected: "nothing shared yet",
  unasked: "not connected yet",
  serverIsBack: "Connected to the server again.",
  connecting: "connecting…",
  connected: "connected",
  ways: {
    direct: "connected, direct",
    nat: "connected through NAT",
    relay: "connected, relayed by the other side",
    "relay-udp": "connected, relayed (UDP)",
    "relay-tcp": "connected, relayed (TCP)",
    "relay-tls": "connected, relayed (TLS)",
  },
  failed: "connection failed",
  badWay: {
    own: "Bad connection on your side",
    other: "Bad connection on their side",
    between: "Bad connection between the two of you",
  },
  joined: (name: string) => `${name} joined`,
  left: (name: string) => `${name} left`,
  renamed: (before: string, name: string) => `${before} is now called ${name}`,
  handUp: "hand raised",
  raiseHand: "Raise hand",
  lowerHand: "Lower hand",
  raisesHand: (name: string) => `${name} raises a hand`,
  ownHandUp: "Your hand is raised",
  ownHandDown: "Your hand is down",
  reacts: (name: string, reaction: string) => `${name} reacts: ${reaction}`,
  youReact: (reaction: string) => `You react: ${reaction}`,
  reactions: {
    yes: "thumbs up",
    no: "thumbs down",
    applause: "applause",
    heart: "heart",
    laugh: "laughter",
    surprise: "surprise",
  },
  offers: (name: string, label: string) => `${name} offers ${label}`,
  anImage: "an image",
  chatFrom: (name: string, text: string) => `${name}: ${text}`,
  shared: (label: string) => `You share ${label}`,
  notShared: (label: string) => `${label} is no longer shared`,
  ...enOfIdentities,
};
