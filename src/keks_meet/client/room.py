# SPDX-License-Identifier: AGPL-3.0-only
"""A room, joined: the door to the library."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from keks_meet.client import events as out
from keks_meet.client import joining
from keks_meet.client.backlog import Backlog
from keks_meet.client.blocking import in_thread
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.own_file import own_file, source_of
from keks_meet.client.files.sinks import Sink
from keks_meet.client.files.sources import Source
from keks_meet.client.identity.keys import KeyStore, VisitKeys
from keks_meet.client.joining.visitor import NameOfKey, Visitor
from keks_meet.client.ports.own_port import Allow, OwnPort
from keks_meet.client.rate_limit import RateLimit
from keks_meet.client.signaling.addresses import DEFAULT_SERVER, ServerAddress
from keks_meet.crypto.room_keys import derive_message_key, derive_room_hash
from keks_meet.errors import RoomLeft, ServerUnreachable
from keks_meet.protocol.features import FEATURES
from keks_meet.protocol.fields import ReactionName
from keks_meet.protocol.relay_messages import Chat, Provide
from keks_meet.session import events as e
from keks_meet.session.events import LinkStatus

if TYPE_CHECKING:
    from keks_meet.client.joining import Entry
    from keks_meet.client.ports.forwarding import Forward
    from keks_meet.client.rtc.tracks import MediaStream
    from keks_meet.client.runtime import Runtime

__all__ = ["FEATURES", "Room"]

_EVENTS: Final = 1000
"""Events kept for a program that does not take them; the oldest are dropped."""
_CHARACTERS: Final = 16 * 1_048_576
"""Characters of chat that are kept with these events."""
_JOIN_SECONDS: Final = 20.0
_NAMING_SECONDS: Final = 2.0
"""The time that a server may take to name everybody who is there, before the program may speak to those it knows."""
_T = TypeVar("_T")


class Room:
    """A stay in a room, for ``async with``; iterate over it for what happens there, until it is left.

    ::

        async with Room("hunter2", username="greeter") as room:
            async for event in room:
                if isinstance(event, PeerJoined):
                    room.send_chat(f"Welcome, {event.peer.username}!")

    Joining raises `ServerUnreachable`. A server that is lost later comes back by itself, and connections to peers
    outlive it. Everything that a room started ends with it. Not for several threads.
    """

    def __init__(  # noqa: PLR0913 - each is named where it is given
        self,
        secret: str,
        *,
        server: str | ServerAddress = DEFAULT_SERVER,
        username: str | NameOfKey = "guest",
        keys: KeyStore | None = None,
        hide_address: bool = False,
        direct: bool = True,
    ) -> None:
        """Prepare to join the room of a secret; ``server`` as `ws`, `wss`, `http` or `https` address.

        ``username`` is the own name, or makes it of the fingerprint of the own key.
        ``keys`` are where the own key and the people that are known are kept; without, both last for this stay.
        ``hide_address`` shows peers no network address: connections go through the server's TURN server, or are none.
        ``direct`` lets files and connections to ports go over TCP between programs that reach each other, unless the
        address is hidden [F14] [P5].
        """
        self._secret = secret
        self._address = ServerAddress.parse(server) if isinstance(server, str) else server
        ways = set() if direct and not hide_address else {"file-tcp", "port-tcp"}
        features = tuple(each for each in FEATURES if each not in ways)
        self._visitor = Visitor(username, keys or VisitKeys(), features, hide_address)
        self._entry: Entry | None = None
        self._runtime_or_none: Runtime | None = None
        self._backlog = Backlog(_EVENTS, _CHARACTERS)
        self._wakes: set[asyncio.Event] = set()
        self._is_left = False
        self._is_over = asyncio.Event()
        """Whether all has ended that was under way, so that nothing more happens."""

    async def __aenter__(self) -> Self:
        """Join. Raises `ServerUnreachable`."""
        try:
            await self._join()
        except BaseException:
            await self.leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, ending all that is under way."""
        await self.leave()

    async def leave(self) -> None:
        """Leave, ending all that is under way; iterating ends. Leaving twice is no error."""
        self._is_left = True
        try:
            if self._runtime_or_none is not None:
                await self._runtime_or_none.close()
        finally:
            self._is_over.set()
            self._wake_all()
            if self._entry is not None:
                await self._entry.close()

    # State

    @property
    def username(self) -> str:
        """The own name."""
        return self._runtime.view.username

    @property
    def link(self) -> LinkStatus:
        """The state of the connection to the server."""
        return self._runtime.view.link

    @property
    def peers(self) -> tuple[out.Peer, ...]:
        """The peers that are in the room now, with what they offer."""
        return self._runtime.peers

    @property
    def resources(self) -> tuple[out.Resource, ...]:
        """The resources that are offered from here."""
        return self._runtime.view.resources

    @property
    def ignored_messages(self) -> int:
        """The number of ignored messages: not understood, sealed with another key, or not expected [E3] [M5]."""
        return self._runtime.ignored_messages

    def __aiter__(self) -> AsyncIterator[out.RoomEvent]:
        """Iterate over the events; one iteration at a time. Events wait, up to a thousand."""
        return self._iterate()

    async def until(self, look: Callable[[], _T | None]) -> _T:
        """Return what ``look`` finds, looking again whenever something has changed. Raises `RoomLeft`."""
        wake = asyncio.Event()
        self._wakes.add(wake)
        try:
            while (found := look()) is None:
                if self._is_left:
                    raise RoomLeft("the room was left")
                await wake.wait()
                wake.clear()
            return found
        finally:
            self._wakes.discard(wake)

    # Actions

    def rename(self, username: str) -> None:
        """Take another name."""
        self._runtime.handle(e.Renamed(username))

    def accept_name(self, peer: out.Peer) -> None:
        """Take the name that a peer claims although somebody else goes by it here: its mark is `changed` no more.

        This holds for this stay and this name; it opens nothing that goes by keys. `PeerChanged` tells of the mark.
        """
        self._runtime.accept_name(peer.key, peer.username)

    def send_chat(self, text: str | None = None, *, image: str | None = None) -> str:
        """Say a text, or show an image given as ``data:`` URL, to everybody who is there.

        Who joins later gets nothing of it [M4]. Raises `ValueError` for neither and both, and for what nobody would
        take: a text of more than 20 000 characters or with half a character, an image that is no such URL.

        Returns the id of the line: `ChatSettled` tells what becomes of it. What the server has not confirmed is said
        again when the connection to it is back.
        """
        chat = _checked_chat(text, image)
        line = _new_id()
        self._runtime.handle(e.ChatWritten(chat, line))
        return line

    def set_hand(self, *, up: bool) -> None:
        """Raise a hand, for all who are there and who come, or lower it.

        Hands and reactions together are at most four within ten seconds; more are dropped [M12].
        """
        self._runtime.handle(e.HandSet("up" if up else "down"))

    def react(self, name: ReactionName) -> None:
        """React, for all who are there now."""
        self._runtime.handle(e.ReactionMade(name))

    def set_recording(self, *, on: bool) -> None:
        """Say that this program records, before it does, or that it no longer does; few begin at a time [M13]."""
        self._runtime.handle(e.RecordingSet("on" if on else "off"))

    async def provide(
        self, what: Source | Path | str, resource_id: str | None = None, *, limit: RateLimit | None = None
    ) -> out.Resource:
        """Offer a file, a folder (as a tar archive) or another source to everybody, until `stop`.

        It is sent within the ``limit``, if there is one. Raises `SourceError` and `OSError` when it cannot be read.
        """
        source = await in_thread(source_of, Path(what)) if isinstance(what, str | Path) else what
        own = own_file(resource_id or _new_id(), source, limit)
        self._runtime.offer(own.info, own)
        return own.info

    def provide_port(
        self, port: int, resource_id: str | None = None, *, host: str = "127.0.0.1", allow: Allow | None = None
    ) -> out.Resource:
        """Let peers connect to a TCP port that can be reached from here, until `stop`; connections go on after that.

        ``allow`` is asked once for each peer, and peers wait for its answer; what it raises is no permission.
        """
        info = Provide(resource_id or _new_id(), kind="port", label=str(port))
        self._runtime.offer(info, OwnPort(host, port, allow))
        return info

    def provide_stream(self, stream: "MediaStream", label: str | None = None) -> out.Resource:
        """Offer a stream of one `wrtc` track [N3]."""
        info = Provide(
            stream.id, kind="track", track_kind="video" if stream.get_video_tracks() else "audio", label=label
        )
        self._runtime.offer(info, stream)
        return info

    def start_code(self) -> None:
        """Start to make one code for the room, which people then compare aloud; `RoomCodeChanged` tells the rest.

        It covers those who are here and can make one. Nothing happens while one is made.
        """
        self._runtime.start_code()

    def stop_code(self) -> None:
        """Make no code, if one is being made."""
        self._runtime.stop_code()

    async def settle_code(self, code: str, *, matches: bool) -> bool:
        """Take what people found who compared this code: if all have the same, those whom it covers are verified.

        Else all are told. Returns whether it still is the code that is to be compared; if not, nothing happens.
        """
        return await self._runtime.settle_code(code, matches=matches)

    def stop(self, resource_id: str) -> None:
        """Stop offering a resource, and stop sending it."""
        self._runtime.withdraw(resource_id)

    def request(self, peer: e.PeerKey, resource_id: str) -> None:
        """Ask for a peer's track; `StreamArrived` follows. Nothing happens when the track is no longer on offer."""
        offer = self._runtime.offer_of(peer, resource_id)
        if offer is not None and offer.kind == "track":
            self._runtime.handle(e.ResourceWanted(peer, resource_id))

    def request_stop(self, peer: e.PeerKey, resource_id: str) -> None:
        """Stop asking for a peer's track."""
        self._runtime.handle(e.ResourceUnwanted(peer, resource_id))

    async def download(self, peer: e.PeerKey, resource_id: str, into: Sink | Path | str) -> Path | None:
        """Receive a peer's file, and return where the file is; the part that ``into`` holds already is not sent again.

        Returns when the file is whole and stored: its length is checked, and its SHA-256 where the peer knows how to
        give it. The peer is told then, and has 10 s to close. A part that an interrupted download of a file of the same
        size and label left is gone on with, if the peer proves that it has what is there.

        Raises `NotOnOffer`, `TransferFailed`, and what the sink raises (`SinkError`, `OSError`). Failing or being
        cancelled leaves nothing that looks whole.
        """
        if isinstance(into, str | Path):
            into = FileSink(Path(into), overwrite=False, offer=self._runtime.offer_of(peer, resource_id))
        return await self._runtime.download(peer, resource_id, into)

    async def forward(
        self, resource_id: str, port: int = 0, *, peer: e.PeerKey | None = None, host: str = "127.0.0.1"
    ) -> "Forward":
        """Listen on a local port, 0 for a free one, and lead its connections to a peer's port of this id.

        Without ``peer``, connections go to the first peer that offers that id when there is something to lead. Nobody
        else is taken for that peer later, whatever it offers. Raises `OSError`, and `RoomLeft`.
        """
        used = peer

        def provider() -> tuple[e.PeerKey, str] | None:
            nonlocal used
            offers = ((each, resource.info) for each in self.peers for resource in each.resources)
            keys = [p.key for p, info in offers if (info.id, info.kind) == (resource_id, "port")]
            if used is None and keys:
                used = keys[0]
            return (used, resource_id) if used in keys and used is not None else None

        return await self._runtime.forward(provider, host, port)

    # Joining

    @property
    def _runtime(self) -> "Runtime":
        if self._runtime_or_none is None:
            raise RoomLeft("the room is joined with `async with`")
        return self._runtime_or_none

    async def _join(self) -> None:
        runtime = await self._begin()
        try:
            async with asyncio.timeout(_JOIN_SECONDS):
                await self.until(lambda: runtime.view.link == "joined" or runtime.lost_because is not None or None)
        except TimeoutError:
            raise ServerUnreachable("the server lets nobody in") from None
        if runtime.lost_because is not None:
            msg = f"the server closed the connection: {runtime.lost_because or 'it did not say why'}"
            raise ServerUnreachable(msg)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_NAMING_SECONDS):
                await self.until(lambda: runtime.is_entered or None)

    async def _begin(self) -> "Runtime":
        """Begin the stay. The keys take a tenth of a second each, on processors that loading leaves free."""
        keys = asyncio.gather(
            asyncio.to_thread(derive_message_key, self._secret), asyncio.to_thread(derive_room_hash, self._secret)
        )
        try:
            entry = await in_thread(lambda: joining.Entry)
            self._entry = entry(self._address)
            # Whoever leaves from here on, be it by being cancelled, ends the stay.
            runtime = self._runtime_or_none = await self._entry.begin(self._visitor, keys, self)
            return runtime
        finally:
            keys.cancel()
            await asyncio.gather(keys, return_exceptions=True)

    # Reports of the runtime

    def happened(self, event: out.RoomEvent) -> None:
        """Keep an event for the program; not for programs to call."""
        self._backlog.put(event)
        self._wake_all()

    def changed(self) -> None:
        """Let those look again who wait; not for programs to call."""
        self._wake_all()

    def _wake_all(self) -> None:
        for wake in self._wakes:
            wake.set()

    async def _iterate(self) -> AsyncIterator[out.RoomEvent]:
        while True:
            try:
                yield await self.until(self._backlog.take)
            except RoomLeft:
                # What ends with the room is told as well.
                await self._is_over.wait()
                while (event := self._backlog.take()) is not None:
                    yield event
                return


def _checked_chat(text: str | None, image: str | None) -> Chat:
    # A text that the codec refuses is dropped by everybody who gets it; one that cannot be encoded is not even sent.
    try:
        return msgspec.json.decode(msgspec.json.encode(Chat(text, image)), type=Chat)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _new_id() -> str:
    return secrets.token_urlsafe(9)
