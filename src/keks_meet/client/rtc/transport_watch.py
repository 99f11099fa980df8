# SPDX-License-Identifier: AGPL-3.0-only
"""The watch on a connection's transports: which way packets take, and that the other side closed the connection."""

from collections.abc import Callable

import webrtc

from keks_meet.session.way import Way, WayEnd, way_between

__all__ = ["TransportWatch"]


class TransportWatch:
    """Watches the DTLS transports of one connection: one at a time, since all is bundled."""

    def __init__(
        self, connection: webrtc.RTCPeerConnection, closed: Callable[[], None], path_found: Callable[[Way], None]
    ) -> None:
        """Call ``closed`` when the other side closed the connection, and ``path_found`` with the way of packets."""
        self._connection = connection
        self._closed = closed
        self._path_found = path_found
        self._watched: list[webrtc.RTCDtlsTransport] = []
        # Whether the transport closed while an offer was taken that may replace it.
        self._may_be_replaced = False
        self._is_over = False
        connection.on("signalingstatechange", lambda _: self._signaling_changed())

    def look(self) -> None:
        """Watch the transport in use: closing a connection closes that, which is all that the other side is told."""
        transport = self.used
        if transport is None or transport in self._watched:
            return
        self._watched.append(transport)
        transport.on("statechange", lambda _: self._changed(transport))
        # The first way is not the last: the engine goes on looking for a better one.
        transport.ice_transport.on("selectedcandidatepairchange", lambda _: self.find_path())
        self._changed(transport)

    def described(self) -> None:
        """Look again: a description of the other side may have replaced the transport."""
        if self._watched:
            self.look()

    def find_path(self) -> None:
        """Look how packets go, where the engine tells."""
        ice = self._watched[-1].ice_transport if self._watched and not self._is_over else None
        pair = ice.get_selected_candidate_pair() if ice else None
        if pair is not None:
            self._path_found(way_between(_end_of(pair.local), _end_of(pair.remote)))

    def end(self) -> None:
        """Watch no more: the connection is closed at this side."""
        self._is_over = True

    @property
    def used(self) -> webrtc.RTCDtlsTransport | None:
        """The transport that media and channels go over; none where everything was taken away."""
        sctp = self._connection.sctp
        receivers = [each.receiver.transport for each in self._connection.get_transceivers() if each.current_direction]
        return next((found for found in receivers if found), sctp.transport if sctp else None)

    def _changed(self, transport: webrtc.RTCDtlsTransport) -> None:
        if transport.state == webrtc.RTCDtlsTransportState.closed:
            self._look_for_end()

    def _signaling_changed(self) -> None:
        if self._may_be_replaced and not self._is_taking_offer():
            self._look_for_end()

    def _look_for_end(self) -> None:
        """Tell the end, unless another transport takes the place of the one that is closed [N14].

        The original stops the transceiver that all others hang on, and the engine replaces the transport then, while it
        takes the offer that says so. An own offer that is out replaces nothing.
        """
        if self._is_over:
            return
        used = self.used
        is_closed = used is not None and used.state == webrtc.RTCDtlsTransportState.closed
        self._may_be_replaced = self._is_taking_offer()
        if is_closed and not self._may_be_replaced:
            self._closed()
        else:
            self.look()

    def _is_taking_offer(self) -> bool:
        return self._connection.signaling_state == webrtc.RTCSignalingState.have_remote_offer


def _end_of(candidate: webrtc.RTCIceCandidate) -> WayEnd:
    """Return an end of a way, of which an engine may leave out everything."""
    kind, transport = (getattr(each, "value", None) for each in (candidate.type, candidate.relay_protocol))
    return WayEnd(str(kind), candidate.address, transport)
