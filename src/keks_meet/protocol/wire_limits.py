# SPDX-License-Identifier: AGPL-3.0-only
"""What bounds packets and relay messages.

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from typing import Final

MAX_INTEGER: Final = 9_007_199_254_740_991
"""The largest integer on the wire: what JavaScript keeps exactly [S2]."""

ROOM_HASH_CHARACTERS: Final = 128
"""Length of a room hash; ours have 64, the original takes any text [M8]."""

NAME_CHARACTERS: Final = 100
"""Characters that are kept of a peer's name [M8]."""

LABEL_CHARACTERS: Final = 255
"""Characters that are kept of a resource's label: enough for any file's name [M8]."""

ID_CHARACTERS: Final = 256
"""Length of an id of a resource, an instance or a feature [M8]."""

FEATURES: Final = 64
"""Features that one peer or server may announce [M8]."""

CANDIDATE_CHARACTERS: Final = 2_048
"""Length of a candidate; those of engines have some hundreds [M8]."""

LINE_INDEX: Final = 65_535
"""The largest index of a media section [M8]."""

CHAT_CHARACTERS: Final = 20_000
"""Length of a text in chat [M7] [M8]."""

PREVIEW_CHARACTERS: Final = 65_536
"""Length of a still, a `data:` URL [V1]."""

ROSTER: Final = 512
"""Entries of a roster, and of its lists [Y16]."""

CODE_MEMBERS: Final = 256
"""Members that a code of the room is made of, oneself included [Y20]."""

DIRECT_ADDRESSES: Final = 8
"""Addresses that one end listens at for one transfer [F14]."""

PORT: Final = 65_535
"""The largest port of TCP [F14]."""

FILE_TEXT_CHARACTERS: Final = 4_096
"""Length of a control on a file channel; the longest one, `direct`, has some 1300 [F3]."""
