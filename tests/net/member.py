# SPDX-License-Identifier: AGPL-3.0-only
"""A member of a room, as a process that can be put anywhere.

`member.py offer|take SERVER SECRET FILE SECONDS [direct|hidden]` prints as one line of JSON how the other is, or was:
`offer` once the other has left, `take` when the file is here, there is no hope, or so many seconds have passed.
`member.py stay` takes the same words, and prints as a line of JSON each state of its connection to the server. `lead`
lets others read the file from a port, over channels alone, until the other has left, and `fetch` reads it. With
`direct` the taker also waits until both know a direct way, which engines may find after one through a relay; the
offering one says so by its name. With `hidden` the member hides its address.
"""

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import NoReturn

from keks_meet.client import LinkChanged, Peer, PeerLeft, Room
from keks_meet.session.events import PeerKey


async def offer(room: Room, path: Path, is_direct: bool) -> dict[str, object]:
    """Offer a file until the other has left; that this was noticed has changed the status already."""
    await room.provide(path, "it")
    async for event in room:
        if is_direct and any(peer.relayed is False for peer in room.peers):
            room.rename("direct")
        if isinstance(event, PeerLeft):
            return {"relayed": event.peer.relayed, "way": event.peer.way}
    raise AssertionError("nobody else leaves this room")


async def take(room: Room, path: Path, seconds: float, way: str) -> dict[str, object]:
    """Take a file, or try to.

    A hidden one may look hopeless for a moment: relays refuse the peer's address inside its network, and no other is
    known yet.
    """
    offering = await room.until(lambda: next((peer for peer in room.peers if peer.resources), None))
    key, resource = offering.key, offering.resources[0].info.id
    arriving = asyncio.create_task(room.download(key, resource, path))
    hopeless = asyncio.create_task(
        room.until(lambda: (peer_with(room, key).status == "failed" and way != "hidden") or None)
    )
    await asyncio.wait({arriving, hopeless}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    hopeless.cancel()
    arriving.cancel()
    [outcome] = await asyncio.gather(arriving, return_exceptions=True)
    if way == "direct":
        await room.until(
            lambda: (peer_with(room, key).relayed, peer_with(room, key).username) == (False, "direct") or None
        )
    peer = peer_with(room, key)
    return {"status": peer.status, "relayed": peer.relayed, "way": peer.way, "arrived": isinstance(outcome, Path)}


async def lead(room: Room, path: Path) -> dict[str, object]:
    """Let others read a file from a port until one of them has left."""

    async def write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(path.read_bytes())
        writer.write_eof()
        with contextlib.suppress(ConnectionError):  # who has read it all, and leaves
            await reader.read()
        writer.close()

    server = await asyncio.start_server(write, "127.0.0.1")
    room.provide_port(server.sockets[0].getsockname()[1], "port")
    await room.until(lambda: room.peers or None)
    await room.until(lambda: None if room.peers else True)
    return {}


async def fetch(room: Room, path: Path) -> dict[str, object]:
    """Read a file from a peer's port; tell how many seconds it took from the first byte on."""
    await room.until(lambda: next((peer for peer in room.peers if peer.resources), None))
    forward = await room.forward("port")
    reader, writer = await asyncio.open_connection("127.0.0.1", forward.port)
    first = await reader.read(1)
    began = time.monotonic()
    path.write_bytes(first + await reader.read())
    writer.close()
    return {"seconds": time.monotonic() - began}


async def stay(room: Room) -> NoReturn:
    """Tell how the connection to the server is, until the process is ended."""
    async for event in room:
        if isinstance(event, LinkChanged):
            print(json.dumps(event.status), flush=True)  # noqa: T201 - that is what it does
    raise AssertionError("a room does not end by itself")


def peer_with(room: Room, key: PeerKey) -> Peer:
    """The peer as it is now."""
    return next(peer for peer in room.peers if peer.key == key)


async def main() -> None:
    """Do what the command line says."""
    deed, server, secret, path, seconds, *rest = sys.argv[1:]
    way = rest[0] if rest else ""
    is_direct = deed not in ("lead", "fetch")
    async with Room(secret, server=server, username=deed, hide_address=way == "hidden", direct=is_direct) as room:
        if deed == "stay":
            await stay(room)
        if deed == "offer":
            said = await offer(room, Path(path), way == "direct")
        elif deed == "lead":
            said = await lead(room, Path(path))
        elif deed == "fetch":
            said = await fetch(room, Path(path))
        else:
            said = await take(room, Path(path), float(seconds), way)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
