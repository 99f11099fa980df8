# SPDX-License-Identifier: AGPL-3.0-only
"""Events for people: lines and progress bars on stderr, the output of ``list`` on stdout.

Peers' text passes `printable` or `quoted`, and is never read as markup of rich.
"""

import io
from collections.abc import Callable
from contextlib import nullcontext, suppress
from textwrap import indent
from time import monotonic
from typing import Final

from msgspec import Struct
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from keks_meet.protocol.fields import ReactionName
from keks_meet.protocol.relay_messages import Provide
from keks_meet.protocol.wire_limits import CHAT_CHARACTERS
from keks_meet.rift import events as e
from keks_meet.rift.code_words import words_of_code
from keks_meet.rift.display import Display, SteadyStream, Verbosity
from keks_meet.rift.events import NAMELESS, PeerName, worded
from keks_meet.rift.identity_words import identity_lines
from keks_meet.rift.progress_bars import Bar, ProgressBars
from keks_meet.rift.site_words import configured_lines, difference_lines
from keks_meet.rift.summary_words import summary_line
from keks_meet.rift.terminal import printable, quoted
from keks_meet.session.shown_text import shown_lines, shown_name

__all__ = ["HumanDisplay"]

_MOMENT: Final = 0.2
"""Seconds of a transfer below which no speed is told."""
_LONG_LINE: Final = 4000
"""Characters of a line that we wrote ourselves, though perhaps of a peer's words."""
_QUIET_ZONE: Final = 2
"""Modules around a QR code: half of what the standard asks for, which every telephone reads, so that it fits."""
_COLUMNS: Final = ("ID", "KIND", "SIZE", "FROM", "NAME")


class _Shown(Struct, frozen=False):
    """A transfer that is shown."""

    direction: e.Direction
    what: str
    """The name of the file, and whose it is, safe to show."""
    bar: Bar | None
    offset: int
    size: int
    began: float
    moved: float
    """When bytes were last seen to come: what is waited for after the last one is no part of the rate."""


