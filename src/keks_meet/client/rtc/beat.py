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
"""The channels of a connection: each end may have opened one."""


class Beat:
    """The channels of one connection."""

    def __init__(self, connection: webrtc.RTCPeerConnection, heard: Callable[[str], None]) -> None:
        """Beat on ``connection``; ``heard`` is given what the other end says."""
        self._connection = connection
        self._heard = heard
        self._channels: list[webrtc.RTCDataChannel] = []

    def open(self) -> None:
        """Open the channel of this end, once: best before an offer is made, which then holds it."""
        if self._channels or self._connection.signaling_state != webrtc.RTCSignalingState.stable:
            return
        # A beat that is late helps nobody.
        init = webrtc.RTCDataChannelInit(protocol=_PROTOCOL, ordered=False, max_retransmits=0)
        self._keep(self._connection.create_data_channel("", init))

    def takes(self, channel: webrtc.RTCDataChannel) -> bool:
        """Take a channel that the other end opened; return whether it is one for beats."""
        if channel.protocol != _PROTOCOL or len(self._channels) >= _MOST:
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
        self._channels.append(channel)
        channel.on("message", lambda event: self._arrived(event.data))

    def _arrived(self, data: object) -> None:
        if isinstance(data, str):
            self._heard(data)
