# SPDX-License-Identifier: AGPL-3.0-only
"""Texts that are sent to be read at once [F13]: where they come from, which offers are such, and how they are shown."""

import asyncio
import io
from collections.abc import Callable
from typing import Final

from keks_meet.client.blocking import in_thread, wait_out
from keks_meet.client.events import Resource
from keks_meet.client.files.sinks import StreamSink
from keks_meet.client.files.sources import Reader, StreamSource, TextSource
from keks_meet.errors import SinkError, SourceError, UsageError
from keks_meet.rift.standard_streams import standard_input
from keks_meet.session.limits import SHOWN_TEXT_BYTES

__all__ = ["STDIN", "TextSink", "is_shown_text", "source_of_text"]

STDIN: Final = "-"
"""Stands for standard input."""


def is_shown_text(resource: Resource) -> bool:
    """Tell whether an offer is of a text that is to be shown [F13]."""
    is_text = resource.show == "text" and resource.archive is None
    return is_text and resource.size is not None and resource.size <= SHOWN_TEXT_BYTES


class TextSink(StreamSink):
    """Shows a text as soon as it is whole: what the sender hears of as stored has been shown.

    Whoever looks may let the writer wait for ever, as the reader of any stream may.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        """Show with ``show``, which blocks, and raises `OSError` when nobody can see it."""
        self._text = io.BytesIO()
        super().__init__(self._text)
        self._show = show

    def write(self, data: bytes | memoryview, /) -> None:
        """Append bytes. Raises `SinkError` beyond what a text may have."""
        if self._text.tell() + len(data) > SHOWN_TEXT_BYTES:
            msg = f"more than {SHOWN_TEXT_BYTES} bytes"
            raise SinkError(msg)
        super().write(data)

    def finish(self) -> None:
        """Show the text. Raises `OSError`, and `SinkError` when the sink was stopped."""
        self._do(lambda: self._show(self._text.getvalue().decode(errors="replace")))
        super().finish()


async def source_of_text(given: str) -> TextSource:
    """Return the text that was given, or that of standard input. Raises `UsageError` and `OSError`."""
    text = await _typed() if given == STDIN else given
    try:
        return TextSource(text)
    except SourceError as error:
        raise UsageError(str(error)) from error


async def _typed() -> str:
    # A reader closes what it reads from; standard input itself is the process's.
    reader = StreamSource(standard_input(), "stdin").open()
    coming = asyncio.ensure_future(in_thread(_read, reader))
    try:
        return (await asyncio.shield(coming)).decode()
    except UnicodeDecodeError:
        msg = "standard input is no text: expected UTF-8"
        raise UsageError(msg) from None  # the cause would quote it
    finally:
        reader.interrupt()
        await wait_out(coming)
        reader.close()


def _read(reader: Reader) -> bytes:
    """Return all there is, and of what is too long a little more than is allowed. Raises `SourceInterrupted`."""
    data = bytearray()
    while len(data) <= SHOWN_TEXT_BYTES and (piece := reader.read(SHOWN_TEXT_BYTES)):
        data += piece
    return bytes(data)
