# SPDX-License-Identifier: AGPL-3.0-only
"""The own key and the people that are known, in a folder for one person alone: locked, and replaced as a whole."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from keks_meet.client.files.durability import sync_folder
from keks_meet.client.identity.keys import Change
from keks_meet.crypto.credential import SigningKey
from keks_meet.errors import KeysUnusable
from keks_meet.session.people import Person

__all__ = ["KeyFiles"]

_OWN: Final = "identity.json"
_PEOPLE: Final = "people.json"
_MOST_BYTES: Final = 4 * 1_048_576
_MOST_ROOMS: Final = 1000
_T = TypeVar("_T")


class _Own(Struct, omit_defaults=True):
    """The own keys, as PEM: one for everywhere, and one for each room that has its own."""

    everywhere: str | None = None
    rooms: dict[str, str] = {}


class KeyFiles:
    """Keys and people in files."""

    def __init__(self, folder: Path, *, by_room: bool = False) -> None:
        """Use a folder, which is made when something is first kept; with ``by_room`` each room has a key of its own."""
        self.folder = folder
        self._by_room = by_room

    def signing_key(self, room_hash: str) -> SigningKey:
        """Return the key to be known by in a room; a new one is drawn and kept. Raises `KeysUnusable`."""
        with self._locked():
            own = self._read(_OWN, _Own) or _Own()
            pem = own.rooms.get(room_hash) if self._by_room else own.everywhere
            if pem is not None:
                return self._loaded(pem)
            key = SigningKey.draw()
            if not self._by_room:
                own.everywhere = key.save().decode()
            else:
                own.rooms = dict(list(own.rooms.items())[1 - _MOST_ROOMS :]) | {room_hash: key.save().decode()}
            self._write(_OWN, own)
            return key

    def people(self) -> Mapping[str, Person]:
        """Return the people that are known. Raises `KeysUnusable`."""
        return {person.credential: person for person in self._read(_PEOPLE, list[Person]) or []}

    def change(self, change: Change) -> Mapping[str, Person]:
        """Change the people, alone of all programs that share the folder. Raises `KeysUnusable`."""
        with self._locked():
            people = change(self.people())
            self._write(_PEOPLE, list(people.values()))
            return people

    def check(self) -> None:
        """Find out whether the folder can be used. Raises `KeysUnusable`."""
        with self._locked():
            self._read(_OWN, _Own)
            self.people()

    def _loaded(self, pem: str) -> SigningKey:
        key = SigningKey.load(pem.encode())
        if key is None:
            raise self._unusable(_OWN, "it holds no key")
        return key

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other programs out until the end of the block."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable("", error.strerror or "") from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError as error:
                raise self._unusable("lock", error.strerror or "") from error
            yield
        finally:
            os.close(lock)

    def _read(self, name: str, shape: type[_T]) -> _T | None:
        """Return what a file holds; None when it is not there."""
        try:
            with (self.folder / name).open("rb") as file:
                return msgspec.json.decode(file.read(_MOST_BYTES), type=shape)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(name, error.strerror or "") from error
        except (msgspec.MsgspecError, UnicodeDecodeError):
            # The file may be worth mending by hand, so it is never written over.
            raise self._unusable(name, "it is not what was written here") from None

    def _write(self, name: str, value: object) -> None:
        """Replace a file as a whole, on the disk."""
        part = self.folder / f".{name}.part"
        try:
            # Nobody else's file gets the key, and no other file through a link.
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - only so it is for its owner alone from the first byte
                file.write(msgspec.json.format(msgspec.json.encode(value), indent=1))
                file.flush()
                os.fsync(descriptor)
            part.replace(self.folder / name)
            sync_folder(self.folder)
        except OSError as error:
            raise self._unusable(name, error.strerror or "") from error

    def _unusable(self, name: str, why: str) -> KeysUnusable:
        return KeysUnusable(f"{self.folder / name}: {why}")
