# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who in one stay: peers with their marks, and the people that are met, kept for the next time."""

from collections.abc import Callable, Mapping
from datetime import datetime

from keks_meet.client.identity.keys import Change, KeyStore
from keks_meet.client.identity.peers import Identity, Peer
from keks_meet.crypto.credential import Credential
from keks_meet.errors import KeysUnusable
from keks_meet.session.events import PeerKey
from keks_meet.session.people import Circumstances, Person, mark_of, met, protections_of, protects_less, verified
from keks_meet.session.view import PeerView

__all__ = ["Acquaintances", "today"]


def today() -> str:
    """Return the day in the person's own time, as ISO 8601 has it."""
    return datetime.now().astimezone().date().isoformat()


class Acquaintances:
    """The people that are known, as one stay sees them."""

    def __init__(self, keys: KeyStore, own: str) -> None:
        """Begin with nobody: `load` reads them. ``own`` is the own credential."""
        self._keys = keys
        self._own = own
        self._accepted: dict[PeerKey, str] = {}
        self._people = dict[str, Person]()
        self._met_now: frozenset[str] = frozenset()
        # Who was met and is not kept yet, as of the last time.
        self._unkept = dict[str, Person]()

    def load(self) -> None:
        """Read who is known. Blocks. Raises `KeysUnusable`."""
        self._people = dict(self._keys.people())

    def seen(self, view: PeerView) -> Peer:
        """Return a peer with what is known of it."""
        is_accepted = self._accepted.get(view.key) == view.username
        circumstances = Circumstances(self._own, self._met_now, is_accepted, view.features)
        mark = mark_of(self._people, view.credential, view.username, circumstances)
        credential = None if view.credential is None else Credential(view.credential)
        person = self._people.get(view.credential or "")
        identity = Identity(
            mark,
            credential.fingerprint.hex() if credential else None,
            person.petname if person else None,
            protects_less(person, view.features),
        )
        return Peer(**{field: getattr(view, field) for field in PeerView.__struct_fields__}, identity=identity)

    def accept(self, key: PeerKey, username: str) -> None:
        """Take the name that a peer claims, for this stay, whoever else goes by it."""
        self._accepted[key] = username

    def doubt(self, key: PeerKey) -> None:
        """Take nothing for granted of a peer any more that is gone, or may be somebody else by now [R2]."""
        self._accepted.pop(key, None)

    def meet(self, view: PeerView) -> None:
        """Take note of a peer that has proven a credential; `unkept` keeps it."""
        if view.credential is None or view.credential == self._own:
            return
        protections = protections_of(view.features)
        who = Person(view.credential, view.username, today(), today(), protections=protections)
        before, self._people = self._people, met(self._people, who, self._met_now)
        if view.credential not in self._people:
            return  # beyond the strangers that a stay keeps: each costs as little as the one before
        if view.credential not in before:
            self._met_now = self._met_now.intersection(self._people) | {view.credential}
        self._unkept = met(self._unkept, who)

    def unkept(self) -> Callable[[], None] | None:
        """Return what keeps all who were met since the last call, to be called in a thread; None if nobody was."""
        newly, self._unkept = self._unkept, {}
        met_now = self._met_now

        def all_met(people: Mapping[str, Person]) -> dict[str, Person]:
            for who in newly.values():
                people = met(people, who, met_now)
            return dict(people)

        return (lambda: self._keep(all_met)) if newly else None

    def verify(self, names: Mapping[str, str]) -> Callable[[], None]:
        """Take note that these credentials were compared, under these names; return what keeps it, for a thread."""
        known = [Person(key, name, today(), today()) for key, name in names.items() if key != self._own]

        def all_verified(people: Mapping[str, Person]) -> dict[str, Person]:
            for who in known:
                people = verified(people, who, is_same=True)
            return dict(people)

        self._people = all_verified(self._people)
        return lambda: self._keep(all_verified)

    def _keep(self, change: Change) -> None:
        """Keep a change; what cannot be kept is only known in this stay."""
        try:
            self._keys.change(change)
        except KeysUnusable:
            return
