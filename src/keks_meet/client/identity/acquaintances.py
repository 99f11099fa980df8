# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who in one stay: peers with their marks, and the people that are met, kept for the next time."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from keks_meet.client.identity.keys import Change, KeyStore
from keks_meet.client.identity.peers import Identity, Peer
from keks_meet.crypto.credential import Credential
from keks_meet.errors import KeysUnusable
from keks_meet.session.events import PeerKey
from keks_meet.session.people import Circumstances, Person, mark_of, met
from keks_meet.session.view import PeerView

__all__ = ["Acquaintances"]


class Acquaintances:
    """The people that are known, as one stay sees them."""

    def __init__(self, keys: KeyStore, own: str) -> None:
        """Begin with nobody: `load` reads them. ``own`` is the own credential."""
        self._keys = keys
        self._own = own
        self._accepted: set[tuple[PeerKey, str]] = set()
        self._people = dict[str, Person]()
        self._met_now: frozenset[str] = frozenset()

    def load(self) -> None:
        """Read who is known. Blocks. Raises `KeysUnusable`."""
        self._people = dict(self._keys.people())

    def seen(self, view: PeerView) -> Peer:
        """Return a peer with what is known of it."""
        is_accepted = (view.key, view.username) in self._accepted
        circumstances = Circumstances(self._own, self._met_now, is_accepted)
        mark = mark_of(self._people, view.credential, view.username, circumstances)
        credential = None if view.credential is None else Credential(view.credential)
        person = self._people.get(view.credential or "")
        identity = Identity(
            mark, credential.fingerprint.hex() if credential else None, person.petname if person else None
        )
        return Peer(
            view.key, view.username, view.status, view.relayed, view.resources, view.credential, identity=identity
        )

    def accept(self, key: PeerKey, username: str) -> None:
        """Take the name that a peer claims, for this stay, whoever else goes by it."""
        self._accepted.add((key, username))

    def meet(self, view: PeerView) -> Callable[[], None] | None:
        """Take note of a peer that has proven a credential; return what keeps it, to be called in a thread."""
        if view.credential is None or view.credential == self._own:
            return None
        today = datetime.now(UTC).date().isoformat()
        who = Person(view.credential, view.username, today, today)
        if view.credential not in self._people:
            self._met_now |= {view.credential}
        self._people = met(self._people, who)
        return lambda: self._keep(lambda people: met(people, who))

    def verify(self, credentials: Collection[str]) -> Callable[[], None]:
        """Take note that the keys of these people were compared; return what keeps it, to be called in a thread."""
        known = [self._people[each] for each in credentials if each in self._people]

        def verified(people: Mapping[str, Person]) -> dict[str, Person]:
            now = {who.credential: replace(people.get(who.credential, who), is_verified=True) for who in known}
            return {**people, **now}

        self._people = verified(self._people)
        return lambda: self._keep(verified)

    def _keep(self, change: Change) -> None:
        """Keep a change; what cannot be kept is only known in this stay."""
        try:
            self._keys.change(change)
        except KeysUnusable:
            return
