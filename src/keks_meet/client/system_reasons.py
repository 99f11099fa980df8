# SPDX-License-Identifier: AGPL-3.0-only
"""Words for why a connection could not be made, or a port not be had."""

import os
import socket

__all__ = ["reason_of_system"]


def reason_of_system(error: Exception) -> str:
    """Return in a few words what the system says, and not as Python and asyncio write it.

    A `UnicodeError` is what Python says of a host name with an empty label or one that is too long.
    """
    match error:
        case TimeoutError():
            return "no answer"
        case socket.gaierror() | UnicodeError():
            return "its name has no address"
        case OSError(errno=int(number)) if number:
            return os.strerror(number)
        case _:
            # Where two addresses fail in two ways, the text alone tells them.
            return (str(error) if isinstance(error, OSError) else "") or type(error).__name__
