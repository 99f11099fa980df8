# SPDX-License-Identifier: AGPL-3.0-only
"""Peer connections on `wrtc`.

Carries out what a session orders and reports what happens; decides nothing. Everything happens on the running loop.
"""

import asyncio
import contextlib
import math
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Literal, Protocol, cast

import webrtc

from keks_meet.client.ice_servers import IceServers
from keks_meet.client.rtc import beat
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.rtc.tracks import MediaStream, SentTracks
from keks_meet.client.rtc.transport_watch import TransportWatch
from keks_meet.protocol.relay_messages import IceCandidate
from keks_meet.session.candidates import is_dialable, without_undialable
from keks_meet.session.descriptions import Description, passive_answer, robust_audio
from keks_meet.session.events import ConnectionState
from keks_meet.session.generations import begins_ice_anew
from keks_meet.session.hidden_address import hidden_address, hidden_candidate
from keks_meet.session.limits import LONGEST_BEAT_MS
from keks_meet.session.negotiation import (
    CandidateGathered,
    LocalDescriptionSet,
    NegotiationEvent,
    NegotiationNeeded,
    OperationFailed,
    RemoteDescriptionSet,
    RolledBack,
    SignalingState,
)
from keks_meet.session.negotiation_effects import (
    AddCandidate,
    EngineEffect,
    RollBack,
    SetLocalDescription,
    SetRemoteDescription,
)
from keks_meet.session.path_watch import ConnectWatch, PathWatch, own_beat
from keks_meet.session.way import Way

__all__ = ["LOOPBACK_SWITCH", "ConnectionListener", "PeerConnection"]

_OWN: Final = "instance"
"""The feature of clients that bundle all streams, whatever engine they have."""
_ROBUST: Final = "robust-audio"
"""The feature of peers that know descriptions that ask for lost packets of sound [N16]."""
_UNCONNECTED: Final = {"new", "connecting", "failed"}
"""States that the engine may stay in for ever: also failed, while an offer of another way is never answered."""
_ASSUMED_MAX_MESSAGE: Final = 65_536
"""The largest message that RFC 8841 assumes of a side that says nothing, in bytes."""
_LEAST_MAX_MESSAGE: Final = 16_384
"""The least that a side may say, in bytes: RFC 8831 has everybody take so much. Less is no use, and fails."""
LOOPBACK_SWITCH: Final = "WRTC_ALLOW_LOOPBACK"
"""The engine's own variable of the environment, for tests on one machine."""
_UNASKED_CHANNELS: Final = 64
"""The number of channels that nobody asked for after which a connection is closed: each costs the engine something."""


class ConnectionListener(Protocol):
    """A listener that a peer connection reports to."""

    def negotiated(self, event: NegotiationEvent) -> None:
        """Tell what the engine did, found or wants."""

    def state_changed(self, state: ConnectionState) -> None:
        """Tell W3C's connectionState."""

    def closed(self) -> None:
        """Tell that the other side closed the connection on purpose, or that it was closed here for its misuse."""

    def path_found(self, way: Way) -> None:
        """Tell the way that packets take."""

    def stream_arrived(self, stream: MediaStream) -> None:
        """Tell of a stream that is here, or has new tracks."""

    def knows(self, feature: str) -> bool:
        """Tell whether the peer has announced a feature."""

    def channel_arrived(self, channel: DataChannel) -> bool:
        """Tell of a data channel that the other side opened; its messages begin right after.

        Returns whether somebody had asked for it.
        """


