# SPDX-License-Identifier: AGPL-3.0-only
"""Everything that a session may be told, from a domain so small that things meet again and again."""

from typing import get_args

from hypothesis import strategies as st
from msgspec import Struct

from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, RoomInfo
from keks_meet.protocol.relay_messages import (
    Answer,
    Chat,
    IceCandidate,
    Identify,
    Offer,
    Preview,
    Provide,
    ProvideStop,
    Request,
    RequestStop,
)
from keks_meet.session import events as e
from keks_meet.session import negotiation as n
from keks_meet.session.way import Way

__all__ = ["RunningTimerFired", "any_event", "any_message"]


class RunningTimerFired(Struct, frozen=True):
    """Stands for the end of one of the timers that run, if any does."""

    number: int


ids = st.integers(0, 6)
keys = st.integers(1, 7)
credentials = st.sampled_from([None, "key", "other key"])
names = st.sampled_from(["one", "two", "three", ""])
texts = st.sampled_from(["", "hello", "\x1b[31m", "\ud7ff", "x" * 300])
instances = st.sampled_from(["aaa", "bbb", "me", "", None])
features = st.sampled_from([None, (), ("file-credit",), ("file-resume-2", "port-eof"), ("unknown",)])
sdps = st.sampled_from(["", "v=0\no=- 1 2 IN IP4 0.0.0.0\n", "v=0\no=- 9 2 IN IP4 0.0.0.0\n", "o=", "o= \n" * 9])
states = st.sampled_from(["new", "connecting", "connected", "disconnected", "failed", "closed"])
signaling = st.sampled_from(["stable", "have-local-offer", "have-remote-offer"])

identify = st.builds(Identify, texts.map(lambda text: text[:100]), instances, features)
files = st.builds(lambda name, size: Provide(name, "file", label=name, size=size), names, st.sampled_from([None, 0, 9]))
ports = st.builds(lambda name: Provide(name, "port", label="80"), names)
tracks = st.builds(lambda name, kind: Provide(name, "track", kind), names, st.sampled_from(["audio", "video"]))
provide = st.one_of(files, ports, tracks, st.builds(lambda name: Provide(name, "hologram"), names))
requests = st.builds(Request, names, st.sampled_from([None, 0, 5]), st.sampled_from([None, "0" * 64]))
candidates = st.builds(IceCandidate, texts, st.sampled_from([None, 0, 65_535]), st.sampled_from([None, "0"]))
chats = st.builds(lambda text: Chat(text=text), texts) | st.just(Chat(image="data:image/png;base64,AA"))

any_message = st.one_of(
    identify,
    provide,
    provide,
    st.builds(ProvideStop, names),
    requests,
    st.builds(RequestStop, names),
    st.builds(Offer, sdps),
    st.builds(Answer, sdps),
    candidates,
    chats,
    st.just(Preview("one", "data:image/png;base64,AA")),
)
packets = st.one_of(
    st.builds(Init, ids, st.just("fuzz")),
    st.builds(ClientJoin, ids),
    st.builds(ClientJoin, ids),
    st.builds(ClientLeave, ids),
    st.builds(RoomInfo, names.map(lambda name: name or "hash"), ids),
)
negotiations = st.one_of(
    st.just(n.NegotiationNeeded()),
    st.builds(n.LocalDescriptionSet, st.builds(n.Description, st.sampled_from(["offer", "answer"]), sdps)),
    st.just(n.RemoteDescriptionSet()),
    st.just(n.RolledBack()),
    st.builds(n.OperationFailed, signaling),
    st.builds(n.CandidateGathered, candidates),
)
any_event = st.one_of(
    st.builds(e.PacketReceived, packets),
    st.builds(e.PacketReceived, packets),
    st.builds(e.MessageRelayed, ids, any_message),
    st.builds(e.MessageRelayed, ids, any_message, credentials),
    st.builds(e.MessageRelayed, ids, any_message, credentials),
    st.builds(e.MessageRelayed, ids, identify, credentials),
    st.builds(e.Missed, ids),
    st.just(e.LinkLost()),
    st.builds(e.Renamed, texts),
    st.builds(e.WantsSet, st.sampled_from([(), ("audio",), ("audio", "video")])),
    st.builds(e.ResourceAdded, st.one_of(files, ports, tracks)),
    st.builds(e.ResourceRemoved, names),
    st.builds(e.ResourceWanted, keys, names, st.none() | requests),
    st.builds(e.ResourceUnwanted, keys, names),
    st.builds(e.PortWanted, keys, names),
    st.builds(e.ChatWritten, chats),
    st.builds(e.Negotiated, keys, negotiations),
    st.builds(e.Negotiated, keys, negotiations),
    st.builds(e.ConnectionStateChanged, keys, states),
    st.builds(e.ConnectionClosed, keys),
    st.builds(e.PathFound, keys, st.sampled_from(get_args(Way))),
    st.builds(e.FileEnded, keys, names),
    st.builds(e.StreamArrived, keys, names),
    st.builds(e.StreamEnded, keys, names),
    st.builds(RunningTimerFired, st.integers(0, 9)),
)
