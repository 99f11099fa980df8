# SPDX-License-Identifier: AGPL-3.0-only
"""A client of a TURN server, as a process: `turn_probe.py SERVER USER CREDENTIAL ADDRESS…`.

Prints as one line of JSON to which of the addresses the server relays, and for the others the error that it gives.
"""

import asyncio
import json
import sys

from aioice import stun, turn


class Refusal(asyncio.DatagramProtocol):
    """Waits for the server to refuse an address."""

    def __init__(self) -> None:
        self.error: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def error_received(self, exc: Exception) -> None:
        """Take the error, if it is one of TURN."""
        assert isinstance(exc, stun.TransactionFailed)
        self.error.set_result(exc.response.attributes["ERROR-CODE"][0])


async def main(server: str, user: str, credential: str, *addresses: str) -> None:
    """Try all addresses on one allocation each."""
    found: dict[str, int | None] = {}
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