class HumanDisplay(Display):
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
        self._quiet, self._verbose, self._clock = verbosity == "quiet", verbosity == "verbose", clock
        self._stdout, self._stderr = stdout, stderr
        self._output, self._console = _console_for(stdout), _console_for(stderr)
        self._bars = ProgressBars(self._console, clock) if bars and not self._quiet else None
        self._transfers: dict[int, _Shown] = {}
        # Who has started the code that is made, and without whom.
        self._code_begun: tuple[PeerName | None, tuple[PeerName, ...]] | None = None

    @property
    def lost(self) -> OSError | None:
        """How the disk refused what was to go to stdout."""
        return self._stdout.lost

    def say(self, event: e.Event) -> None:  # noqa: C901, PLR0912 - one case a kind
        """Write an event, unless it is not wanted."""
        match event:
            case (
                e.TransferStarted()
                | e.TransferProgress()
                | e.TransferDone()
                | e.TransferUnconfirmed()
                | e.TransferFailed()
            ):
                self._say_of_transfer(event)
            case e.CodeMade(code, link, server):
                self._code(f"{code}@{server}" if server else code, link)
            case e.Listing() | e.ResourceListed():
                self._list(event.lines if isinstance(event, e.Listing) else (event,))
            case e.Joined(_, link):
                self._tell(_sentence(event))
                # The link only when details are wanted: it has been seen, or was given.
                if link is not None:
                    self.say(e.Detail(f"In a browser, the room is at {link}"))
            case e.Detail(text):
                if self._verbose:
                    self._tell(_own(text), style="dim")
            case e.SiteCompared() | e.OwnIdentity() | e.PersonListed() | e.SafetyNumber():
                self._answer(event)
            case e.RoomCode():
                self._room_code(event)
            case e.Summary():
                self._tell(summary_line(event))
            case e.TextReceived():
                with suppress(OSError):
                    self.show(event)
            case e.Warned() | e.Failed() | e.ChatReceived():
                self._write(*_loud(event))
            case _:
                self._tell(_sentence(event))

    def show(self, event: e.TextReceived) -> None:
        """Write a text to stdout, also when quiet."""
        self._tell(f"{worded(event.peer)} sends a text:")
        shown = f"{shown_lines(event.text)}\n"
        if not self._stdout.isatty():
            self._stdout.deliver(shown)
            return
        with self._bars.paused() if self._bars is not None else nullcontext():
            # Indented where a person looks, so that no line of it looks like one of ours.
            self._stdout.deliver(indent(shown, "    "))

    def restore_terminal(self) -> None:
        """Show the cursor again, which bars hide, past rich and its locks."""
        if self._bars is not None and self._bars.shown:
            self._stderr.write_now(b"\x1b[?25h\n")

    def close(self) -> None:
        """Take bars away."""
        if self._bars is not None:
            self._bars.close()

    def _code(self, code: str, link: str) -> None:
        """Write code and link, also when quiet: nothing works without them."""
        self._write(f"Code: {code}", style="bold")
        self._write(f"Link: {link}")
        self._draw_code(link)
        self._tell("On the other end, run rift receive and type the code, or open the link in a browser.")

    def _draw_code(self, text: str) -> None:
        """Draw a QR code, where a person looks at a terminal on which it fits."""
        drawn = _qr_code(text, columns=self._console.width, encoding=self._stderr.encoding)
        if drawn and not self._quiet and self._stderr.isatty():
            self._write(f"\n{drawn}")

    def _answer(self, event: e.SiteCompared | e.OwnIdentity | e.PersonListed | e.SafetyNumber) -> None:
        """Write the answer of a command that needs no room, also when quiet."""
        if isinstance(event, e.SiteCompared):
            self._compared(event)
            return
        for line in identity_lines(event):
            self._stdout.write(f"{line}\n")
        if isinstance(event, e.SafetyNumber):
            self._draw_code(event.number.replace(" ", ""))

    def _room_code(self, code: e.RoomCode) -> None:
        """Tell of a code once when it is begun, and not who is waited for; the code itself also when quiet."""
        begun = (code.by, code.left_out) if code.status == "running" else None
        is_going_on = begun is not None and begun == self._code_begun
        self._code_begun = begun
        if code.status == "code" and self._quiet:
            self._write(f"Code of the room: {code.code}", style="bold")
        for event in () if is_going_on else words_of_code(code):
            self.say(event)

    def _compared(self, event: e.SiteCompared) -> None:
        """Write the outcome of a comparison of pages: differences also when quiet."""
        for line in difference_lines(event) if event.differences else ():
            self._write(line, style="bold red")
        for line in () if event.differences else configured_lines(event):
            self._tell(line)

    def _list(self, lines: tuple[e.ResourceListed, ...]) -> None:
        """Write a table, or without a terminal a line with tabs for each: id, kind, bytes, peer, label."""
        if not self._stdout.isatty():
            for line in lines:
                self._stdout.write("\t".join(_cells(line)) + "\n")
            return
        table = Table(box=None, pad_edge=False)
        for heading in _COLUMNS:
            table.add_column(heading, overflow="fold", justify="right" if heading == "SIZE" else "left")
        for line in lines:
            identifier, kind, _, peer, label = _cells(line)
            size = "" if line.resource.size is None else decimal(line.resource.size)
            table.add_row(*map(Text, (identifier, kind, size, peer, label)))
        self._output.print(table)

    # Transfers

    def _say_of_transfer(
        self,
        event: e.TransferStarted | e.TransferProgress | e.TransferDone | e.TransferUnconfirmed | e.TransferFailed,
    ) -> None:
        match event:
            case e.TransferStarted():
                self._started(event)
            case e.TransferProgress(transfer, size):
                self._moved(self._transfers[transfer], size)
            case _:
                self._ended(event)

    def _started(self, event: e.TransferStarted) -> None:
        """Show a bar, or write that it begins."""
        name, size, direction = quoted(_title(event.resource)), event.resource.size, event.direction
        other = f"{'to' if direction == 'sending' else 'from'} {worded(event.peer)}"
        bar = None
        if self._bars is None:
            self._tell(f"{direction.capitalize()} {name}{_sized(size)} {other}.")
        else:
            bar = self._bars.add(direction, printable(_title(event.resource)), size, event.bytes)
        now = self._clock()
        self._transfers[event.transfer] = _Shown(
            direction, f"{name} {other}", bar, offset=event.bytes, size=event.bytes, began=now, moved=now
        )

    def _moved(self, shown: _Shown, size: int) -> None:
        if size != shown.size:
            shown.moved = self._clock()
        shown.size = size
        if shown.bar is not None:
            shown.bar.progress(size)

    def _ended(self, event: e.TransferDone | e.TransferUnconfirmed | e.TransferFailed) -> None:
        shown = self._transfers.pop(event.transfer)
        self._moved(shown, event.bytes)
        if shown.bar is not None:
            shown.bar.remove()
        match event:
            case e.TransferDone(_, _, path):
                where = "." if path is None else f", saved as {_own(str(path))}"
                self._tell(
                    f"{'Sent' if shown.direction == 'sending' else 'Received'} {shown.what}: {_rate(shown)}{where}"
                )
            case e.TransferUnconfirmed():
                self.say(e.Warned(f"All of {shown.what} was sent; that client does not tell whether it was stored."))
            case e.TransferFailed(_, _, reason):
                verb = "send" if shown.direction == "sending" else "receive"
                self.say(e.Failed(f"could not {verb} {shown.what}: {reason}", code="transfer-failed"))

    # Lines

    def _tell(self, text: str, style: str = "") -> None:
        if not self._quiet:
            self._write(text, style)

    def _write(self, text: str, style: str = "") -> None:
        # Unwrapped: a link or a path that is broken over two lines cannot be copied.
        self._console.print(Text(text, style=style), soft_wrap=True)


