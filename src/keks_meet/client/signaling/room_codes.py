# SPDX-License-Identifier: AGPL-3.0-only
"""The code of the room: nonces are drawn here, commitments checked, and codes made [Y8].

What is said when, and whom an end is about, is decided in `session/room_code.py` [Y20] to [Y22].
"""

import secrets
from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, Protocol, TypeAlias

from keks_meet.crypto.encoding import decode_bytes, encode_bytes
from keks_meet.crypto.spoken import spoken
from keks_meet.crypto.statements import CodeRun, NameStatement, RosterEntry
from keks_meet.protocol.fields import CodeMember
from keks_meet.protocol.relay_messages import CodeRun as CodeRunMessage
from keks_meet.protocol.relay_messages import Identify, RelayMessage
from keks_meet.session import room_code_orders as do
from keks_meet.session.pairing_orders import PairTimer, StartPairTimer, StopPairTimer
from keks_meet.session.room_code import RoomCode

__all__ = ["RoomCodes", "RoomCodesListener"]

_FEATURE: Final = "sas-1"
_RUN_BYTES: Final = 16
_NONCE_BYTES: Final = 32

_Work: TypeAlias = do.Commit | do.CheckNonce | do.MakeCode


class RoomCodesListener(Protocol):
    """Who carries out what is no cryptography."""

    def say_of_code(self, client: int, message: RelayMessage) -> None:
        """Seal a message for a member."""

    def code_shown(self, shown: do.ShowCode) -> None:
        """Show what becomes of a run."""

    def time_of_code(self, order: StartPairTimer | StopPairTimer) -> None:
        """Start or stop a timer."""


class RoomCodes:
    """The codes of one stay in one room."""

    def __init__(self, features: tuple[str, ...], instance: str, listener: RoomCodesListener) -> None:
        self._is_able = _FEATURE in features
        self._instance = instance
        self._listener = listener
        self._machine = RoomCode()
        self._room_hash = ""
        self._own_key = ""
        self._keys: dict[int, str] = {}
        # The names under which members take part, by what they are hashed as.
        self._names: dict[int, tuple[CodeMember, str]] = {}
        # Those who call themselves different things to different people are in no roster, and in no code [Y7].
        self._contradicting: set[str] = set()
        self._code: str | None = None
        # Whom the newest code covers, and whom the one that is shown: their credentials, with the names that are in it.
        self._made: Mapping[str, str] = {}
        self._covered: Mapping[str, str] = {}
        self._orders = deque[do.RoomCodeOrder]()
        self._is_following = False

    @property
    def ignored(self) -> int:
        """The number of messages that nobody should have said so."""
        return self._machine.ignored

    def enter(self, room_hash: str, own_key: str) -> None:
        """Begin, with the room's hash and the own credential."""
        self._room_hash, self._own_key = room_hash, own_key

    # Who is there

    def named(self, number: int, name: str) -> None:
        """Take the own statement."""
        self._follow(self._machine.named(self._member(self._own_key, self._instance, number, name)))

    def identified(self, client: int, message: Identify, credential: str) -> None:
        """Take what a member says of itself, rightly signed; or find that it can make no code."""
        self._keys[client] = credential
        is_able = self._is_able and _FEATURE in (message.features or ()) and credential not in self._contradicting
        if is_able and message.statement and message.instance is not None:
            member = self._member(credential, message.instance, message.statement.number, message.username)
            self._names[client] = member, message.username
            self._follow(self._machine.entered(client, member))
        else:
            self._follow(self._machine.left(client))

    def contradicts(self, client: int | None) -> None:
        """Leave out a member that has two names under one number."""
        if client is not None and client in self._keys:
            self._contradicting.add(self._keys[client])
            self._follow(self._machine.left(client))

    def left(self, client: int) -> None:
        """Forget a member."""
        self._keys.pop(client, None)
        self._names.pop(client, None)
        self._follow(self._machine.left(client))

    def lost(self) -> None:
        """Forget all members."""
        self._keys.clear()
        self._names.clear()
        self._follow(self._machine.lost())

    # What the person does

    def start(self) -> None:
        """Start a run."""
        self._follow(self._machine.started(_run()))

    def stop(self) -> None:
        """End a run that goes on."""
        self._follow(self._machine.stopped())

    def settle(self, code: str, *, matches: bool) -> Mapping[str, str] | None:
        """Take what was found when this code was compared, if it is still the one that is shown.

        Returns the credentials that it covers, with the names that are in it; None if it is another one.
        """
        if code != self._code:
            return None
        covered = self._covered
        self._follow(self._machine.settled(matches=matches))
        return covered

    # What happens

    def heard(self, client: int, message: do.CodeMessage) -> None:
        """Take a sealed message of a member."""
        # A run without a name that can be hashed is none.
        if not isinstance(message, CodeRunMessage) or decode_bytes(message.run, _RUN_BYTES, _RUN_BYTES) is not None:
            self._follow(self._machine.heard(client, message))

    def fired(self, timer: PairTimer) -> None:
        """Wait no longer."""
        self._follow(self._machine.fired(timer, _run()))

    # Orders

    def _follow(self, orders: list[do.RoomCodeOrder]) -> None:
        """Carry orders out; what comes of them waits for that."""
        self._orders += orders
        if self._is_following:
            return
        self._is_following = True
        try:
            while self._orders:
                self._carry_out(self._orders.popleft())
        finally:
            self._is_following = False

    def _carry_out(self, order: do.RoomCodeOrder) -> None:
        match order:
            case do.SayOfCode(clients, message):
                for client in clients:
                    self._listener.say_of_code(client, message)
            case do.ShowCode():
                self._code = order.code if order.status == "code" else None
                self._covered = self._made
                self._listener.code_shown(order)
            case StartPairTimer() | StopPairTimer():
                self._listener.time_of_code(order)
            case _:
                self._work(order)

    def _work(self, order: _Work) -> None:
        entries = list(map(_entry, order.members))
        run = CodeRun(self._room_hash, decode_bytes(order.run) or b"", tuple(entries))
        match order:
            case do.Commit():
                nonce = secrets.token_bytes(_NONCE_BYTES)
                commitment = encode_bytes(run.commitment(entries[0], nonce))
                self._follow(self._machine.committed(order.run, commitment, encode_bytes(nonce)))
            case do.CheckNonce(client):
                nonce_or_none = decode_bytes(order.nonce, _NONCE_BYTES, _NONCE_BYTES)
                fits = nonce_or_none is not None and order.commitment == encode_bytes(
                    run.commitment(entries[order.at], nonce_or_none)
                )
                self._follow(self._machine.checked(order.run, client, fits=fits))
            case do.MakeCode():
                names = dict(self._names.values())
                self._made = {member.key: names[member] for member in order.members if member in names}
                code = run.code([decode_bytes(nonce) or b"" for nonce in order.nonces])
                self._follow(self._machine.made(order.run, spoken(code)))

    def _member(self, key: str, instance: str, number: int, name: str) -> CodeMember:
        statement = NameStatement(self._room_hash, key, instance, number, name)
        return CodeMember(key, instance, number, encode_bytes(sha256(statement.encoded()).digest()))


def _entry(member: CodeMember) -> RosterEntry:
    return RosterEntry(member.key, member.instance, member.number, decode_bytes(member.statement) or b"")


def _run() -> str:
    return encode_bytes(secrets.token_bytes(_RUN_BYTES))
