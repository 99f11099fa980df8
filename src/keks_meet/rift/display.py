# SPDX-License-Identifier: AGPL-3.0-only
"""How commands talk to the person or program that started them: what can be said.

How it is said is up to `human_display` and `json_display`; `choose_display` picks one.

Commands hand over what peers sent as it came: making it safe to show is the display's duty. Every method is cheap, and
none raises because the terminal went away.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Protocol, Self, TypeAlias

from msgspec import Struct

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.shown_text import shown_name

__all__ = ["NAMELESS", "Direction", "Display", "Listed", "PeerName", "Transfer", "Verbosity", "worded"]

NAMELESS: Final = "somebody without a name"

Direction: TypeAlias = Literal["sending", "receiving"]
Verbosity: TypeAlias = Literal["quiet", "normal", "verbose"]


class PeerName(Struct, frozen=True, omit_defaults=True):
    """A peer: what the session knows it by, and what it calls itself."""

    key: str
    username: str
    number: int = 1
    """Tells it from the others whose names look the same [T4]; 1 is left out."""


def worded(peer: PeerName) -> str:
    """Return a peer's name for within a sentence: quoted [T2], so that it is taken for nothing else, and numbered."""
    name = shown_name(peer.username)
    number = f" ({peer.number})" if peer.number > 1 else ""
    return (f'"{name}"' if name else NAMELESS) + number


class Listed(Struct, frozen=True):
    """A resource and the peer that offers it, or that gets it from us."""

    peer: PeerName
    resource: Provide


class Transfer(Protocol):
    """What is said of one transfer. After `done`, `unconfirmed` or `failed`, nothing more."""

    def progress(self, size: int) -> None:
        """Say how many bytes of the whole are there by now; may be called for every chunk."""

    def done(self, path: Path | None = None) -> None:
        """Say that it is complete, and where it lies if it was received into a file."""

    def unconfirmed(self) -> None:
        """Say that everything was sent, and that the receiver's client does not tell whether it was stored."""

    def failed(self, reason: str) -> None:
        """Say that it will not be complete, and why."""


class Display(Protocol):
    """What commands can say. A context manager that leaves the terminal tidy."""

    def code(self, code: str, *, link: str, qr: bool) -> None:
        """Say what the other end has to type or open, with a QR code of the link if wanted."""

    def joined(self, *, username: str, link: str | None = None) -> None:
        """Say that we are in the room, under which name, and where browsers find it."""

    def peer(self, peer: PeerName, change: Literal["joined", "left"]) -> None:
        """Say that somebody came or went."""

    def renamed(self, peer: PeerName, before: PeerName) -> None:
        """Say that somebody has another name by now."""

    def offered(self, offer: Listed) -> None:
        """Say what a peer offers."""

    def withdrawn(self, offer: Listed) -> None:
        """Say that a peer does not offer it any more."""

    def providing(self, resource: Provide) -> None:
        """Say what we offer."""

    def transfer(self, direction: Direction, what: Listed, *, offset: int = 0) -> Transfer:
        """Say that a transfer begins, with ``offset`` bytes there already."""

    def chat(self, peer: PeerName, text: str, *, is_image: bool = False) -> None:
        """Say what a peer wrote, or that it sent an image."""

    def listening(self, *, host: str, port: int, peer: PeerName, resource_id: str) -> None:
        """Say where a peer's port can be reached on this machine."""

    def resources(self, listed: Sequence[Listed]) -> None:
        """List what peers offer: the output of a command, on stdout."""

    def status(self, text: str) -> None:
        """Say what is going on, such as what is being waited for."""

    def detail(self, text: str) -> None:
        """Say what only those want to know who asked for more."""

    def warning(self, text: str) -> None:
        """Warn."""

    def error(self, text: str, *, code: str = "keks-meet") -> None:
        """Say what went wrong; ``code`` is the stable one of a `KeksMeetError`."""

    def restore_terminal(self) -> None:
        """Undo what a progress bar did to the terminal, without waiting for anything: the process is about to end."""

    def close(self) -> None:
        """Take progress bars away; more can be said nevertheless."""

    def __enter__(self) -> Self:
        """Return the display."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
