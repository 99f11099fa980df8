# SPDX-License-Identifier: AGPL-3.0-only
"""What addresses have at other nodes, as these tell with their heartbeats [C5]. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

__all__ = ["MOST_SHARES", "Shares"]

MOST_SHARES: Final = 256
"""Addresses that a node tells of."""


class Shares:
    """The counts of all other nodes, by address."""

    __slots__ = ("_by_node", "totals")

    def __init__(self) -> None:
        """Begin with nothing."""
        self._by_node: dict[int, Mapping[str, int]] = {}
        self.totals: dict[str, int] = {}
        """What addresses have at all other nodes together."""

    def tell(self, node: int, counts: Mapping[str, int]) -> None:
        """Take note of what a node says, instead of what it said before."""
        if counts != self._by_node.get(node, {}):
            self._by_node[node] = counts
            self._add_up()

    def keep(self, nodes: tuple[int, ...]) -> None:
        """Forget what all others than these have said."""
        gone = self._by_node.keys() - set(nodes)
        for node in gone:
            del self._by_node[node]
        if gone:
            self._add_up()

    def _add_up(self) -> None:
        totals: Counter[str] = Counter()
        for counts in self._by_node.values():
            totals.update(counts)
        self.totals = dict(totals)
