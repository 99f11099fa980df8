# SPDX-License-Identifier: AGPL-3.0-only
"""The exceptions that keks-meet raises on purpose.

::

    KeksMeetError
    ├── MalformedPacket       a packet or relay message is not what the protocol allows
    ├── MalformedFragment     the address of a room has a broken percent escape
    ├── UnopenableEnvelope    a sealed message does not open, or is not what its sender claims
    ├── ConfigError           the configuration file cannot be used
    ├── UsageError            what was typed does not make sense, or something is missing
    ├── PagesError            the built pages are missing or incomplete
    ├── ListenError           an address cannot be listened on
    ├── SourceError           something cannot be offered
    │   ├── SourceChanged     the source changed while it was on offer
    │   └── SourceInterrupted nobody needs the source any more
    ├── SinkError             a download cannot be put where it should go
    │   └── TargetExists      the target is there already
    ├── ArchiveError          a received folder cannot be unpacked, or must not be
    └── ClientError           something a client wanted did not work out
        ├── ServerUnreachable     the server does not answer, or refuses
        ├── NotOnOffer            no peer offers what was asked for
        ├── TransferFailed        a file did not arrive whole
        ├── ChannelClosed         the other side ended a data channel
        ├── SpoolFull             a slow connection has too much waiting for it
        └── RoomLeft              the room was left

``code`` is stable and meant for programs; ``str(error)`` is a sentence for the user. Neither carries a room secret.
"""

from typing import ClassVar

__all__ = [
    "ArchiveError",
    "ChannelClosed",
    "ClientError",
    "ConfigError",
    "KeksMeetError",
    "KeysUnusable",
    "ListenError",
    "MalformedFragment",
    "MalformedPacket",
    "NotOnOffer",
    "PagesError",
    "RoomLeft",
    "ServerUnreachable",
    "SinkError",
    "SourceChanged",
    "SourceError",
    "SourceInterrupted",
    "SpoolFull",
    "TargetExists",
    "TransferFailed",
    "UnopenableEnvelope",
    "UsageError",
]


class KeksMeetError(Exception):
    """The root: catch this to catch everything that keks-meet raises on purpose."""

    code: ClassVar[str] = "keks-meet"


class MalformedPacket(KeksMeetError):
    """Text that is not a packet [S1], or not a relay message [M5]."""

    code = "malformed-packet"


class MalformedFragment(KeksMeetError):
    """A room address with a malformed escape, which is an error to tell and never a room [K1]."""

    code = "malformed-fragment"


class UnopenableEnvelope(KeksMeetError):
    """A sealed message that a receiver drops and counts [E3]."""

    code = "unopenable-envelope"


class ConfigError(KeksMeetError):
    """A configuration that cannot be used; the sentence names the file, the key and what was expected."""

    code = "config"


class UsageError(KeksMeetError):
    """Arguments, environment or answers that a command cannot be run with; the sentence says what would do."""

    code = "usage"


class PagesError(KeksMeetError):
    """The folder of built pages is missing, or lacks a page that the server cannot do without."""

    code = "pages"


class ListenError(KeksMeetError):
    """An address that is in use, not ours, or not an address."""

    code = "listen"


class SourceError(KeksMeetError):
    """A file or folder that cannot be offered; the sentence names it and says why."""

    code = "source"


class SourceChanged(SourceError):
    """A file or folder that is no longer what was offered: sending stops, rather than sending something else."""

    code = "source-changed"


class SourceInterrupted(SourceError):
    """Reading that waited for a stream was stopped from here, since nobody needs it any more."""

    code = "source-interrupted"


class SinkError(KeksMeetError):
    """A place that a download cannot be written to; the sentence names it and says why."""

    code = "sink"


class TargetExists(SinkError):
    """A download that would replace something without having been told to."""

    code = "target-exists"


class ArchiveError(KeksMeetError):
    """An archive that is malformed, cut short, or that reaches for what is outside of its folder."""

    code = "archive"


class ClientError(KeksMeetError):
    """An action of a client that did not work out."""

    code = "client"


class ServerUnreachable(ClientError):
    """The server does not answer, is none of keks-meet, or refuses; the sentence says which."""

    code = "server-unreachable"


class KeysUnusable(ClientError):
    """The place for the own key and the people that are known cannot be used; the sentence says why."""

    code = "keys-unusable"


class NotOnOffer(ClientError):
    """The resource that was asked for is offered by no peer, or is being downloaded already."""

    code = "not-on-offer"


class TransferFailed(ClientError):
    """A file did not arrive whole; ``outcome`` says in which way, ``is_kept`` whether a part stays for later."""

    code = "transfer-failed"

    def __init__(self, message: str, outcome: str, *, is_kept: bool = False) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.is_kept = is_kept


class ChannelClosed(ClientError):
    """The data channel is closed, by the other side or with its connection."""

    code = "channel-closed"


class SpoolFull(ClientError):
    """The bytes that wait for a slow connection are more than is kept."""

    code = "spool-full"


class RoomLeft(ClientError):
    """The room was left while something in it was waited for."""

    code = "room-left"
