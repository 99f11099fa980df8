# SPDX-License-Identifier: AGPL-3.0-only
"""Credentials that end are made anew also by the side that answers, before it gathers candidates anew."""

import asyncio

import webrtc

from keks_meet.client.ice_servers import IceConfig, IceServer, IceServers
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.rtc.connection import PeerConnection
from keks_meet.client.rtc.tracks import MediaStream
from keks_meet.client.tasks import Tasks
from keks_meet.session.descriptions import Description
from keks_meet.session.events import ConnectionState
from keks_meet.session.negotiation import CandidateGathered, LocalDescriptionSet, NegotiationEvent, NegotiationNeeded
from keks_meet.session.negotiation_effects import EngineEffect, SetLocalDescription, SetRemoteDescription
from keks_meet.session.way import Way

CONFIG = IceConfig((IceServer("turn:127.0.0.1:9", "user", "credential"),), valid_seconds=3600)


class Listener:
    """What a connection tells, of which only the end of each operation counts here."""

    def __init__(self) -> None:
        self.done: asyncio.Queue[NegotiationEvent] = asyncio.Queue()

    def negotiated(self, event: NegotiationEvent) -> None:
        if not isinstance(event, CandidateGathered | NegotiationNeeded):
            self.done.put_nowait(event)

    def state_changed(self, state: ConnectionState) -> None:
        pass

    def closed(self) -> None:
        pass

    def path_found(self, way: Way) -> None:
        pass

    def stream_arrived(self, stream: MediaStream) -> None:
        pass

    def knows(self, feature: str) -> bool:
        return feature == "instance"

    def channel_arrived(self, channel: DataChannel) -> bool:
        return True


async def test_the_side_that_answers_asks_for_credentials_before_another_way() -> None:
    now, asked = 0.0, 0

    async def fetch() -> IceConfig:
        nonlocal asked
        asked += 1
        return CONFIG

    listener, far = Listener(), webrtc.RTCPeerConnection()
    near = PeerConnection(IceServers(CONFIG, fetch, Tasks(), lambda: now), listener)

    async def carried_out(effect: EngineEffect) -> NegotiationEvent:
        near.carry_out(effect)
        return await listener.done.get()

    async def offer() -> None:
        await far.set_local_description()
        assert far.local_description is not None
        await carried_out(SetRemoteDescription(Description("offer", far.local_description.sdp)))
        answer = await carried_out(SetLocalDescription())
        assert isinstance(answer, LocalDescriptionSet)
        init = webrtc.RTCSessionDescriptionInit(webrtc.RTCSdpType.answer, answer.description.sdp)
        await far.set_remote_description(init)

    far.create_data_channel("it")
    await offer()
    now += 3600
    far.add_transceiver(webrtc.MediaType.audio)
    await offer()
    assert asked == 0
    far.restart_ice()
    await offer()
    assert asked == 1
    near.close()
    far.close()
