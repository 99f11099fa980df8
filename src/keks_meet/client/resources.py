# SPDX-License-Identifier: AGPL-3.0-only
"""What is offered from here, by its id: the one place where files, ports and streams on offer are kept.

Knows nothing of what they are. Who sends files asks for a file, who leads connections to ports asks for a port.
"""

from typing import TypeVar

__all__ = ["OwnResources"]

T = TypeVar("T")


class OwnResources:
    """The own resources of a room."""

    def __init__(self) -> None:
        self._offered: dict[str, object] = {}

    def add(self, resource_id: str, own: object) -> None:
        """Have something on offer, in place of what was under this id."""
        self._offered[resource_id] = own

    def remove(self, resource_id: str) -> None:
        """Have it no longer; what is not there is no error."""
        self._offered.pop(resource_id, None)

    def get(self, resource_id: str, kind: type[T]) -> T | None:
        """Return what is under an id, if it is of this kind."""
        own = self._offered.get(resource_id)
        return own if isinstance(own, kind) else None

    def all(self, kind: type[T]) -> list[T]:
        """Return all that are of a kind."""
        return [own for own in self._offered.values() if isinstance(own, kind)]