class PeerConnection:
    """One RTCPeerConnection."""

    def __init__(self, ice_servers: IceServers, listener: ConnectionListener) -> None:
        self._ice_servers = ice_servers
        self._renewal = ice_servers.renewal()
        self._listener = listener
        self._is_bundled = listener.knows(_OWN)
        self._connection = webrtc.RTCPeerConnection(self._configuration())
        self._is_closed = False
        self._channels: set[DataChannel] = set()
        self._unasked = 0
        self._allows_loopback = LOOPBACK_SWITCH in os.environ
        self._operations: set[asyncio.Task[None]] = set()
        self._transports = TransportWatch(self._connection, listener.closed, listener.path_found)
        self._tracks = SentTracks(self._connection, self._start)
        self._connect_watch = ConnectWatch()
        self._path_watch = PathWatch()
        self._beat = beat.Beat(
            self._connection, lambda text: self._path_watch.beat(_now_ms(), text), self._path_watch.beats_ended
        )
        # Whether this side made the first offer: it opens the channel for beats, also once that is known to be wanted.
        self._has_offered = False
        # When a channel was opened here, whose bytes are to come.
        self._opened_at = -math.inf
        # The last sign of sound, and when it was seen.
        self._sound: tuple[float, float] | None = None
        self._listen()

    def carry_out(self, effect: EngineEffect) -> None:
        """Begin what a negotiation orders; the negotiation is told of the end."""
        match effect:
            case SetLocalDescription(passive):
                self._operate(self._set_passive_answer if passive else self._set_local_description)
            case SetRemoteDescription(description):
                self._renew_for(description)
                self._operate(lambda: self._set_remote_description(description))
            case RollBack():
                self._operate(self._roll_back)
            case AddCandidate(candidate):
                self._start(self._add_candidate(candidate))

    def restart_ice(self) -> None:
        """Look for another way to the peer; negotiation follows by itself."""
        self._renewal = self._ice_servers.renewal()
        self._connection.restart_ice()

    def _renew_for(self, description: Description) -> None:
        """Have credentials that last for an offer that begins ICE anew: the answer to it gathers candidates, too."""
        taken = self._connection.remote_description
        if description.type == "offer" and taken is not None and begins_ice_anew(description.sdp, taken.sdp):
            self._renewal = self._ice_servers.renewal() or self._renewal

    async def _renewed(self) -> None:
        """Wait for credentials that last, if these end soon. Nothing is gathered before the next own description."""
        renewal, self._renewal = self._renewal, None
        if renewal is None:
            return
        await asyncio.wait([renewal])
        with contextlib.suppress(Exception):  # whatever a server writes into its configuration; the old ones stay
            self._connection.set_configuration(self._configuration())

    def _configuration(self) -> webrtc.RTCConfiguration:
        """Return what holds now; how streams are bundled never changes."""
        ice = self._ice_servers
        bundling, policy = webrtc.RTCBundlePolicy, webrtc.RTCIceTransportPolicy
        return webrtc.RTCConfiguration(
            bundle_policy=bundling.max_bundle if self._is_bundled else bundling.balanced,
            ice_servers=[webrtc.RTCIceServer(each.url, each.username, each.credential) for each in ice.servers],
            ice_transport_policy=policy.relay if ice.hides_address else policy.all,
        )

    @property
    def own_description(self) -> str:
        """The own description with the candidates that were found until now; empty before there is one."""
        found = self._connection.local_description
        return found.sdp if found is not None else ""

    def attach(self, stream: MediaStream) -> None:
        """Send a stream's tracks; negotiation follows by itself."""
        self._tracks.attach(stream)

    def detach(self, stream_id: str) -> None:
        """Stop sending a stream's tracks."""
        self._tracks.detach(stream_id)

    def offer_to_receive(self, kind: str) -> None:
        """Offer a line for a track that the other side sends; negotiation follows by itself."""
        self._connection.add_transceiver(
            webrtc.MediaType(kind),
            webrtc.RTCRtpTransceiverInit(direction=webrtc.RTCRtpTransceiverDirection.recvonly),
        )

    def open_channel(self, label: str) -> DataChannel:
        """Open a data channel [F1]; negotiation follows by itself."""
        self._opened_at = _now_ms()
        # Later it would wait behind what comes first.
        self._beat.say(own_beat(is_busy=True))
        return self._keep(self._connection.create_data_channel(label))

    def beat(self) -> None:
        """Say that the way works [N17]."""
        if self._is_closed:
            return
        is_connected = self._connection.connection_state == webrtc.RTCPeerConnectionState.connected
        if is_connected and self._has_offered and self._listener.knows(beat.FEATURE):
            self._beat.open()
        is_new = _now_ms() - self._opened_at < LONGEST_BEAT_MS
        self._beat.say(own_beat(is_busy=is_new or any(each.is_busy for each in self._channels)))

    def look_for_failure(self) -> None:
        """Look whether the connection comes up, and say that it failed if not: an engine may try for ever [N9]."""
        is_trying = (
            not self._is_closed
            and self._connection.connection_state.value in _UNCONNECTED
            and self._connection.remote_description is not None
            # Where everything was taken away, there is nothing to connect.
            and self._transports.used is not None
        )
        if self._connect_watch.look(_now_ms(), is_trying):
            self._listener.state_changed("failed")

    def look_for_silence(self) -> bool | None:
        """Look whether what came still comes [N15] [N17]; return whether the way is silent, if that is news."""
        now = _now_ms()
        return None if self._is_closed else self._path_watch.look(now, self._last_heard(now))

    @property
    def is_heard(self) -> bool:
        """Whether something of the peer came until now [N15] [N17]."""
        return not self._is_closed and self._path_watch.is_heard

    def _last_heard(self, now: float) -> float | None:
        """When the last packet of sound was seen to have come, of all that the other side sends now."""
        sounds = [each.receiver for each in self._connection.get_transceivers() if _brings_sound(each)]
        last = max((each.timestamp for sound in sounds for each in sound.get_synchronization_sources()), default=None)
        if not sounds:
            self._sound = None
        elif last is not None and (self._sound is None or last > self._sound[0]):
            # The engine's clock need not be this one.
            self._sound = (last, now)
        return self._sound[1] if self._sound else None

    def close(self) -> None:
        """Close the connection and everything on it, at once and for good."""
        if self._is_closed:
            return
        self._is_closed = True
        self._transports.end()
        for task in self._operations:
            task.cancel()
        self._connection.close()
        for channel in list(self._channels):
            channel.abandon()

    def _listen(self) -> None:
        connection = self._connection
        connection.on("negotiationneeded", lambda _: self._report(NegotiationNeeded()))
        connection.on("icecandidate", lambda event: self._gathered(event.candidate))
        connection.on("connectionstatechange", lambda _: self._state_changed())
        connection.on("datachannel", lambda event: self._channel_arrived(event.channel))
        connection.on("track", self._track_arrived)

    def _report(self, event: NegotiationEvent) -> None:
        if not self._is_closed:
            self._listener.negotiated(event)

    def _gathered(self, candidate: webrtc.RTCIceCandidate | None) -> None:
        # The end-of-candidates mark is not sent [N1].
        if candidate is None or not candidate.candidate:
            return
        named: str | None = candidate.candidate
        if named is not None and self._ice_servers.hides_address:
            named = hidden_candidate(named)
        if named is None:
            return
        found = IceCandidate(named, candidate.sdp_m_line_index, candidate.sdp_mid, candidate.username_fragment)
        self._report(CandidateGathered(found))

    def _channel_arrived(self, channel: webrtc.RTCDataChannel) -> None:
        if self._is_closed or self._beat.takes(channel):
            return
        kept = self._keep(channel)
        if not self._listener.channel_arrived(kept):
            kept.close()
            self._unasked += 1
            if self._unasked > _UNASKED_CHANNELS:
                self.close()
                self._listener.closed()

    def _track_arrived(self, event: webrtc.RTCTrackEvent) -> None:
        for stream in event.streams if not self._is_closed else ():
            self._listener.stream_arrived(stream)

    def _keep(self, channel: webrtc.RTCDataChannel) -> DataChannel:
        kept = DataChannel(channel, self._max_message, self._channels.discard)
        self._channels.add(kept)
        channel.on("message", self._message_arrived)
        return kept

    def _message_arrived(self, event: webrtc.MessageEvent) -> None:
        # Words about a file come now and then alone.
        if not isinstance(event.data, str):
            self._path_watch.arrived(_now_ms())

    def _max_message(self) -> int:
        size = self._connection.sctp.max_message_size if self._connection.sctp else None
        return _ASSUMED_MAX_MESSAGE if size is None or math.isinf(size) else max(int(size), _LEAST_MAX_MESSAGE)

    def _state_changed(self) -> None:
        if self._is_closed:
            return
        state = self._connection.connection_state.value
        self._listener.state_changed(cast("ConnectionState", state))
        if state == "connected":
            self._transports.look()
            self._transports.find_path()

    # Orders of negotiations

    async def _set_passive_answer(self) -> NegotiationEvent:
        self._tracks.name_streams()
        answer = await self._connection.create_answer()
        passive = webrtc.RTCLocalSessionDescriptionInit(webrtc.RTCSdpType.answer, passive_answer(answer.sdp))
        await self._connection.set_local_description(passive)
        self._tracks.name_streams()
        return self._described()

    async def _set_local_description(self) -> NegotiationEvent:
        self._has_offered = self._has_offered or self._connection.remote_description is None
        if self._has_offered and self._listener.knows(beat.FEATURE):
            self._beat.open()
        self._tracks.name_streams()
        await self._connection.set_local_description()
        self._tracks.name_streams()
        return self._described()

    def _described(self) -> NegotiationEvent:
        found = self._connection.local_description
        if found is None:
            raise webrtc.InvalidStateError("no description was set")
        sdp = robust_audio(found.sdp) if self._listener.knows(_ROBUST) else found.sdp
        if self._ice_servers.hides_address:
            sdp = hidden_address(sdp)
        return LocalDescriptionSet(Description(cast("Literal['offer', 'answer']", found.type.value), sdp))

    async def _set_remote_description(self, description: Description) -> NegotiationEvent:
        kind = webrtc.RTCSdpType(description.type)
        sdp = without_undialable(description.sdp, allow_loopback=self._allows_loopback)
        await self._connection.set_remote_description(webrtc.RTCSessionDescriptionInit(kind, sdp))
        self._transports.described()
        return RemoteDescriptionSet()

    async def _roll_back(self) -> NegotiationEvent:
        await self._connection.set_local_description(webrtc.RTCLocalSessionDescriptionInit(webrtc.RTCSdpType.rollback))
        return RolledBack()

    async def _add_candidate(self, candidate: IceCandidate) -> None:
        if not is_dialable(candidate.candidate, allow_loopback=self._allows_loopback):
            return
        init = webrtc.RTCIceCandidateInit(
            candidate.candidate, candidate.sdpMid, candidate.sdpMLineIndex, candidate.usernameFragment
        )
        # One bad candidate, or one of an offer that was taken back, is no loss.
        with contextlib.suppress(Exception):
            await self._connection.add_ice_candidate(init)

    def _operate(self, operation: Callable[[], Awaitable[NegotiationEvent]]) -> None:
        self._start(self._run(operation))

    async def _run(self, operation: Callable[[], Awaitable[NegotiationEvent]]) -> None:
        await self._renewed()
        try:
            event = await operation()
        except Exception:  # whatever a peer's description causes is told to the negotiation [N7]
            event = OperationFailed(self._signaling_state())
        self._report(event)

    def _signaling_state(self) -> SignalingState:
        state = self._connection.signaling_state.value
        return cast("SignalingState", state) if state in {"have-local-offer", "have-remote-offer"} else "stable"

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._operations.add(task)
        task.add_done_callback(self._operations.discard)


def _now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000


def _brings_sound(transceiver: webrtc.RTCRtpTransceiver) -> bool:
    way = webrtc.RTCRtpTransceiverDirection
    is_receiving = transceiver.current_direction in {way.sendrecv, way.recvonly}
    return is_receiving and transceiver.receiver.track.kind == "audio"
