# SPDX-License-Identifier: AGPL-3.0-only
"""The search of one transfer for a direct connection, from the first word about it to the end of the connection."""

import asyncio
import logging
from collections.abc import Callable

from keks_meet.client.direct.connection import DirectConnection
from keks_meet.client.direct.ways import DirectWays
from keks_meet.errors import ChannelClosed
from keks_meet.protocol.file_controls import Direct
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.file_control import encode_file_control

__all__ = ["DirectSearch"]

_log = logging.getLogger(__name__)


class DirectSearch:
    """A search that is begun at most once, and all that was found."""

    def __init__(
        self,
        direct: DirectWays,
        peer: PeerKey,
        say: Callable[[str], None],
        found: Callable[[DirectConnection], None],
        *,
        most: int,
    ) -> None:
        """Prepare to look for ``peer``.

        ``say`` sends a text over the channel, and may raise `ChannelClosed`.
        ``found`` is told of each connection to the right end, of which at most ``most`` are kept.
        """
        self.connections: list[DirectConnection] = []
        """The connections that were found."""
        self._direct = direct
        self._peer = peer
        self._say = say
        self._found = found
        self._most = most
        self._has_place = False
        self._is_over = False
        self._told: asyncio.Future[Direct] | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to look, unless that is over already, or too many others do."""
        if self._is_over or self._task is not None or not self._direct.begin():
            return
        self._has_place = True
        self._told = asyncio.get_running_loop().create_future()
        self._task = self._direct.tasks.start(self._look(self._told))
        self._task.add_done_callback(lambda _: self._looked())

    def heard(self, theirs: Direct) -> None:
        """Take what the other end tells about itself."""
        if self._told is not None and not self._told.done():
            self._told.set_result(theirs)

    def stop(self) -> None:
        """Look no further; what was found stays."""
        self._is_over = True
        if self._task is not None:
            self._task.cancel()

    def disconnect(self) -> None:
        """Look no further, and close what was found. Where something was, the place stays taken."""
        self.stop()
        for connection in self.connections:
            connection.close()

    def end(self) -> None:
        """Look no further, close what was found, and give the place back."""
        self.disconnect()
        self.connections = []
        self._give_place_back()

    async def _look(self, told: "asyncio.Future[Direct]") -> None:
        try:
            meeting = await self._direct.meeting(self._peer, self._take)
        except Exception as error:  # whatever an engine says of its description, and the system of keys and files
            _log.info("no direct connection: %s", type(error).__name__)
            return
        try:
            self._say(encode_file_control(meeting.own))
            async with asyncio.timeout(limits.DIRECT_ANSWER_MS / 1000):
                theirs = await told
            await meeting.look(theirs)
        except (ChannelClosed, TimeoutError):
            pass
        finally:
            meeting.close()

    def _take(self, connection: DirectConnection) -> None:
        if self._is_over or len(self.connections) >= self._most:
            connection.close()
            return
        self.connections.append(connection)
        self._found(connection)

    def _looked(self) -> None:
        if not self.connections:
            self._give_place_back()

    def _give_place_back(self) -> None:
        if self._has_place:
            self._has_place = False
            self._direct.end()
