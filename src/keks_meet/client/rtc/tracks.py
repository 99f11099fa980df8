# SPDX-License-Identifier: AGPL-3.0-only
"""The tracks that one peer connection sends: which transceiver takes which."""

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

import webrtc
from msgspec import Struct

__all__ = ["MediaStream", "SentTracks"]

MediaStream: TypeAlias = webrtc.MediaStream

_IDLE: Final = frozenset({webrtc.RTCRtpTransceiverDirection.inactive, webrtc.RTCRtpTransceiverDirection.recvonly})


class _SentStream(Struct):
    """A stream, and the senders of its tracks."""

    stream: MediaStream
    senders: list[webrtc.RTCRtpSender]


class SentTracks:
    """The tracks that a connection sends, by the id of their stream; negotiation follows each change by itself."""

    def __init__(
        self, connection: webrtc.RTCPeerConnection, start: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        """Send on ``connection``; ``start`` lets something run that ends with it."""
        self._connection = connection
        self._start = start
        self._sent: dict[str, _SentStream] = {}

    def attach(self, stream: MediaStream) -> None:
        """Send a stream's tracks."""
        self._sent[stream.id] = _SentStream(stream, [self._send(track, stream) for track in stream.get_tracks()])

    def detach(self, stream_id: str) -> None:
        """Stop sending a stream's tracks."""
        senders = self._senders_of(stream_id)
        self._sent.pop(stream_id, None)
        for sender in senders:
            self._connection.remove_track(sender)
            self._make_idle(sender)

    def name_streams(self) -> None:
        """Tell the engine again to which stream each sender belongs.

        With each description that is set, the engine goes back to a sender's first stream and says that one in the
        next: the peer would show a picture under another's name, or not at all. To be called right before a
        description is made and right after it is set, so that the engine finds nothing new to negotiate either.
        """
        for sent in self._sent.values():
            for sender in sent.senders:
                sender.set_streams(sent.stream)

    def _senders_of(self, stream_id: str) -> list[webrtc.RTCRtpSender]:
        sent = self._sent.get(stream_id)
        return [] if sent is None else sent.senders

    def _send(self, track: webrtc.MediaStreamTrack, stream: MediaStream) -> webrtc.RTCRtpSender:
        """Send a track in the place of one of its kind that is not sent any more, else in a new one [N10]."""
        free = next((each for each in self._connection.get_transceivers() if _is_free(each, track)), None)
        if free is None:
            return self._connection.add_track(track, stream)
        free.sender.set_streams(stream)
        self._start(self._replace(free.sender, track, stream.id))
        is_receiving = free.direction == webrtc.RTCRtpTransceiverDirection.recvonly
        free.direction = (
            webrtc.RTCRtpTransceiverDirection.sendrecv if is_receiving else webrtc.RTCRtpTransceiverDirection.sendonly
        )
        return free.sender

    async def _replace(self, sender: webrtc.RTCRtpSender, track: webrtc.MediaStreamTrack, stream_id: str) -> None:
        """Give a track to a sender, unless its stream was detached before this began, or while it lasted."""
        # Replacing fails where the connection was closed meanwhile.
        with contextlib.suppress(webrtc.InvalidStateError):
            if sender in self._senders_of(stream_id):
                await sender.replace_track(track)
            if sender not in self._senders_of(stream_id):
                await sender.replace_track(None)

    def _make_idle(self, sender: webrtc.RTCRtpSender) -> None:
        """Let the transceiver of a sender send nothing: removing a track that is not there yet leaves it as it is."""
        way = webrtc.RTCRtpTransceiverDirection
        for transceiver in self._connection.get_transceivers():
            if transceiver.sender == sender and transceiver.direction not in _IDLE:
                transceiver.direction = way.recvonly if transceiver.direction == way.sendrecv else way.inactive


def _is_free(transceiver: webrtc.RTCRtpTransceiver, track: webrtc.MediaStreamTrack) -> bool:
    """Tell whether a transceiver sends nothing, as the peer knows already: else it would bring no new track there."""
    is_of_kind = transceiver.receiver.track.kind == track.kind
    is_idle = transceiver.direction in _IDLE and transceiver.current_direction in _IDLE
    return transceiver.sender.track is None and is_of_kind and is_idle
