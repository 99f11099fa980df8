# SPDX-License-Identifier: AGPL-3.0-only
"""Greets everybody who is in a room, and everybody who joins it, until interrupted.

::

    python examples/greeter.py SECRET [--server URI]

The secret is better given as KEKS_SECRET: other people of this machine can see what a program was called with.
"""

import sys
from typing import Annotated

import cyclopts

from keks_meet.client import DEFAULT_SERVER, PeerJoined, Room
from keks_meet.errors import KeksMeetError


async def greet(
    secret: Annotated[str, cyclopts.Parameter(env_var="KEKS_SECRET")], *, server: str = DEFAULT_SERVER
) -> None:
    """Greet everybody who joins a room.

    Parameters
    ----------
    secret
        Room secret: in a room's link, all that follows the first #.
    server
        Address of the server.
    """
    async with Room(secret, server=server, username="greeter") as room:
        async for event in room:
            if isinstance(event, PeerJoined):
                room.send_chat(f"Welcome, {event.peer.username}!")


def main() -> None:
    """Run until interrupted; say in one sentence why that is not possible."""
    try:
        cyclopts.run(greet)
    except KeksMeetError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
