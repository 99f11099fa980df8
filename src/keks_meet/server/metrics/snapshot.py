# SPDX-License-Identifier: AGPL-3.0-only
"""The numbers of one moment, as they are gathered when somebody asks."""

from msgspec import Struct

from keks_meet.server.metrics.counts import Counts
from keks_meet.server.metrics.lag import Lag
from keks_meet.server.node import NodeState

__all__ = ["Snapshot"]


class Snapshot(Struct, frozen=True, kw_only=True):
    """All that is told."""

    version: str
    state: NodeState
    clients: int
    most_clients: int
    page_connections: int
    refused_connections: int
    rooms: int
    members: int
    queues: list[int]
    """The bytes that wait for each client."""
    certificate_end: float | None
    """When the server's own certificate ends, in seconds since 1970."""
    counts: Counts
    lag: Lag
