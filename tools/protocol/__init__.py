# SPDX-License-Identifier: AGPL-3.0-only
"""Writes what both languages declare of the protocol from `spec/protocol.json`: `python -m tools.protocol`.

Declarations, limits, and the tables that the codecs check by; no other file lists kinds or fields. What is made is
committed, and a test holds it to what would be made now.
"""

from tools.protocol import python, source, typescript


def generate() -> dict[str, str]:
    """Every generated file by its path in the project."""
    protocol = source.read()
    return python.modules(protocol) | typescript.modules(protocol)
