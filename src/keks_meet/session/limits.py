# SPDX-License-Identifier: AGPL-3.0-only
"""What bounds that which a peer or a server can make a client hold, and how long a client waits.

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from typing import Final

MESSAGE_BYTES: Final = 1_048_576
"""The largest frame sent to a server that announced no limit of its own [S3]."""

SILENT_MOMENTS: Final = 3
"""Moments without a sign after which the second probe is missing; the largest frame takes almost as long at 300 kbit/s
[L8].
"""

MOMENT_BYTES: Final = 163_840
"""Bytes that the slowest way carries in a moment: for each such piece under way one more moment is waited [L8]."""

EXTRA_MOMENTS: Final = 12
"""Moments that are waited for what is under way, at most [L8]."""

PEERS: Final = 256
"""Peers in one room; more are ignored [M7]."""

OWN_IDS: Final = 16
"""Own former ids that are kept, the latest ones [L1]."""

SHOWN_TEXT_BYTES: Final = 65_536
"""Bytes of a text that is shown in place of being stored [F13]."""

RESOURCES: Final = {"track": 64, "file": 16384, "port": 256}
"""Resources of one peer, and own ones, by kind: a dropped folder can have ten thousand files [M7]."""

RELABELS: Final = 16
"""Changes of one resource that a peer may announce; later ones are ignored [N10]."""

OFFERS: Final = 50_000
"""Resources of each kind that a peer may offer one after the other; more are ignored [N10]."""

OFFERS_AT_ONCE: Final = 40
"""Own files that are told before a pause of `OFFERS_MS` [M7]."""

WAITING_MESSAGES: Final = 20_000
"""Own messages that wait for the keys of a pair; more are dropped [Y12]."""

HELLOS: Final = 16
"""Hellos of one member that are answered within `REKEY_MS` [Y11]."""

RENEWALS: Final = 3
"""Renewals in a row without newer keys after which a person is warned of a member that goes on speaking: slow ways lose
one now and then [Y11].
"""

ROSTER_REPEATS: Final = 4
"""Pauses of `ROSTER_MS` after which a roster is said again that has not changed [Y16]."""

DOUBT_PAUSES: Final = 8
"""Pauses of `ROSTER_MS` without a word of a member that is said to have said more than has come [Y18]."""

UNHEARD_PAUSES: Final = 12
"""Pauses after a roster without a word of a member whose direct way brings something [Y18]."""

STATEMENTS: Final = 1_024
"""Statements of names that are kept, those of members that have left included [Y15]."""

NAMES: Final = 16
"""Names of one member that are compared with what others have heard; twice as many own ones are said [Y15] [Y18]."""

ROSTER_CHECKS: Final = 8
"""Statements of one answer whose signatures are verified [Y17]."""

CODE_ABORTS: Final = 3
"""Runs that a member may spoil before it takes part in no more of them [Y22]."""

MISSED_CHATS: Final = 32
"""Chat messages kept for a peer that is away for a moment, and own ones that the server has not confirmed [M6]."""

HEARD_LINES: Final = 1_024
"""Ids of lines of others that are kept, to show each line once [M6]."""

CANDIDATES: Final = 64
"""Own candidates kept to be said again [L6]."""

NEGOTIATION_INBOX: Final = 256
"""Descriptions and candidates that wait for an operation [N6] [N10]."""

INBOX_CHARACTERS: Final = 1_048_576
"""Characters of all that waits for an operation [N6] [N10]."""

OPENING_PORTS: Final = 512
"""Connections to own ports that are opened anew when a peer connection that did not get up is renewed [N4]."""

DESCRIPTION_CHARACTERS: Final = 262_144
"""Characters of a description; a call of eight streams has some 20 000 [N10]."""

MEDIA_SECTIONS: Final = 256
"""Media sections of a description, those that are out of use included [N10]."""

ACTIVE_MEDIA_SECTIONS: Final = 64
"""Media sections that are in use [N10]."""

REMOTE_CANDIDATES: Final = 128
"""Candidates of one description, those inside it included [N10]."""

NEW_CONNECTIONS: Final = 8
"""New connections that a peer may begin within `NEW_CONNECTIONS_MS` [N10]."""

ENDED_ORIGINS: Final = 512
"""Peers' connections that ended here, whose offers are still known to be outdated [N8]."""

