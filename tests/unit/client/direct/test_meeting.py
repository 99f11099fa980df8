# SPDX-License-Identifier: AGPL-3.0-only
"""Two ends meet over TCP if each is who the other was told of, and in no other case [F14]."""

import asyncio
import errno
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from keks_meet.client.direct import ways
from keks_meet.client.direct.meeting import Meeting
from keks_meet.client.direct.tls_identity import TlsIdentity
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.tasks import Tasks
from keks_meet.crypto.encoding import encode_bytes
from keks_meet.protocol.fields import SocketAddress
from keks_meet.protocol.file_controls import Direct
from keks_meet.session import limits
from keks_meet.session.direct_addresses import OwnAddress
from tests.unit.client.files.fakes import until

if TYPE_CHECKING:
    from keks_meet.client.direct.connection import DirectConnection

LOOPBACK = [OwnAddress("127.0.0.1", "127.0.0.1")]


class End:
    """One end, and whom it has met."""

    def __init__(self, *, dials: bool = True) -> None:
        self.met: list[DirectConnection] = []
        self.meeting = Meeting(TlsIdentity(), LOOPBACK, lambda _: dials, self.met.append)


@pytest.fixture
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """For ends that are not to meet: a machine that is busy would take longer, and they would not meet for that."""
    monkeypatch.setattr(limits, "DIRECT_MS", 300)
    monkeypatch.setattr(limits, "DIRECT_GREETING_MS", 200)


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    """One that dials, and one that only listens."""
    made = End(), End(dials=False)
    yield made
    for end in made:
        end.meeting.close()
        for connection in end.met:
            connection.close()


def with_(direct: Direct, **changes: object) -> Direct:
    fields = {"addresses": direct.addresses, "certificate": direct.certificate, "token": direct.token}
    return Direct(**(fields | changes))  # type: ignore[arg-type]


async def meet(one: End, other: End, told: Direct | None = None) -> None:
    """Let both look until they have met once; ``told`` is what the first hears of the other."""
    async with asyncio.TaskGroup() as tasks:
        looking = [
            tasks.create_task(one.meeting.look(told or other.meeting.own)),
            tasks.create_task(other.meeting.look(one.meeting.own)),
        ]
        await until(lambda: one.met and other.met)
        for task in looking:
            task.cancel()
    assert (len(one.met), len(other.met)) == (1, 1)


async def test_they_meet_and_one_writes_to_the_other(ends: tuple[End, End]) -> None:
    one, other = ends
    await meet(one, other)
    data = bytes(range(256)) * 10_000
    arrived = bytearray()

    async def read() -> None:
        while piece := await other.met[0].receive():
            arrived.extend(piece)

    reading = asyncio.create_task(read())
    await one.met[0].send(memoryview(data))
    await until(lambda: len(arrived) == len(data))
    one.met[0].close()
    await reading
    assert bytes(arrived) == data


WRONG_CERTIFICATES = [
    {"certificate": encode_bytes(TlsIdentity().certificate)},
    {"certificate": encode_bytes(b"no certificate")},
    {"certificate": ""},
    {"certificate": "A"},
]
WRONG_TOKENS = [{"token": encode_bytes(bytes(32))}, {"token": encode_bytes(bytes(16))}]


@pytest.mark.parametrize("changes", WRONG_CERTIFICATES + WRONG_TOKENS)
@pytest.mark.usefixtures("briefly")
async def test_who_dials_and_was_told_of_another_is_left(ends: tuple[End, End], changes: dict[str, str]) -> None:
    one, other = ends
    told = with_(other.meeting.own, **changes)
    await asyncio.gather(one.meeting.look(told), other.meeting.look(one.meeting.own))
    assert not one.met
    assert not other.met


@pytest.mark.parametrize("changes", WRONG_CERTIFICATES)
@pytest.mark.usefixtures("briefly")
async def test_who_listens_and_was_told_of_another_is_left(ends: tuple[End, End], changes: dict[str, str]) -> None:
    one, other = ends
    told = with_(one.meeting.own, **changes)
    await asyncio.gather(one.meeting.look(other.meeting.own), other.meeting.look(told))
    assert not one.met
    assert not other.met


async def test_who_answers_with_a_wrong_token_is_left(ends: tuple[End, End]) -> None:
    """Who listens has seen the right token by then: it is the other end that closes."""
    one, other = ends
    told = with_(one.meeting.own, token=encode_bytes(bytes(32)))
    async with asyncio.TaskGroup() as tasks:
        looking = [
            tasks.create_task(one.meeting.look(other.meeting.own)),
            tasks.create_task(other.meeting.look(told)),
        ]
        await until(lambda: other.met)
        assert await other.met[0].receive() == b""
        for task in looking:
            task.cancel()
    assert not one.met


