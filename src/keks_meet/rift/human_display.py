# SPDX-License-Identifier: AGPL-3.0-only
"""For people: lines and progress bars on stderr, the output of ``list`` on stdout.

Peers' text passes `printable` or `quoted`, and is never read as markup of rich.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Literal, Self

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from keks_meet.protocol.limits import CHAT_CHARACTERS
from keks_meet.protocol.relay_messages import Provide
from keks_meet.rift.display import NAMELESS, Direction, Listed, PeerName, Transfer, Verbosity, worded
from keks_meet.rift.progress_bars import ProgressBars
from keks_meet.rift.qr import qr_code
from keks_meet.rift.steady_stream import SteadyStream
from keks_meet.rift.terminal import printable, quoted
from keks_meet.session.shown_text import shown_lines, shown_name

__all__ = ["HumanDisplay", "console_for"]

_LONG_LINE: Final = 4000
"""Characters of a line that we wrote ourselves, though perhaps of a peer's words."""


def console_for(stream: SteadyStream) -> Console:
    """Return a console that takes all text literally."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)  # type: ignore[arg-type]


class HumanDisplay:
    """Writes for a person. When quiet only codes, lists, chat, warnings and errors."""

    def __init__(
        self,
        stdout: SteadyStream,
        stderr: SteadyStream,
        *,
        verbosity: Verbosity = "normal",
        bars: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Write to the streams; with ``bars`` show progress as it goes, which takes a terminal at stderr."""
        self._quiet, self._verbose, self.clock = verbosity == "quiet", verbosity == "verbose", clock
        self._stdout, self._stderr = stdout, stderr
        self._output, self._console = console_for(stdout), console_for(stderr)
        self._bars = ProgressBars(self._console, clock) if bars and not self._quiet else None

    def code(self, code: str, *, link: str, qr: bool) -> None:
        """Write code and link, also when quiet: nothing works without them."""
        self._say(f"Code: {code}", style="bold")
        self._say(f"Link: {link}")
        drawn = qr_code(link, columns=self._console.width, encoding=self._stderr.encoding) if qr else None
        if drawn and not self._quiet and self._stderr.isatty():
            self._say(f"\n{drawn}")
        self._tell("On the other end, run rift receive and type the code, or open the link in a browser.")

    def joined(self, *, username: str, link: str | None = None) -> None:
        """Write it, the link only when there are details wanted: it has been seen, or was given."""
        self._tell(f"Joined the room as {worded(PeerName('', username))}.")
        if link is not None:
            self.detail(f"In a browser, the room is at {link}")

    def peer(self, peer: PeerName, change: Literal["joined", "left"]) -> None:
        """Write who came or went."""
        self._tell(f"{worded(peer)} {change}.")

    def renamed(self, peer: PeerName, before: PeerName) -> None:
        """Write both names."""
        self._tell(f"{worded(before)} is now called {worded(peer)}.")

    def offered(self, offer: Listed) -> None:
        """Write who offers what."""
        self._tell(f"{worded(offer.peer)} offers {_described(offer.resource)}.")

    def withdrawn(self, offer: Listed) -> None:
        """Write who does not offer what any more."""
        self._tell(f"{worded(offer.peer)} no longer offers {_described(offer.resource)}.")

    def providing(self, resource: Provide) -> None:
        """Write what we offer."""
        self._tell(f"Offering {_described(resource)}.")

    def transfer(self, direction: Direction, what: Listed, *, offset: int = 0) -> Transfer:
        """Show a bar, or write that it begins."""
        name, size = quoted(_title(what.resource)), what.resource.size
        other = f"{'to' if direction == 'sending' else 'from'} {worded(what.peer)}"
        if self._bars is None:
            self._tell(f"{direction.capitalize()} {name}{_sized(size)} {other}.")
            bar = None
        else:
            bar = self._bars.add(direction, printable(_title(what.resource)), size, offset)
        return _HumanTransfer(self, direction, f"{name} {other}", bar, offset)

    def chat(self, peer: PeerName, text: str, *, is_image: bool = False) -> None:
        """Write it behind the name; further lines are indented, so that none looks like one of ours."""
        said = "(an image)" if is_image else shown_lines(text[:CHAT_CHARACTERS])
        self._say(f"{worded(peer)}: {said}".replace("\n", "\n    "))

    def listening(self, *, host: str, port: int, peer: PeerName, resource_id: str) -> None:
        """Write the address to connect to."""
        shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._tell(f"Port {_spelled(resource_id)} of {worded(peer)} is at {shown}")

    def resources(self, listed: Sequence[Listed]) -> None:
        """Write a table, or without a terminal a line with tabs for each: id, kind, bytes, peer, label."""
        if not self._stdout.isatty():
            for one in listed:
                self._stdout.write("\t".join(_fields(one)) + "\n")
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("ID", "KIND", "SIZE", "FROM", "NAME"):
            table.add_column(heading, overflow="fold", justify="right" if heading == "SIZE" else "left")
        for one in listed:
            identifier, kind, _, peer, label = _fields(one)
            size = "" if one.resource.size is None else decimal(one.resource.size)
            table.add_row(*map(Text, (identifier, kind, size, peer, label)))
        self._output.print(table)

    def status(self, text: str) -> None:
        """Write a line."""
        self._tell(printable(text, limit=_LONG_LINE))

    def detail(self, text: str) -> None:
        """Write a line, if wanted."""
        if self._verbose:
            self._tell(printable(text, limit=_LONG_LINE), style="dim")

    def warning(self, text: str) -> None:
        """Write a line, also when quiet."""
        self._say(f"Warning: {printable(text, limit=_LONG_LINE)}", style="yellow")

    def error(self, text: str, *, code: str = "keks-meet") -> None:
        """Write a line, also when quiet."""
        del code  # for programs
        self._say(f"Error: {printable(text, limit=_LONG_LINE)}", style="bold red")

    def restore_terminal(self) -> None:
        """Show the cursor again, which bars hide, past rich and its locks."""
        if self._bars is not None and self._bars.shown:
            self._stderr.write_now(b"\x1b[?25h\n")

    def close(self) -> None:
        """Take bars away."""
        if self._bars is not None:
            self._bars.close()

    def __enter__(self) -> Self:
        """Return the display."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take bars away."""
        self.close()

    def tell(self, text: str) -> None:
        """Write what is safe to show already, unless quiet."""
        self._tell(text)

    def _tell(self, text: str, style: str = "") -> None:
        if not self._quiet:
            self._say(text, style)

    def _say(self, text: str, style: str = "") -> None:
        # Unwrapped: a link or a path that is broken over two lines cannot be copied.
        self._console.print(Text(text, style=style), soft_wrap=True)


