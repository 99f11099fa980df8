# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs that two sides have the same beginning of a file, which tell nobody else what that is [F9].

HMAC-SHA-256 (RFC 2104) of the beginning, under a salt of the receiver's choice, keys one more HMAC for each side: who
has seen what the one side says can say nothing for the other one.
"""

import hmac
from hashlib import sha256
from typing import Final

__all__ = ["SALT_BYTES", "PrefixProof"]

SALT_BYTES: Final = 32


class PrefixProof:
    """A proof in the making: takes the bytes in order."""

    def __init__(self, salt: str) -> None:
        """Begin one under a salt of 32 bytes in hexadecimal."""
        self._common = hmac.new(bytes.fromhex(salt), digestmod=sha256)

    def update(self, data: bytes | memoryview) -> None:
        """Append the next bytes of the beginning."""
        self._common.update(data)

    @property
    def receiver(self) -> str:
        """What the receiver says of the bytes that it has: `prefix_check`, in hexadecimal."""
        return self._keyed(b"receiver")

    @property
    def sender(self) -> str:
        """What the sender says of them: `prefix_hmac`, in hexadecimal."""
        return self._keyed(b"sender")

    def _keyed(self, side: bytes) -> str:
        return hmac.digest(self._common.digest(), side, sha256).hex()
