# SPDX-License-Identifier: AGPL-3.0-only
"""A client of a TURN server, as a process: `turn_probe.py SERVER USER CREDENTIAL ADDRESS…`.

Prints as one line of JSON to which of the addresses the server relays, and for the others the error that it gives. As
`tcp` stands what the server says to who asks for a relay of TCP (RFC 6062).
"""

import asyncio
import json
import sys
from unittest import mock

from aioice import stun, turn


class Refusal(asyncio.DatagramProtocol):
    """Waits for the server to refuse an address."""

    def __init__(self) -> None:
        self.error: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def error_received(self, exc: Exception) -> None:
        """Take the error, if it is one of TURN."""
        assert isinstance(exc, stun.TransactionFailed)
        self.error.set_result(exc.response.attributes["ERROR-CODE"][0])


async def relay_of_tcp(server: str, user: str, credential: str) -> int | None:
    """Ask for a relay of TCP, which is done by TCP; returns the error."""
    # 6 is the number of TCP among protocols.
    with mock.patch.object(turn, "UDP_TRANSPORT", 6 << 24):
        try:
            transport, _ = await turn.create_turn_endpoint(Refusal, (server, 3478), user, credential, transport="tcp")
        except stun.TransactionFailed as error:
            return error.response.error_code
    transport.close()
    return None


async def main(server: str, user: str, credential: str, *addresses: str) -> None:
    """Try all addresses on one allocation each."""
    found = {"tcp": await relay_of_tcp(server, user, credential)}
    for address in addresses:
        transport, refusal = await turn.create_turn_endpoint(Refusal, (server, 3478), user, credential)
        transport.sendto(b"", (address, 9))
        (sending,) = transport._TurnTransport__send_tasks  # type: ignore[attr-defined]
        await asyncio.wait([sending])
        await asyncio.sleep(0)
        found[address] = refusal.error.result() if refusal.error.done() else None
        transport.close()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
