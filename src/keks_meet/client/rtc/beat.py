# SPDX-License-Identifier: AGPL-3.0-only
"""The channels on which both ends of a connection say that the way works [N17]. Decides nothing about the way."""

import contextlib
from collections.abc import Callable
from typing import Final

import webrtc

__all__ = ["FEATURE", "Beat"]

FEATURE: Final = "beat"
"""The feature of peers that know beats."""
_PROTOCOL: Final = "keks-meet.beat"
_MOST: Final = 2
"""The channels that a connection ever has: each end may open one."""


class Beat:
    """The channels of one connection."""

    def __init__(
        self, connection: webrtc.RTCPeerConnection, heard: Callable[[str], None], ended: Callable[[], None]
    ) -> None:
        """Beat on ``connection``.

        ``heard`` is given what the other end says, and ``ended`` called when it can say nothing any more.
        """
        self._connection = connection
        self._heard = heard
        self._ended = ended
        self._channels: list[webrtc.RTCDataChannel] = []
        self._count = 0

    def open(self) -> None:
        """Open the channel of this end, if there is none: best before an offer is made, which then holds it."""
        is_possible = not self._channels and self._count < _MOST
        if not is_possible or self._connection.signaling_state != webrtc.RTCSignalingState.stable:
            return
        # A beat that is late helps nobody.
        init = webrtc.RTCDataChannelInit(protocol=_PROTOCOL, ordered=False, max_retransmits=0)
        self._keep(self._connection.create_data_channel("", init))

    def takes(self, channel: webrtc.RTCDataChannel) -> bool:
        """Take a channel that the other end opened; return whether it is one for beats."""
        if channel.protocol != _PROTOCOL or self._count >= _MOST:
            return False
        self._keep(channel)
        return True

    def say(self, text: str) -> None:
        """Say a beat, twice.

        An engine acknowledges the second of two packets at once, and one that comes alone after 200 ms. Whatever it
        would send again meanwhile, since a router has lost it, does not leave.
        """
        is_open = webrtc.RTCDataChannelState.open
        channel = next((each for each in self._channels if each.ready_state == is_open), None)
        if channel is None:
            return
        # A channel may close at any time.
        with contextlib.suppress(webrtc.InvalidStateError, webrtc.OperationError):
            for _ in range(2):
                channel.send(text)

    def _keep(self, channel: webrtc.RTCDataChannel) -> None:
        self._count += 1
        self._channels.append(channel)
        channel.on("message", lambda event: self._arrived(event.data))
        channel.on("close", lambda _: self._closed())

    def _closed(self) -> None:
        self._channels = [each for each in self._channels if each.ready_state != webrtc.RTCDataChannelState.closed]
        if not self._channels:
            self._ended()

    def _arrived(self, data: object) -> None:
        if isinstance(data, str):
            self._heard(data)