_REACTIONS: Final[dict[ReactionName, str]] = {
    "yes": "thumbs up",
    "no": "thumbs down",
    "applause": "applause",
    "heart": "a heart",
    "laugh": "laughter",
    "surprise": "surprise",
}


def _sentence(  # noqa: C901, PLR0911 - one a kind
    event: e.Joined
    | e.PeerJoined
    | e.PeerLeft
    | e.PeerRenamed
    | e.Offered
    | e.Withdrawn
    | e.Providing
    | e.Hand
    | e.Reaction
    | e.Recording
    | e.Listening
    | e.Status,
) -> str:
    """Return what is said of an event in one line."""
    match event:
        case e.Joined(username):
            return f"Joined the room as {worded(PeerName('', username))}."
        case e.PeerJoined(peer):
            mark = f" ({peer.mark})" if peer.mark not in {None, "changed"} else ""
            return f"{worded(peer)}{mark} joined."
        case e.PeerLeft(peer):
            return f"{worded(peer)} left."
        case e.PeerRenamed(peer, before, number):
            return f"{worded(PeerName('', before, number))} is now called {worded(peer)}."
        case e.Offered(peer, resource):
            return f"{worded(peer)} offers {_described(resource)}."
        case e.Withdrawn(peer, resource):
            return f"{worded(peer)} no longer offers {_described(resource)}."
        case e.Hand() | e.Reaction() | e.Recording():
            return _act(event)
        case e.Providing(resource):
            return f"Offering {_described(resource)}."
        case e.Listening(host, port, peer, identifier):
            address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            return f"Port {_spelled(identifier)} of {worded(peer)} is at {address}"
        case e.Status(text):
            return _own(text)


def _act(event: e.Hand | e.Reaction | e.Recording) -> str:
    """Return what is said of what a peer does in a call."""
    match event:
        case e.Hand(peer, state):
            return f"{worded(peer)} {'raises' if state == 'up' else 'lowers'} a hand."
        case e.Reaction(peer, name):
            return f"{worded(peer)} reacts: {_REACTIONS[name]}."
        case e.Recording(peer, recording):
            return f"{worded(peer)} {'records' if recording == 'on' else 'no longer records'} the call."


def _loud(event: e.Warned | e.Failed | e.ChatReceived) -> tuple[str, str]:
    """Return what is written also when quiet, and its style."""
    match event:
        case e.Warned(text):
            return f"Warning: {_own(text)}", "yellow"
        case e.Failed(text):
            return f"Error: {_own(text)}", "bold red"
        case e.ChatReceived(peer, text):
            said = "(an image)" if text is None else shown_lines(text[:CHAT_CHARACTERS])
            # Further lines are indented, so that none looks like one of ours.
            return f"{worded(peer)}: {said}".replace("\n", "\n    "), ""


def _own(text: str) -> str:
    return printable(text, limit=_LONG_LINE)


def _rate(shown: _Shown) -> str:
    moved, seconds = shown.size - shown.offset, shown.moved - shown.began
    # What was over in a moment says nothing of the speed.
    return f"{decimal(moved)}, {decimal(int(moved / seconds))}/s" if seconds >= _MOMENT else decimal(moved)


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


def _cells(line: e.ResourceListed) -> tuple[str, str, str, str, str]:
    """Return what stands in the columns: id, kind, bytes, peer, label."""
    peer, resource = line.peer, line.resource
    size = "" if resource.size is None else str(resource.size)
    # A name has a column of its own, so it needs no quotes; what tells equal ones apart is not imitated.
    name = worded(peer) if peer.number > 1 else shown_name(peer.username) or NAMELESS
    return printable(resource.id), printable(resource.kind), size, name, printable(resource.label or "")


def _qr_code(text: str, *, columns: int, encoding: str) -> str | None:
    """Return lines of half blocks that show a text light on dark; None when they do not fit or cannot be encoded."""
    import segno  # noqa: PLC0415 - few show a code

    try:
        "▀▄█".encode(encoding)
        code = segno.make(text, error="l", micro=False, boost_error=False)
    except (LookupError, UnicodeEncodeError, segno.DataOverflowError):
        return None
    if code.symbol_size(border=_QUIET_ZONE)[0] > columns:
        return None
    drawn = io.StringIO()
    code.terminal(drawn, border=_QUIET_ZONE, compact=True)
    return drawn.getvalue()


def _console_for(stream: SteadyStream) -> Console:
    """Return a console that takes all text literally."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)  # type: ignore[arg-type]
