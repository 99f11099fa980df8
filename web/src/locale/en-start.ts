// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the start page in English. */

export const enOfStart = {
  tagline: "Meet privately. Share a link, talk peer to peer; the server cannot listen.",
  roomName: "Room name",
  joinRoom: "Join room",
  roomHint:
    "The link gets a random secret. Whoever has the link can join; nobody else, not even the server, can listen.",
  noQuestionMark: "A room name cannot contain a question mark.",
};
