# SPDX-License-Identifier: AGPL-3.0-only
"""The limits on what one address may have of the server: connections, watches, joins. Pure.

An address is what `client_address` makes of it; None is never limited. An address that has nothing is forgotten, but
for its joins of the last minutes, which are kept for so many addresses at most.
"""

from collections import OrderedDict
from heapq import nlargest
from typing import Final

from keks_meet.protocol.limits import JOIN_PATIENCE_SECONDS, REMEMBERED_ADDRESSES, Limits
from keks_meet.server.pace import Pace

__all__ = ["AddressLimits", "Rates", "Seat", "Tally"]


_NOTABLE: Final = 8
"""An address that has this part of what it may is worth telling to other nodes."""


class Tally:
    """A count of how much each address has of something."""

    __slots__ = ("_counts", "_limit", "elsewhere")

    def __init__(self, limit: int) -> None:
        """Let no address have more than ``limit``."""
        self._limit = limit
        self._counts: dict[str, int] = {}
        self.elsewhere: dict[str, int] = {}
        """What addresses have at other nodes of a cluster."""

    def take(self, address: str | None, count: int = 1) -> bool:
        """Give an address so many more; False, and nothing, when that would be too many."""
        if address is None or count == 0:
            return True
        total = self._counts.get(address, 0) + count
        if total + self.elsewhere.get(address, 0) > self._limit:
            return False
        self._counts[address] = total
        return True

    def give_back(self, address: str | None, count: int = 1) -> None:
        """Take note that an address has so many less."""
        if address is None or count == 0:
            return
        self._counts[address] -= count
        if self._counts[address] == 0:
            del self._counts[address]

    def is_half_used(self, address: str | None) -> bool:
        """Tell whether an address has more than half of what it may have."""
        return address is not None and self._counts.get(address, 0) * 2 > self._limit

    def largest(self, most: int) -> dict[str, int]:
        """Return what those addresses have that use a good part of what they may, at most so many."""
        notable = {address: count for address, count in self._counts.items() if count * _NOTABLE >= self._limit}
        return dict(nlargest(most, notable.items(), key=lambda item: item[1]))

    def __len__(self) -> int:
        """Return how many addresses have something."""
        return len(self._counts)


class Rates:
    """A rate limit for each address. The addresses that were unused for longest are forgotten."""

    def __init__(self, rate: float, burst: float) -> None:
        """Let each address act ``burst`` times at once and ``rate`` times a second for ever."""
        self._rate = rate
        self._burst = burst
        self._paces: OrderedDict[str, tuple[Pace, float]] = OrderedDict()

    def take(self, address: str | None, now: float) -> float | None:
        """Return how long to wait before acting once; None when that would be too long."""
        if address is None:
            return 0.0
        self._forget(now)
        pace = self._paces.pop(address, None) or (Pace(self._rate, self._burst, now), now)
        self._paces[address] = (pace[0], now)
        delay = pace[0].take(1, now)
        if delay <= JOIN_PATIENCE_SECONDS:
            return delay
        pace[0].take(-1, now)
        return None

    def _forget(self, now: float) -> None:
        """Forget addresses whose rate is as good as new, and the oldest ones when there are too many."""
        filled = now - self._burst / self._rate - JOIN_PATIENCE_SECONDS
        while self._paces:
            address, (_, last) = next(iter(self._paces.items()))
            if last > filled and len(self._paces) < REMEMBERED_ADDRESSES:
                return
            del self._paces[address]

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._paces)


class AddressLimits:
    """The counts and rate limits of all addresses."""

    def __init__(self, limits: Limits) -> None:
        """Start without any address."""
        self.clients: Final = Tally(limits.connections_per_address)
        self.watches: Final = Tally(limits.watched_rooms_per_address)
        self.joins: Final = Rates(limits.joins_per_second, limits.burst_joins)


class Seat:
    """The share that one client has of its address's part. `leave` gives all of it back."""

    __slots__ = ("_address", "_is_taken", "_limits", "_watched")

    def __init__(self, limits: AddressLimits, address: str | None) -> None:
        """Make a seat for a client at this address; `take` takes it."""
        self._limits = limits
        self._address = address
        self._is_taken = False
        self._watched = 0

    def take(self) -> bool:
        """Count the client; False when its address has too many."""
        self._is_taken = self._limits.clients.take(self._address)
        return self._is_taken

    def leave(self) -> None:
        """Count the client no more."""
        if self._is_taken:
            self._is_taken = False
            self._limits.clients.give_back(self._address)
            self._limits.watches.give_back(self._address, self._watched)
            self._watched = 0

    def watch(self, count: int) -> bool:
        """Have so many rooms watched instead of those before; False, and nothing changes, when those are too many."""
        more = count - self._watched
        if more > 0 and not self._limits.watches.take(self._address, more):
            return False
        self._limits.watches.give_back(self._address, max(-more, 0))
        self._watched = count
        return True

    def join(self, now: float) -> float | None:
        """Return how long a join has to wait; None when that would be too long."""
        return self._limits.joins.take(self._address, now)
