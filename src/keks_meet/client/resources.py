# SPDX-License-Identifier: AGPL-3.0-only
"""The own resources by their ids: the one place where files, ports and streams on offer are kept.

This module knows nothing of what they are. The sender of files asks for a file, the forwarding of ports for a port.
"""

from typing import TypeVar

__all__ = ["OwnResources"]

T = TypeVar("T")


class OwnResources:
    """The own resources of a room."""

    def __init__(self) -> None:
        self._offered: dict[str, object] = {}

    def add(self, resource_id: str, own: object) -> None:
        """Put a resource on offer, in place of the one that was under this id."""
        self._offered[resource_id] = own

    def remove(self, resource_id: str) -> None:
        """Take a resource off; one that is not there is no error."""
        self._offered.pop(resource_id, None)

    def get(self, resource_id: str, kind: type[T]) -> T | None:
        """Return the resource under an id, if it is of this kind."""
        own = self._offered.get(resource_id)
        return own if isinstance(own, kind) else None

    def all(self, kind: type[T]) -> list[T]:
        """Return all resources of a kind."""
        return [own for own in self._offered.values() if isinstance(own, kind)]
