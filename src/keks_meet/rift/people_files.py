# SPDX-License-Identifier: AGPL-3.0-only
"""The people that are known, to a file for another device of the same person and from it [Y19]."""

import getpass
import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from keks_meet.client.identity.acquaintances import today
from keks_meet.client.identity.keys import KeyStore
from keks_meet.crypto.credential import Credential
from keks_meet.crypto.people_file import PEOPLE_FILE_BYTES, lock_people, unlock_people
from keks_meet.errors import UsageError
from keks_meet.rift.standard_streams import is_typed
from keks_meet.session.people import Person, merged

__all__ = ["export_people", "import_people", "passphrase_for"]

_SHORTEST: Final = 12
"""Characters of a passphrase: whoever has the file can try as fast as they like."""


def passphrase_for(path: Path, *, is_new: bool, environ: Mapping[str, str] = os.environ) -> str:
    """Return ``KEKS_PASSPHRASE``, or what is typed on the terminal unseen. Raises `UsageError`."""
    given = environ.get("KEKS_PASSPHRASE")
    if given is None and not is_typed():
        raise UsageError("set KEKS_PASSPHRASE, or type the passphrase on a terminal")
    passphrase = getpass.getpass(f"Passphrase for {path.name}: ") if given is None else given
    if is_new and len(passphrase) < _SHORTEST:
        msg = f"take at least {_SHORTEST} characters: whoever gets the file can try passphrases as fast as they like"
        raise UsageError(msg)
    if is_new and given is None and getpass.getpass("Once more: ") != passphrase:
        raise UsageError("these are two passphrases")
    return passphrase


def export_people(keys: KeyStore, path: Path, passphrase: str) -> int:
    """Write all people to a new file for its owner alone; return their number. Raises `UsageError`."""
    people = list(keys.people().values())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - only so it is for its owner alone from the first byte
            file.write(lock_people(people, passphrase))
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise UsageError(msg) from error
    return len(people)


def import_people(keys: KeyStore, path: Path, passphrase: str, own: str) -> int:
    """Take in the people of a file, without oneself; return their number. Raises `UsageError`."""
    try:
        with path.open("rb") as file:
            opened = unlock_people(file.read(PEOPLE_FILE_BYTES + 1), passphrase)
    except PermissionError as error:
        # A file that cannot be read says so by a number; one that is locked has none.
        why = error.strerror or "this passphrase does not open it, or it was changed"
        msg = f"{path}: {why}"
        raise UsageError(msg) from None
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise UsageError(msg) from error
    people = [person for person in _read(path, opened) if person.credential != own]
    keys.change(lambda known: _merged(path, known, people))
    return len(people)


def _merged(path: Path, known: Mapping[str, Person], people: list[Person]) -> dict[str, Person]:
    found = merged(known, people, today())
    if found is None:
        msg = f"{path}: these are more people than are kept"
        raise UsageError(msg)
    return found


def _read(path: Path, opened: bytes | None) -> Iterator[Person]:
    """Return who is in an opened file: those with a key that can be one."""
    try:
        people = msgspec.json.decode(opened or b"", type=list[Person])
        for person in people:
            date.fromisoformat(person.first_seen)
            date.fromisoformat(person.last_seen)
    except (msgspec.MsgspecError, ValueError):
        msg = f"{path}: this is no file with people"
        raise UsageError(msg) from None
    return (person for person in people if Credential.parse(person.credential) is not None)