async def test_what_is_no_tls_and_who_says_nothing_is_left(ends: tuple[End, End]) -> None:
    one, other = ends
    address = other.meeting.own.addresses[0]
    looking = asyncio.create_task(other.meeting.look(one.meeting.own))
    silent = await asyncio.open_connection("127.0.0.1", address.port)
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert b"HTTP" not in await reader.read()
        writer.close()
    dialing = asyncio.create_task(one.meeting.look(other.meeting.own))
    await until(lambda: one.met and other.met)
    for task in (looking, dialing):
        task.cancel()
    assert await silent[0].read() == b""
    silent[1].close()
    assert (len(one.met), len(other.met)) == (1, 1)


@pytest.mark.usefixtures("briefly")
async def test_only_so_many_are_looked_at(ends: tuple[End, End]) -> None:
    one, other = ends
    looking = asyncio.create_task(other.meeting.look(one.meeting.own))
    waiting = [
        await asyncio.open_connection("127.0.0.1", other.meeting.own.addresses[0].port)
        for _ in range(limits.DIRECT_CONNECTIONS)
    ]
    await one.meeting.look(other.meeting.own)
    assert not one.met
    await looking
    for _, writer in waiting:
        writer.transport.abort()


def test_the_key_is_on_the_disk_for_no_longer_than_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one, other = TlsIdentity(), TlsIdentity()
    seen: list[bytes] = []
    load = ssl.SSLContext.load_cert_chain

    def look(self: ssl.SSLContext, name: str, **options: object) -> None:
        seen.append(Path(name).read_bytes())
        load(self, name, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", look)
    one.context(other.certificate, listens=True)
    assert b"ENCRYPTED PRIVATE KEY" in seen[0]
    assert not list(tmp_path.iterdir())


async def test_nobody_scans_through_this_client(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = DirectWays(Tasks(), lambda _: "")
    dialed = [direct._may_dial(peer, SocketAddress("192.0.2.1", 40_000 + n)) for peer in (1, 2) for n in range(40)]
    assert dialed == ([True] * limits.DIRECT_DIALS + [False] * 8) * 2
    monkeypatch.setattr(ways, "_MINUTE", 0.01)
    await until(lambda: direct._may_dial(1, SocketAddress("192.0.2.1", 50_000)))


async def test_who_connects_and_resets_ends_nothing(ends: tuple[End, End]) -> None:
    one, other = ends
    looking = asyncio.create_task(other.meeting.look(one.meeting.own))
    for said in (b"", b"x"):
        stranger = socket.create_connection(("127.0.0.1", other.meeting.own.addresses[0].port))
        stranger.send(said)
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stranger.close()
    dialing = asyncio.create_task(one.meeting.look(other.meeting.own))
    await until(lambda: one.met and other.met)
    for task in (looking, dialing):
        task.cancel()
    assert (len(one.met), len(other.met)) == (1, 1)


async def test_a_machine_without_ipv6_dials_the_rest(ends: tuple[End, End], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = ends
    theirs = other.meeting.own
    told = with_(theirs, addresses=(SocketAddress("2001:db8::1", 40_000), *theirs.addresses))
    make = socket.socket.__init__

    def refuse(self: socket.socket, family: int = -1, *rest: int, **named: int) -> None:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "no IPv6")
        make(self, family, *rest, **named)

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    await meet(one, other, told)


async def test_a_slow_reader_breaks_nothing(ends: tuple[End, End]) -> None:
    """However long it takes: the bound of a greeting is over with the greeting."""
    one, other = ends
    await meet(one, other)
    assert [end.met[0]._socket.gettimeout() for end in ends] == [None, None]
    size = 16 * 1_048_576
    sending = asyncio.create_task(one.met[0].send(memoryview(bytes(size))))
    await asyncio.wait([sending], timeout=0.5)
    assert not sending.done()
    left = size
    while left:
        left -= len(await other.met[0].receive())
    await sending


def test_a_certificate_names_nobody() -> None:
    """Whoever connects is shown it; and no two are the same."""
    one, other = (x509.load_der_x509_certificate(TlsIdentity().certificate) for _ in range(2))
    assert not list(one.subject)
    assert not list(one.issuer)
    assert one.public_key() != other.public_key()


async def test_no_more_are_dialed_for_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ALL_DIRECT_DIALS", 40)
    direct = DirectWays(Tasks(), lambda _: "")
    dialed = [direct._may_dial(peer, SocketAddress("192.0.2.1", 40_000)) for peer in range(50)]
    assert dialed.count(True) == 40


async def test_this_machine_is_not_dialed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRTC_ALLOW_LOOPBACK")
    direct = DirectWays(Tasks(), lambda _: "")
    assert not direct._may_dial(1, SocketAddress("192.0.2.1", 40_000), {"192.0.2.1"})
    assert direct._may_dial(1, SocketAddress("192.0.2.2", 40_000), {"192.0.2.1"})
