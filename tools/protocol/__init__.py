# SPDX-License-Identifier: AGPL-3.0-only
"""The generator of what both languages declare of the protocol, from `spec/protocol.json`: `python -m tools.protocol`.

The generated files hold declarations, limits, and the tables that the codecs check by; no other file lists kinds or
fields. The generated files are committed, and a test compares them with what would be made now.
"""

from tools.protocol import python, source, typescript


def generate() -> dict[str, str]:
    """Return the text of every generated file, by the path of the file in the project."""
    protocol = source.read()
    return python.modules(protocol) | typescript.modules(protocol)
