// SPDX-License-Identifier: AGPL-3.0-only
/** Every number that bounds what a peer or a server can make a client hold. */

export const limits = {
  /** Largest frame sent to a server that announced no limit of its own, in bytes. */
  messageBytes: 1_048_576,
  /** Characters of a name or label that are kept. */
  nameLength: 100,
  /** Characters of a resource's label, long enough for any file's name. */
  labelLength: 255,
  /** Characters of a chat message. */
  chatLength: 20_000,
  /** Characters of an id of a resource, an instance or a feature. */
  idLength: 256,
  /** Characters of a candidate; those of browsers have some hundreds. */
  candidateLength: 2048,
  /** Characters of a preview, a `data:` URL (V1). */
  previewLength: 65_536,
  /** Previews of one peer: those that are kept, and those that are taken in within `times.previews` (V3). */
  previews: 8,
  /** Proofs in one `resume_proof` (R3). */
  proofs: 16,
  /** Features of one peer. */
  features: 64,
  /** Resources of one peer, and own ones, by kind: a dropped folder can have ten thousand files (M7). */
  resources: { track: 64, file: 16_384, port: 256 } as Readonly<Record<string, number>>,
  /** How often a peer may say something else of one resource; later changes are ignored. */
  relabels: 16,
  /** Resources of each kind that a peer may offer one after the other; more are ignored. */
  offers: 50_000,
  /** Own files that are told before a pause (M7). */
  offersAtOnce: 40,
  /** Peers in one room; more are ignored. */
  peers: 256,
  /** Messages held for an id that waits (L4, L7); more are dropped. */
  heldMessages: 20_000,
  /** Chat messages kept for a peer that is away for a moment, and own ones that the server has not confirmed (M6). */
  missedChats: 32,
  /** Ids of lines of others that are kept, to show each line once (M6). */
  heardLines: 1024,
  /** Characters of all messages that are held for one such id. */
  heldCharacters: 2_097_152,
  /** Characters of all images that the chat keeps. */
  chatImages: 50_000_000,
  /** Rooms watched at once; more are not counted. */
  watchedRooms: 100,
  /** Own candidates kept to be said again (L6). */
  candidates: 64,
  /** Descriptions and candidates that wait for an operation (N6). */
  negotiationInbox: 256,
  /** Characters of all that waits for an operation (N6). */
  inboxLength: 1_048_576,
  /** Characters of a description (N10); a call of eight streams has some 20 000. */
  descriptionLength: 262_144,
  /** Media sections of a description, those that are out of use included (N10). */
  mediaSections: 256,
  /** Media sections that are in use (N10). */
  activeMediaSections: 64,
  /** Candidates of one description, those inside it included (N10). */
  remoteCandidates: 128,
  /** New connections that a peer may begin within `times.newConnections` (N10). */
  newConnections: 8,
  /** Failed descriptions in a row after which a connection is given up (N7). */
  negotiationFailures: 5,
} as const;

/** Pauses and patience, in milliseconds. */
export const times = {
  /** A peer without signaling is waited for this long (L2). */
  away: 30_000,
  /** A member may take this long to prove that it is a peer that was here before (R4). */
  prove: 5_000,
  /** Within which a peer may begin only so many new connections (N10). */
  newConnections: 60_000,
  /** Between portions of own files: they take half of what a server lets through, 200 messages a second (M7). */
  offers: 400,
  /** An id that does not identify itself is announced after this (L7). */
  appear: 3_000,
  /** Between two stills of a video, before the first, and at least between two copies on average (V2). */
  preview: 8_000,
  firstPreview: 1_000,
  previewCopy: 500,
  /** Within which only so many previews of a peer are taken in (V3). */
  previews: 1_000,
  /** Between pings (S6). */
  ping: 30_000,
  /** A connection that lives this long counts as working, so that the pauses begin anew. */
  settled: 5_000,
  /** First and longest pause before connecting or restarting again (L1, N9). */
  firstPause: 500,
  longestPause: 10_000,
} as const;

/** The pause before try number `attempt` (0, 1, …), doubling up to a longest one. */
export function pauseBefore(attempt: number): number {
  return Math.min(times.firstPause * 2 ** attempt, times.longestPause);
}
