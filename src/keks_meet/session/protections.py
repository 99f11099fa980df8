# SPDX-License-Identifier: AGPL-3.0-only
"""The features of a client that guard against a server or other members [Y14]. Pure."""

from collections.abc import Collection
from typing import Final

__all__ = ["protections_of"]

_PROTECTIONS: Final = ("roster-1", "sas-1")
"""Those besides the ones that a credential needs [Y15] [Y20]."""


def protections_of(features: Collection[str]) -> tuple[str, ...]:
    """Return those of a client's features that guard against a server or other members."""
    return tuple(each for each in _PROTECTIONS if each in features)