NEGOTIATION_FAILURES: Final = 5
"""Failed descriptions in a row after which a connection is given up [N7]."""

GESTURES: Final = 8
"""Raised and lowered hands and reactions of one peer that are taken in within `GESTURES_MS` [M12]."""

OWN_GESTURES: Final = 4
"""Own ones that are said within `GESTURES_MS`; half of what others take, so that no such time at their end holds more
[M12].
"""

RECORDINGS: Final = 8
"""Beginnings and ends of recordings of one peer that are taken in within `RECORDINGS_MS`; further beginnings count all
the same [M13].
"""

OWN_RECORDINGS: Final = 4
"""Own ones that begin within `RECORDINGS_MS`: with their ends no more than others take [M13]."""

IMAGE_COPIES_BYTES: Final = 4_194_304
"""All copies of an image of the chat together, of which each member that is sealed for gets one [Y12]."""

FILE_MESSAGE_BYTES: Final = 32_768
"""A binary message of a file that every client takes [F1]."""

LARGE_FILE_MESSAGE_BYTES: Final = 131_072
"""The same between ends with `file-credit`: measured fastest, between programs and between browsers [F5]."""

CREDIT_AHEAD_BYTES: Final = 3_145_728
"""Distance that a sender may be ahead of the writing, of all that comes over one connection: with more, engines lose
what they cannot hold [F5].
"""

PORT_AHEAD_BYTES: Final = 262_144
"""Distance that the writer of a direction which has carried little may be ahead [P4]."""

PORT_BUFFER_BYTES: Final = 262_144
"""Bytes that may wait in the channel of a connection to a port: what is said waits behind them [P4]."""

PORT_FIRST_BYTES: Final = 65_536
"""Bytes of one direction of a connection to a port that need no credit: the first ones wait for nobody [P4]."""

DIRECT_FROM_BYTES: Final = 4_194_304
"""Rest of a file, or bytes of a direction so far, from which on TCP is worth its handshake [F14] [P5]."""

KEPT_BYTES: Final = 16_777_216
"""What a sender keeps of what it has sent over TCP, until it has come [F15]."""

RECEIVED_STEP_BYTES: Final = 1_048_576
"""After so many bytes over TCP the receiver says what it has [F15]."""

DIRECT_DIALS: Final = 32
"""Addresses of one peer that are dialed within a minute [F14]."""

ALL_DIRECT_DIALS: Final = 128
"""The same of all peers together [F14]."""

DIRECT_CONNECTIONS: Final = 8
"""Connections that one transfer takes a look at [F14]."""

DIRECT_TRANSFERS: Final = 8
"""Transfers of a process over TCP at a time; others stay on their channels [F14]."""

CREDIT_STEPS: Final = 4
"""The steps in which that distance is covered anew: often enough never to stop a fast sender [F5]."""

MISSING_BEATS: Final = 4
"""Pauses without a beat after which a way is in doubt: of ten packets one may be lost [N17]."""

DOUBTS: Final = 30
"""Doubts of the way to a peer within a moment that are acted on: a peer can make its sound come and go [N15]."""

UNHEARD_CHANNELS: Final = 16
"""Channels of one download that may bring nothing before it is cut short: each asks once more [F8]."""

PING_MS: Final = 30_000
"""The pause between two pings [S6]."""

SETTLED_MS: Final = 5_000
"""A connection that lives this long counts as working, so that the pauses begin anew [L1]."""

FIRST_PAUSE_MS: Final = 500
"""The first pause before connecting or restarting again [L1] [N9]."""

LONGEST_PAUSE_MS: Final = 10_000
"""The longest pause before connecting or restarting again [L1] [N9]."""

CONNECT_MS: Final = 10_000
"""The time after which a connection that is being made is given up: the way it was begun on may be gone [L1]."""

PROBE_MS: Final = 10_000
"""The pause between two probes; a probe that is out for two such moments is missing [L8]."""

DOUBT_MS: Final = 700
"""The time in which the server has to be heard once the way to it, or to a peer, is in doubt [L8]."""

ATTEMPT_MS: Final = 30_000
"""The time after which a connection that does not come up has failed, whatever its engine says [N9]."""

PATH_SILENCE_MS: Final = 1_000
"""The time without a packet of the sound that came in, after which a way is in doubt [N15]."""

BEAT_MS: Final = 250
"""The pause between two looks whether something still comes, and between two beats [N15] [N17]."""

