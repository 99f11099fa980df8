# SPDX-License-Identifier: AGPL-3.0-only
"""The state of this server as load balancers and supervisors ask for it: `/healthz` and `/readyz`. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from keks_meet.server.addresses import Address

__all__ = ["HEALTH", "Node", "NodeState"]

HEALTH: Final = ("/healthz", "/readyz")
"""The addresses that answer how the server is: whether it runs at all, and whether it wants to be given clients."""


class NodeState(StrEnum):
    """The states of a server, in the order of its life."""

    STARTING = "starting"
    ALONE = "alone"
    """A node of a cluster that does not hear the others."""
    READY = "ready"
    DRAINING = "draining"


_UNREADY: Final[Mapping[NodeState, str]] = {
    NodeState.STARTING: "The server is starting.",
    NodeState.ALONE: "The server cannot reach its cluster, and takes no clients until it can.",
    NodeState.DRAINING: "The server is about to end and takes no more clients.",
}


class Node:
    """One server: the state that it is in, and the address that its STUN answers at, if it has one."""

    __slots__ = ("is_full", "state", "stun")

    def __init__(self, stun: Address | None = None) -> None:
        """Begin as a server that is starting."""
        self.stun = stun
        self.state = NodeState.STARTING
        self.is_full: Callable[[], bool] = bool
        """Whether as many clients are here as may be; told by whoever counts them."""

    @property
    def takes_clients(self) -> bool:
        """Whether clients may come, as far as that is a matter of the state."""
        return self.state not in {NodeState.ALONE, NodeState.DRAINING}

    def health(self, path: str) -> tuple[int, str]:
        """Return the status and the sentence that answer one of `HEALTH`, or who wants what only a ready one gives."""
        unready = self._unready() if path != "/healthz" else None
        return (503, unready) if unready else (200, "ok")

    def _unready(self) -> str | None:
        """Return why no client should be sent here; a load balancer that asks has another place for it."""
        return _UNREADY.get(self.state) or ("The server is full." if self.is_full() else None)
