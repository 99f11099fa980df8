// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Pauses and patience, in milliseconds.
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

/** The pause between two pings (S6). */
export const ping = 30_000;
/** A connection that lives this long counts as working, so that the pauses begin anew (L1). */
export const settled = 5_000;
/** The first pause before connecting or restarting again (L1, N9). */
export const firstPause = 500;
/** The longest pause before connecting or restarting again (L1, N9). */
export const longestPause = 10_000;
/** The time after which a connection that is being made is given up: the way it was begun on may be gone (L1). */
export const connect = 10_000;
/** The pause between two probes; a probe that is out for two such moments is missing (L8). */
export const probe = 10_000;
/** The time in which the server has to be heard once the way to it, or to a peer, is in doubt (L8). */
export const doubt = 700;
/** The time after which a connection that does not come up has failed, whatever its engine says (N9). */
export const attempt = 30_000;
/** The time without a packet of the sound that came in, after which a way is in doubt (N15). */
export const pathSilence = 1_000;
/** The pause between two looks whether something still comes, and between two beats (N15, N17). */
export const beat = 250;
/** The longest pause between two beats that is taken (N17). */
export const longestBeat = 5_000;
/** The pause that the beats of a page promise: it stands still for a moment now and then (N17). */
export const pageBeat = 500;
/** The same of a page that nobody sees: browsers let it look once a second (N17). */
export const hiddenBeat = 2_000;
/** A look at a way that comes so long after the one before may be ahead of beats that wait (N17). */
export const lateLook = 500;
/** The time within which only so many doubts of the way to a peer count (N15). */
export const doubts = 60_000;
/** The time after which a way that is still in doubt is looked for once more (N15). */
export const lastingDoubt = 5_000;
/** The time that the polite side leaves to the other one to look for another way (N15). */
export const giveWay = 500;
/** The time that a peer without signaling is waited for (L2). */
export const away = 30_000;
/** The time after which an id that does not identify itself is announced (L7). */
export const appear = 3_000;
/** The time that a member may take to prove its credential under new keys (Y11). */
export const prove = 5_000;
/** The time after which new keys are asked for, when a sealed message has not opened (Y13). */
export const gap = 5_000;
/** The time after which each pair gets new keys (Y11). */
export const rekey = 600_000;
/** The time after a change in which others may change, too, before the roster is said (Y16). */
export const rosterChange = 5_000;
/** The pause after a roster was said (Y16). */
export const roster = 15_000;
/** For each member the pause after a roster is at least this long (Y16). */
export const rosterMember = 500;
/** The time in which each member of a run commits; half of what nonces may take (Y21). */
export const code = 15_000;
/** The time that who was asked waits for commitments: who has started the run decides first (Y21). */
export const codeAsked = 20_000;
/** The pause between two runs that are started here (Y22). */
export const codePause = 10_000;
/** The time in which a second run of others is not taken part in; half of what one waits oneself (Y22). */
export const codeRest = 5_000;
/** The time within which a peer may begin only so many new connections (N10). */
export const newConnections = 60_000;
/** The time after which a track of one of the original's clients that was asked for is late (N13). */
export const lateStream = 5_000;
/**
 * The pause between portions of own files: they take half of what a server lets through, 200 messages a second (M7).
 */
export const offers = 400;
/** The pause between two stills of a video (V2). */
export const preview = 8_000;
/** Before the first still of a video (V2). */
export const firstPreview = 1_000;
/** At least between two copies of stills, on average (V2). */
export const previewCopy = 500;
/** The time within which only so many previews of a peer are taken in (V3). */
export const previews = 1_000;
/** The time within which only so many gestures are said or taken in (M12). */
export const gestures = 10_000;
/** The time within which only so many recordings begin and end, or are taken in (M13). */
export const recordings = 10_000;
/** While a file is stored, its receiver repeats the credit so often (F11). */
export const repeat = 5_000;
/** A receiver that says nothing for so long after the end has failed: four repetitions (F11). */
export const silence = 20_000;
/** A receiver that stores for longer has failed, whatever it says (F11). */
export const storing = 900_000;
/** The time that a sender may take to close once it was told that the file is stored (F11). */
export const storedClose = 10_000;
/**
 * The time that a receiver without `file-stored` may take to close once everything has gone out: the original's
 * clients wait for the sender (F12).
 */
export const sentClose = 2_000;
/** The time without a byte that is standing still: what is told then is told within 15 s (F12). */
export const stall = 14_000;
/** The time without a byte after which the first credit is said again (F5). */
export const lostCredit = 500;
/** The life that made a channel worth its request, whatever it brought (F7). */
export const fruitful = 10_000;