LONGEST_BEAT_MS: Final = 5_000
"""The longest pause between two beats that is taken [N17]."""

LATE_LOOK_MS: Final = 500
"""A look at a way that comes so long after the one before may be ahead of beats that wait [N17]."""

DOUBTS_MS: Final = 60_000
"""The time within which only so many doubts of the way to a peer count [N15]."""

LASTING_DOUBT_MS: Final = 5_000
"""The time after which a way that is still in doubt is looked for once more [N15]."""

GIVE_WAY_MS: Final = 500
"""The time that the polite side leaves to the other one to look for another way [N15]."""

AWAY_MS: Final = 30_000
"""The time that a peer without signaling is waited for [L2]."""

APPEAR_MS: Final = 3_000
"""The time after which an id that does not identify itself is announced [L7]."""

PROVE_MS: Final = 5_000
"""The time that a member may take to prove its credential under new keys [Y11]."""

GAP_MS: Final = 5_000
"""The time after which new keys are asked for, when a sealed message has not opened [Y13]."""

REKEY_MS: Final = 600_000
"""The time after which each pair gets new keys [Y11]."""

ROSTER_CHANGE_MS: Final = 5_000
"""The time after a change in which others may change, too, before the roster is said [Y16]."""

ROSTER_MS: Final = 15_000
"""The pause after a roster was said [Y16]."""

ROSTER_MEMBER_MS: Final = 500
"""For each member the pause after a roster is at least this long [Y16]."""

CODE_MS: Final = 15_000
"""The time in which each member of a run commits; half of what nonces may take [Y21]."""

CODE_ASKED_MS: Final = 20_000
"""The time that who was asked waits for commitments: who has started the run decides first [Y21]."""

CODE_PAUSE_MS: Final = 10_000
"""The pause between two runs that are started here [Y22]."""

CODE_REST_MS: Final = 5_000
"""The time in which a second run of others is not taken part in; half of what one waits oneself [Y22]."""

NEW_CONNECTIONS_MS: Final = 60_000
"""The time within which a peer may begin only so many new connections [N10]."""

LATE_STREAM_MS: Final = 5_000
"""The time after which a track of one of the original's clients that was asked for is late [N13]."""

OFFERS_MS: Final = 400
"""The pause between portions of own files: they take half of what a server lets through, 200 messages a second [M7]."""

GESTURES_MS: Final = 10_000
"""The time within which only so many gestures are said or taken in [M12]."""

RECORDINGS_MS: Final = 10_000
"""The time within which only so many recordings begin and end, or are taken in [M13]."""

REPEAT_MS: Final = 5_000
"""While a file is stored, its receiver repeats the credit so often [F11]."""

SILENCE_MS: Final = 20_000
"""A receiver that says nothing for so long after the end has failed: four repetitions [F11]."""

STORING_MS: Final = 900_000
"""A receiver that stores for longer has failed, whatever it says [F11]."""

STORED_CLOSE_MS: Final = 10_000
"""The time that a sender may take to close once it was told that the file is stored [F11]."""

SENT_CLOSE_MS: Final = 2_000
"""The time that a receiver without `file-stored` may take to close once everything has gone out: the original's clients
wait for the sender [F12].
"""

DIRECT_MS: Final = 10_000
"""The time within which two ends find each other over TCP [F14]."""

DIRECT_ANSWER_MS: Final = 30_000
"""The time that the other end has to tell where it listens: what it says may wait behind bytes [F14]."""

DIRECT_GREETING_MS: Final = 3_000
"""The time that whoever connects has for the handshake and the token [F14]."""

BACK_MS: Final = 20_000
"""The time that a receiver has to say what has come [F16]."""

DIRECT_STALL_MS: Final = 5_000
"""The time in which nothing comes over TCP after which it is over [F16]."""

DIRECT_IDLE_MS: Final = 30_000
"""The time without a byte after which a direction gives up its TCP connection: others may need its place [P5]."""

PORT_BUSY_MS: Final = 1_000
"""The time since its last byte in which a direction counts among those that share the credit [P4]."""

RECEIVED_PAUSE_MS: Final = 50
"""After such a pause the receiver says what it has [F15]."""

STALL_MS: Final = 14_000
"""The time without a byte that is standing still: what is told then is told within 15 s [F12]."""
