# SPDX-License-Identifier: AGPL-3.0-only
"""Recordings: the own one, which others are told of, and those of peers [M13]."""

from collections.abc import Mapping

from keks_meet.protocol.fields import RecordingState
from keks_meet.protocol.relay_messages import Recording
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.facts import RecordingChanged
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Peer

__all__ = ["Recordings"]

_FEATURE = "recording"


class Recordings:
    """Who records."""

    def __init__(self, peers: Mapping[PeerKey, Peer], out: Outbox) -> None:
        self._peers = peers
        self._out = out
        # The own recording, once there was one.
        self._state: RecordingState | None = None
        # Own ones that began in the last moment.
        self._recent = 0

    def set(self, state: RecordingState) -> None:
        """Tell that an own recording begins or ends. Nothing may be kept before the fact is told."""
        if state == (self._state or "off") or (state == "on" and not self._may_begin()):
            return
        self._state = state
        for peer in self._peers.values():
            if _knows(peer):
                self._out.relay(peer, Recording(state))
        self._out.add(RecordingChanged(state))

    def met(self, peer: Peer) -> None:
        """Tell a peer that comes, or comes back, whether this client records."""
        if self._state is not None and _knows(peer):
            self._out.relay(peer, Recording(self._state))

    def heard(self, peer: Peer, recording: Recording) -> bool:
        """Tell whether what a peer says counts: of one that says much, beginnings do and ends do not."""
        if recording.state == peer.recording:
            return True
        if peer.recordings >= limits.RECORDINGS and recording.state == "off":
            return False
        peer.recordings += 1
        if peer.recordings == 1:
            self._out.start_timer("recordings", peer.key, limits.RECORDINGS_MS)
        peer.recording = recording.state
        self._out.add(RecordingChanged(peer.recording, peer.key))
        return True

    def due(self, peer: Peer | None) -> None:
        """Begin to count anew the recordings of a peer, or the own ones."""
        if peer is not None:
            peer.recordings = 0
        else:
            self._recent = 0

    def _may_begin(self) -> bool:
        if self._recent >= limits.OWN_RECORDINGS:
            return False
        self._recent += 1
        if self._recent == 1:
            self._out.start_timer("recordings", 0, limits.RECORDINGS_MS)
        return True


def _knows(peer: Peer) -> bool:
    return peer.credential is not None and _FEATURE in peer.features
