# SPDX-License-Identifier: AGPL-3.0-only
r"""For programs: one JSON object a line, told apart by ``event``. Names and fields are stable; more may come.

========================  ==============================================================================
event                     fields
========================  ==============================================================================
``code``                  ``code``, ``link``
``joined``                ``username``; ``link`` if there is one
``peer-joined``           ``peer``
``peer-left``             ``peer``
``peer-renamed``          ``peer``, ``before``: the name that it had
``offered``               ``peer``, ``resource``
``withdrawn``             ``peer``, ``resource``
``providing``             ``resource``
``resource``              ``peer``, ``resource``: a line of ``rift list``
``transfer-started``      ``transfer``, ``direction`` (``sending`` or ``receiving``), ``peer``, ``resource``,
                          ``bytes`` (there already)
``transfer-progress``     ``transfer``, ``bytes``: at most once a second for each transfer
``transfer-done``         ``transfer``, ``bytes``, ``path`` (or null)
``transfer-unconfirmed``  ``transfer``, ``bytes``: all was sent, whether it was stored nobody said
``transfer-failed``       ``transfer``, ``bytes``, ``reason``
``chat``                  ``peer``, ``text``, or ``image``: true without the text
``listening``             ``host``, ``port``, ``peer``, ``id``
``status``                ``text``
``detail``                ``text``: with ``--verbose`` only
``warning``               ``text``
``error``                 ``text``, ``code``
========================  =======================================================================
``peer`` is ``{"key", "username"}``, and ``number``, from 2 on, of those whose names look the same. ``resource`` is as
the protocol has it, ``{"id", "kind", "label", "size", …}`` without what is not known. ``transfer`` is a number that
counts up. Text is as peers sent it, but all but printable ASCII is written as ``\uXXXX``, so that a terminal has
nothing to obey.
"""

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Final, Literal, Self

import msgspec

from keks_meet.protocol.relay_messages import Provide
from keks_meet.rift.display import Direction, Listed, PeerName
from keks_meet.rift.steady_stream import SteadyStream

__all__ = ["JsonDisplay"]

_PROGRESS_SECONDS: Final = 1.0


class JsonDisplay:
    """Writes events as lines."""

    def __init__(self, stream: SteadyStream, *, verbose: bool = False, clock: Callable[[], float] = monotonic) -> None:
        """Write to ``stream``, details only if ``verbose``; ``clock`` counts seconds."""
        self._stream, self._verbose, self._clock = stream, verbose, clock
        self._transfers = itertools.count(1)

    def emit(self, event: str, **fields: Any) -> None:
        """Write one line."""
        line = json.dumps({"event": event, **msgspec.to_builtins(fields)})
        self._stream.write(line.replace("\x7f", "\\u007f") + "\n")

    def code(self, code: str, *, link: str, qr: bool) -> None:
        """Write ``code``; programs draw QR codes themselves."""
        self.emit("code", code=code, link=link)

    def joined(self, *, username: str, link: str | None = None) -> None:
        """Write ``joined``."""
        self.emit("joined", username=username, **({} if link is None else {"link": link}))

    def peer(self, peer: PeerName, change: Literal["joined", "left"]) -> None:
        """Write ``peer-joined`` or ``peer-left``."""
        self.emit(f"peer-{change}", peer=peer)

    def renamed(self, peer: PeerName, before: PeerName) -> None:
        """Write ``peer-renamed``."""
        self.emit("peer-renamed", peer=peer, before=before.username)

    def offered(self, offer: Listed) -> None:
        """Write ``offered``."""
        self.emit("offered", peer=offer.peer, resource=offer.resource)

    def withdrawn(self, offer: Listed) -> None:
        """Write ``withdrawn``."""
        self.emit("withdrawn", peer=offer.peer, resource=offer.resource)

    def providing(self, resource: Provide) -> None:
        """Write ``providing``."""
        self.emit("providing", resource=resource)

    def transfer(self, direction: Direction, what: Listed, *, offset: int = 0) -> "_JsonTransfer":
        """Write ``transfer-started``."""
        number = next(self._transfers)
        fields = {"direction": direction, "peer": what.peer, "resource": what.resource, "bytes": offset}
        self.emit("transfer-started", transfer=number, **fields)
        return _JsonTransfer(self, number, offset, self._clock)

    def chat(self, peer: PeerName, text: str, *, is_image: bool = False) -> None:
        """Write ``chat``."""
        self.emit("chat", peer=peer, **({"image": True} if is_image else {"text": text}))

    def listening(self, *, host: str, port: int, peer: PeerName, resource_id: str) -> None:
        """Write ``listening``."""
        self.emit("listening", host=host, port=port, peer=peer, id=resource_id)

    def resources(self, listed: Sequence[Listed]) -> None:
        """Write ``resource`` for each."""
        for one in listed:
            self.emit("resource", peer=one.peer, resource=one.resource)

    def status(self, text: str) -> None:
        """Write ``status``."""
        self.emit("status", text=text)

    def detail(self, text: str) -> None:
        """Write ``detail``, if wanted."""
        if self._verbose:
            self.emit("detail", text=text)

    def warning(self, text: str) -> None:
        """Write ``warning``."""
        self.emit("warning", text=text)

    def error(self, text: str, *, code: str = "keks-meet") -> None:
        """Write ``error``."""
        self.emit("error", text=text, code=code)

    def restore_terminal(self) -> None:
        """Do nothing: lines leave a terminal as it is."""

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        """Return the display."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Do nothing."""


class _JsonTransfer:
    def __init__(self, display: JsonDisplay, number: int, offset: int, clock: Callable[[], float]) -> None:
        self._display, self._number, self._bytes, self._clock = display, number, offset, clock
        self._said = clock()

    def progress(self, size: int) -> None:
        self._bytes = size
        now = self._clock()
        if now - self._said >= _PROGRESS_SECONDS:
            self._said = now
            self._display.emit("transfer-progress", transfer=self._number, bytes=size)

    def done(self, path: Path | None = None) -> None:
        where = None if path is None else str(path)
        self._display.emit("transfer-done", transfer=self._number, bytes=self._bytes, path=where)

    def unconfirmed(self) -> None:
        self._display.emit("transfer-unconfirmed", transfer=self._number, bytes=self._bytes)

    def failed(self, reason: str) -> None:
        self._display.emit("transfer-failed", transfer=self._number, bytes=self._bytes, reason=reason)
