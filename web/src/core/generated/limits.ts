// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What bounds packets, messages, and what others can make a client hold.
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

/** The largest integer on the wire: what JavaScript keeps exactly (S2). */
export const maxInteger = 9_007_199_254_740_991;
/** Length of a room hash; ours have 64, the original takes any text (M8). */
export const roomHashLength = 128;
/** Characters that are kept of a peer's name (M8). */
export const nameLength = 100;
/** Characters that are kept of a resource's label: enough for any file's name (M8). */
export const labelLength = 255;
/** Length of an id of a resource, an instance or a feature (M8). */
export const idLength = 256;
/** Features that one peer or server may announce (M8). */
export const features = 64;
/** Length of a candidate; those of engines have some hundreds (M8). */
export const candidateLength = 2_048;
/** The largest index of a media section (M8). */
export const lineIndex = 65_535;
/** Length of a text in chat (M7, M8). */
export const chatLength = 20_000;
/** Length of a still, a `data:` URL (V1). */
export const previewLength = 65_536;
/** Entries of a roster, and of its lists (Y16). */
export const roster = 512;
/** Members that a code of the room is made of, oneself included (Y20). */
export const codeMembers = 256;
/** Addresses that one end listens at for one transfer (F14). */
export const directAddresses = 8;
/** The largest port of TCP (F14). */
export const port = 65_535;
/** Length of a control on a file channel; the longest one, `direct`, has some 1300 (F3). */
export const fileTextLength = 4_096;
/** The largest frame sent to a server that announced no limit of its own (S3). */
export const messageBytes = 1_048_576;
/** Rooms watched at once; more are not counted (S8). */
export const watchedRooms = 100;
/**
 * Moments without a sign after which the second probe is missing; the largest frame takes almost as long at 300
 * kbit/s (L8).
 */
export const silentMoments = 3;
/** Bytes that the slowest way carries in a moment: for each such piece under way one more moment is waited (L8). */
export const momentBytes = 163_840;
/** Moments that are waited for what is under way, at most (L8). */
export const extraMoments = 12;
/** Peers in one room; more are ignored (M7). */
export const peers = 256;
/** Own former ids that are kept, the latest ones (L1). */
export const ownIds = 16;
/** Resources of one peer, and own ones, by kind: a dropped folder can have ten thousand files (M7). */
export const resources: Readonly<Record<string, number>> = { track: 64, file: 16_384, port: 256 };
/** Changes of one resource that a peer may announce; later ones are ignored (N10). */
export const relabels = 16;
/** Resources of each kind that a peer may offer one after the other; more are ignored (N10). */
export const offers = 50_000;
/** Own files that are told before a pause of `times.offers` (M7). */
export const offersAtOnce = 40;
/** Own messages that wait for the keys of a pair; more are dropped (Y12). */
export const waitingMessages = 20_000;
/** Hellos of one member that are answered within `times.rekey` (Y11). */
export const hellos = 16;
/**
 * Renewals in a row without newer keys after which a person is warned of a member that goes on speaking: slow ways
 * lose one now and then (Y11).
 */
export const renewals = 3;
/** Pauses of `times.roster` after which a roster is said again that has not changed (Y16). */
export const rosterRepeats = 4;
/** Pauses of `times.roster` without a word of a member that is said to have said more than has come (Y18). */
export const doubtPauses = 8;
/** Pauses after a roster without a word of a member whose direct way brings something (Y18). */
export const unheardPauses = 12;
/** Statements of names that are kept, those of members that have left included (Y15). */
export const statements = 1_024;
/** Names of one member that are compared with what others have heard; twice as many own ones are said (Y15, Y18). */
export const names = 16;
/** Statements of one answer whose signatures are verified (Y17). */
export const rosterChecks = 8;
/** Runs that a member may spoil before it takes part in no more of them (Y22). */
export const codeAborts = 3;
/** Chat messages kept for a peer that is away for a moment, and own ones that the server has not confirmed (M6). */
export const missedChats = 32;
/** Ids of lines of others that are kept, to show each line once (M6). */
export const heardLines = 1_024;
/** Characters of all images that the chat keeps (M4). */
export const chatImages = 50_000_000;
/** Previews of one peer: those that are kept, and those that are taken in within `times.previews` (V3). */
export const previews = 8;
/** Own candidates kept to be said again (L6). */
export const candidates = 64;
/** Descriptions and candidates that wait for an operation (N6, N10). */
export const negotiationInbox = 256;
/** Characters of all that waits for an operation (N6, N10). */
export const inboxLength = 1_048_576;
/** Characters of a description; a call of eight streams has some 20 000 (N10). */
export const descriptionLength = 262_144;
/** Media sections of a description, those that are out of use included (N10). */
export const mediaSections = 256;
/** Media sections that are in use (N10). */
export const activeMediaSections = 64;
/** Candidates of one description, those inside it included (N10). */
export const remoteCandidates = 128;
/** New connections that a peer may begin within `times.newConnections` (N10). */
export const newConnections = 8;
/** Peers' connections that ended here, whose offers are still known to be outdated (N8). */
export const endedOrigins = 512;
/** Failed descriptions in a row after which a connection is given up (N7). */
export const negotiationFailures = 5;
/** Raised and lowered hands and reactions of one peer that are taken in within `times.gestures` (M12). */
export const gestures = 8;
/**
 * Own ones that are said within `times.gestures`; half of what others take, so that no such time at their end holds
 * more (M12).
 */
export const ownGestures = 4;
/**
 * Beginnings and ends of recordings of one peer that are taken in within `times.recordings`; further beginnings count
 * all the same (M13).
 */
export const recordings = 8;
/** Own ones that begin within `times.recordings`: with their ends no more than others take (M13). */
export const ownRecordings = 4;
/** All copies of an image of the chat together, of which each member that is sealed for gets one (Y12). */
export const imageCopiesBytes = 4_194_304;
/** A binary message of a file that every client takes (F1). */
export const fileMessageBytes = 32_768;
/** The same between ends with `file-credit`: measured fastest, between programs and between browsers (F5). */
export const largeFileMessageBytes = 65_536;
/**
 * Distance that a sender may be ahead of the writing, of all that comes over one connection: with more, engines lose
 * what they cannot hold (F5).
 */
export const creditAheadBytes = 3_145_728;
/** The steps in which that distance is covered anew: often enough never to stop a fast sender (F5). */
export const creditSteps = 4;
/** Pauses without a beat after which a way is in doubt: of ten packets one may be lost (N17). */
export const missingBeats = 4;
/**
 * Beats that promise nothing, once nothing goes over a connection: longer than bytes may stand for beats; then none
 * is said (N17).
 */
export const unusedBeats = 120;
/** Doubts of the way to a peer within a moment that are acted on: a peer can make its sound come and go (N15). */
export const doubts = 30;
/** Channels of one download that may bring nothing before it is cut short: each asks once more (F8). */
export const unheardChannels = 16;
/** Channels in a row that brought next to nothing, after which a download that goes on has failed (F7). */
export const fruitlessChannels = 3;
/** Bytes that made a channel worth its request (F7). */
export const fruitBytes = 1_048_576;
