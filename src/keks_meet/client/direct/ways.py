# SPDX-License-Identifier: AGPL-3.0-only
"""The direct connections of a room: who may look for one, and how often this client dials for a peer [F14]."""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final

from keks_meet.client.blocking import in_thread
from keks_meet.client.direct.connection import DirectConnection
from keks_meet.client.direct.meeting import Meeting
from keks_meet.client.rtc.connection import LOOPBACK_SWITCH
from keks_meet.client.tasks import Tasks
from keks_meet.protocol.fields import SocketAddress
from keks_meet.session import limits
from keks_meet.session.direct_addresses import is_worth_dialing, own_addresses
from keks_meet.session.events import PeerKey

if TYPE_CHECKING:
    from keks_meet.client.direct.tls_identity import TlsIdentity

__all__ = ["DirectWays"]

_MINUTE: Final = 60.0
_FOR_FILES: Final = {"file-tcp", "file-credit", "file-stored", "sealed-1"}
_FOR_PORTS: Final = {"port-tcp", "port-credit", "port-eof", "sealed-1"}


class _Places:
    """Places for transfers of this process: threads and descriptors are the process's, and not a room's."""

    taken = 0


class DirectWays:
    """What the transfers of a room share: the bounds of what peers can make this client do."""

    def __init__(self, tasks: Tasks, description: Callable[[PeerKey], str]) -> None:
        """Take addresses from the own ``description`` of the connection to a peer; it may be empty."""
        self.tasks = tasks
        """The tasks that end with the room."""
        self._description = description
        self._allows_loopback = LOOPBACK_SWITCH in os.environ
        self._dials: deque[tuple[float, PeerKey]] = deque()

    def for_files(self, features: Collection[str]) -> "DirectWays | None":
        """Return these ways where both ends know them, and each has proven who it is; ``features`` of both ends."""
        return self if set(features) >= _FOR_FILES else None

    def for_ports(self, features: Collection[str]) -> "DirectWays | None":
        """Return these ways where both ends know them for ports, as `for_files` does for files."""
        return self if set(features) >= _FOR_PORTS else None

    def begin(self) -> bool:
        """Take a place among the transfers that may go over TCP; return whether there was one. `end` gives it back."""
        if _Places.taken >= limits.DIRECT_TRANSFERS:
            return False
        _Places.taken += 1
        return True

    def end(self) -> None:
        """Give a place back."""
        _Places.taken -= 1

    async def meeting(self, peer: PeerKey, met: Callable[[DirectConnection], None]) -> Meeting:
        """Listen for a peer; see `Meeting`."""
        identity = await in_thread(_make_identity)
        addresses = own_addresses(self._description(peer), allow_loopback=self._allows_loopback)
        here = {address for each in addresses for address in each}
        return Meeting(identity, addresses, lambda address: self._may_dial(peer, address, here), met)

    def _may_dial(self, peer: PeerKey, address: SocketAddress, here: Collection[str] = ()) -> bool:
        """Tell whether an address is dialed for a peer, and count it if so: nobody scans others through this client.

        Nor this machine itself, by the addresses that are told as those of ``here``. In tests, all is on one machine.
        """
        now = asyncio.get_running_loop().time()
        while self._dials and now - self._dials[0][0] > _MINUTE:
            self._dials.popleft()
        if not is_worth_dialing(address, allow_loopback=self._allows_loopback):
            return False
        if address.ip in here and not self._allows_loopback:
            return False
        of_peer = sum(each == peer for _, each in self._dials)
        if of_peer >= limits.DIRECT_DIALS or len(self._dials) >= limits.ALL_DIRECT_DIALS:
            return False
        self._dials.append((now, peer))
        return True


def _make_identity() -> "TlsIdentity":
    from keks_meet.client.direct.tls_identity import TlsIdentity  # noqa: PLC0415 - makers of certificates load slowly

    return TlsIdentity()
