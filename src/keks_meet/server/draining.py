# SPDX-License-Identifier: AGPL-3.0-only
"""When each client is told that the server goes away, so that not all of them come to another one at once. Pure."""

__all__ = ["moments"]


def moments(count: int, seconds: float) -> list[float]:
    """Return after how many seconds each of ``count`` clients is told, evenly and the last one in the end.

    Nobody is told at once: a load balancer has to see first that the server is not ready any more.
    """
    return [(place + 1) * seconds / count for place in range(count)]