class _HumanTransfer:
    def __init__(
        self, display: HumanDisplay, direction: Direction, what: str, bar: Transfer | None, offset: int
    ) -> None:
        self._display, self._direction, self._what, self._bar = display, direction, what, bar
        self._offset = self._size = offset
        # What is waited for after the last byte is no part of the rate.
        self._began = self._moved = display.clock()

    def progress(self, size: int) -> None:
        if size != self._size:
            self._moved = self._display.clock()
        self._size = size
        if self._bar is not None:
            self._bar.progress(size)

    def done(self, path: Path | None = None) -> None:
        if self._bar is not None:
            self._bar.done()
        moved, seconds = self._size - self._offset, max(self._moved - self._began, 0.001)
        where = "" if path is None else f", saved as {printable(str(path), limit=_LONG_LINE)}"
        verb = "Sent" if self._direction == "sending" else "Received"
        self._display.tell(f"{verb} {self._what}: {decimal(moved)}, {decimal(int(moved / seconds))}/s{where or '.'}")

    def unconfirmed(self) -> None:
        if self._bar is not None:
            self._bar.done()
        self._display.warning(f"All of {self._what} was sent; that client does not tell whether it was stored.")

    def failed(self, reason: str) -> None:
        if self._bar is not None:
            self._bar.failed(reason)
        verb = "send" if self._direction == "sending" else "receive"
        self._display.error(f"could not {verb} {self._what}: {reason}")


def _sized(size: int | None) -> str:
    return "" if size is None else f" ({decimal(size)})"


def _title(resource: Provide) -> str:
    return resource.label or resource.id


def _described(resource: Provide) -> str:
    kind = printable(resource.kind, limit=20)
    return f"the {kind} {quoted(_title(resource))}{_sized(resource.size)}, id {_spelled(resource.id)}"


def _spelled(identifier: str) -> str:
    """Return an id as it can be typed: between quotation marks that it cannot end."""
    return '"' + printable(identifier, limit=60).replace('"', '\\"') + '"'


def _listed_name(peer: PeerName) -> str:
    """Return a name for a column of its own; what tells equal ones apart is not imitated."""
    return worded(peer) if peer.number > 1 else shown_name(peer.username) or NAMELESS


def _fields(listed: Listed) -> tuple[str, str, str, str, str]:
    resource = listed.resource
    size = "" if resource.size is None else str(resource.size)
    label = printable(resource.label or "")
    return printable(resource.id), printable(resource.kind), size, _listed_name(listed.peer), label
