# SPDX-License-Identifier: AGPL-3.0-only
"""Every limit of the server, settable or fixed. The limits of the wire are in `wire_limits`."""

from typing import Annotated, Final

from msgspec import Meta, Struct

__all__ = [
    "CLOSE_GRACE_SECONDS",
    "CLOSE_REASON_BYTES",
    "FRAME_ENVELOPE_BYTES",
    "HTTP_CONNECTIONS",
    "HTTP_IDLE_SECONDS",
    "JOIN_PATIENCE_SECONDS",
    "METRICS_CONNECTIONS",
    "PACED_UNIT_BYTES",
    "QUEUED_FRAME_BYTES",
    "REMEMBERED_ADDRESSES",
    "SEND_BUFFER_BYTES",
    "SHUTDOWN_SECONDS",
    "SLOWEST_READER",
    "STALLED_SECONDS",
    "Limits",
]

CLOSE_REASON_BYTES: Final = 123
"""Bytes that fit into a close frame beside its code (RFC 6455, 5.5)."""

PACED_UNIT_BYTES: Final = 16 * 1024
"""A packet counts as one, and as one more for each full piece of this size."""

QUEUED_FRAME_BYTES: Final = 128
"""Bytes that a waiting frame counts beside its payload, so that empty frames cannot fill the memory."""

FRAME_ENVELOPE_BYTES: Final = 64
"""Bytes by which the packet of a relayed message is larger than the message."""

SLOWEST_READER: Final = 32 * 1024
"""Bytes a second that a client must take while more waits [S11]: a line of 300 kbit/s takes more."""

SEND_BUFFER_BYTES: Final = 64 * 1024
"""Bytes sent to a client that the system may hold (Linux doubles it): more would hide how a reader reads."""

CLOSE_GRACE_SECONDS: Final = 2.0
"""The time that a client that is being closed may take to read the reason."""

SHUTDOWN_SECONDS: Final = 4.0
"""The time that the end of the server may take altogether."""

HTTP_IDLE_SECONDS: Final = 20.0
"""The time that a kept-alive HTTP connection may wait for its next request: longer than a page takes to load."""

HTTP_CONNECTIONS: Final = 1000
"""Connections that may be open beside ``Limits.connections``, for pages and for telling that the server is full."""

METRICS_CONNECTIONS: Final = 20
"""Connections that may be open to the address of metrics, so that who asks there takes nothing from the site."""

JOIN_PATIENCE_SECONDS: Final = 10.0
"""The time that a join may have to wait for earlier joins of its address before it is refused."""

_SPARE_FILES: Final = 100

REMEMBERED_ADDRESSES: Final = 20_000
"""Addresses whose joins are counted: more than join within the time in which an address is forgotten."""

STALLED_SECONDS: Final = 60.0
"""The time that a connection may leave sent data unacknowledged (Linux only)."""

_MIB = 1024 * 1024


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits on what clients may ask of the server; the ``[limits]`` section of the configuration."""

    message_bytes: Annotated[int, Meta(ge=64 * 1024, le=16 * _MIB)] = _MIB
    """Largest frame taken from a client [S3] [S10]."""

    packets_per_second: Annotated[int, Meta(ge=50, le=1_000_000)] = 200
    """The rate limit of a client, in packets a second. More is not punished: the server reads more slowly.

    The lower bound keeps a slowed client's full inbox from outlasting the heartbeat. Only packets of a few bytes,
    of which thousands fit in, can do that, and then their client counts as dead."""

    burst_packets: Annotated[int, Meta(ge=100, le=10_000_000)] = 2000
    """Packets that a client may send at once after a pause. Joining a room of 50 takes about 1500."""

    members_per_room: Annotated[int, Meta(ge=2, le=10_000)] = 100
    """Members of one room."""

    watched_rooms: Annotated[int, Meta(ge=0, le=10_000)] = 100
    """Rooms on one client's watch list [S8]."""

    connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 5000
    """Clients connected at the same time."""

    connections_per_address: Annotated[int, Meta(ge=1, le=1_000_000)] = 250
    """Clients of one address, or of one IPv6 network of 64 bits: an office behind one address fits in."""

    http_connections_per_address: Annotated[int, Meta(ge=10, le=1_000_000)] = 200
    """Connections of one address that are no clients. From half of the limit on, none is kept open after its answer."""

    joins_per_second: Annotated[float, Meta(ge=0.1, le=100_000)] = 5.0
    """The rate limit on joins of one address. More are slowed, and refused when they would have to wait too long."""

    burst_joins: Annotated[int, Meta(ge=10, le=1_000_000)] = 500
    """Joins of one address at once: everybody in an office comes back when the server was restarted."""

    watched_rooms_per_address: Annotated[int, Meta(ge=1, le=1_000_000)] = 2500
    """Rooms on the watch lists of all clients of one address."""

    queued_bytes: Annotated[int, Meta(ge=128 * 1024, le=1024 * _MIB)] = 4 * _MIB
    """Bytes that may wait for a slow reader. Relayed messages wait at their senders before the queue is full [S11]."""

    stalled_seconds: Annotated[float, Meta(ge=1, le=60)] = 10.0
    """The time that a client may take less than `SLOWEST_READER` while more waits for it [S11]."""

    slowed_seconds: Annotated[float, Meta(ge=1, le=40)] = 40.0
    """The time that a client may be slowed because others cannot read what it sends [S11].

    The upper bound keeps the client from being taken for dead: while it is slowed, its pongs may be unread."""

    handshake_seconds: Annotated[float, Meta(ge=1, le=120)] = 10.0
    """The time that a new connection may take to send its first request."""

    idle_seconds: Annotated[float, Meta(ge=75, le=3600)] = 90.0
    """The time that a client may send no packet. The original clients ping every 30 s."""

    heartbeat_seconds: Annotated[float, Meta(ge=1, le=600)] = 30.0
    """Pause after which a silent connection is probed; it is dead when half of it passes without an answer."""

    @property
    def open_files(self) -> int:
        """Files that the server wants to have open: a connection is one, and it has some of its own."""
        return self.connections + HTTP_CONNECTIONS + METRICS_CONNECTIONS + _SPARE_FILES

    def __post_init__(self) -> None:
        """Refuse limits that contradict each other."""
        if self.queued_bytes < 2 * self.message_bytes:
            msg = "queued_bytes must be at least twice message_bytes"
            raise ValueError(msg)
