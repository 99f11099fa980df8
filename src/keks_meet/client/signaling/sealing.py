# SPDX-License-Identifier: AGPL-3.0-only
"""Stands between the signaling link and the session: seals for each member what is said, and opens what comes.

What is said how is decided in `session/pairing.py` [Y10] to [Y13], and what names members go by is compared in
`session/roster.py` [Y15] to [Y18]; this has the keys and the timers for that.
"""

import asyncio
from typing import Final, Protocol, TypeAlias

from msgspec.structs import replace

from keks_meet.client.signaling.link import LinkListener, SignalingLink
from keks_meet.client.signaling.pair_keys import Met, Opened, PairKeyring
from keks_meet.client.signaling.room_codes import RoomCodes
from keks_meet.client.signaling.statements import Statements
from keks_meet.crypto.credential import SigningKey
from keks_meet.protocol.codec import encode_relay_message
from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, RoomInfo
from keks_meet.protocol.relay_messages import (
    CodeCommitment,
    CodeEnd,
    CodeNonce,
    CodeRun,
    Identify,
    RelayMessage,
    Roster,
    RosterMembers,
    RosterRequest,
)
from keks_meet.session import pairing_orders as do
from keks_meet.session import roster as rosters
from keks_meet.session import roster_orders as order_of
from keks_meet.session.pairing import Pairing
from keks_meet.session.room_code_orders import ShowCode
from keks_meet.session.view import SessionOptions

__all__ = ["Sealing", "SealingListener"]

_TAG_BYTES: Final = 16
"""The length of the tag of a sealed message [Y5]."""
_SEALED_BYTES: Final = 120
"""The length of a sealed message beside its ciphertext, at most."""

_ROSTERS: Final = (Roster, RosterRequest, RosterMembers)

_Talk: TypeAlias = do.Relay | do.SayHello | do.MakePair
_Seal: TypeAlias = do.SealFor | order_of.SayName | order_of.SayRoster | order_of.SayMembers
_News: TypeAlias = do.Deliver | do.SayAgain | do.BeginAnew | do.Introduce | do.Warn
_Keys: TypeAlias = do.UsePair | do.DropPair | do.ForgetMember
_Time: TypeAlias = do.StartPairTimer | do.StopPairTimer


class SealingListener(LinkListener, Protocol):
    """A listener that hears what a link tells, and who has said what."""

    def message_relayed(self, sender: int, message: RelayMessage, credential: str | None = None) -> None:
        """Tell what a member said; ``credential`` is what it has proven to be, if it came sealed."""

    def is_heard(self, client: int) -> bool:
        """Tell whether the direct way to a member brings something [N15] [N17]."""

    def say_again(self, client: int) -> None:
        """Tell that something that was said to a member has not arrived [Y13]."""

    def begun_anew(self, client: int) -> None:
        """Tell that a member is a newcomer: it had not proven what was said under its id until now [Y12]."""

    def introduced(self, member: do.Introduce) -> None:
        """Tell what a member wants that has proven who it is, and whose name follows [M10]."""

    def warned(self, warning: do.Warn) -> None:
        """Tell that something is wrong with a member, or with what the server passes on."""

    def code_shown(self, shown: ShowCode) -> None:
        """Tell what becomes of a run that makes a code of the room [Y21]."""


class Sealing:
    """One stay in one room, as far as it is about who can read what is said."""

    def __init__(self, options: SessionOptions, link: SignalingLink, listener: SealingListener) -> None:
        self._options = options
        self._link = link
        self._listener = listener
        self._pairing = Pairing(options.features)
        self._roster = rosters.Roster(options.instance)
        self.codes = RoomCodes(options.features, options.instance, self)
        """The code of the room."""
        self._keys: PairKeyring | None = None
        self._statements: Statements | None = None
        self._timers: dict[do.PairTimer, asyncio.TimerHandle] = {}
        self._unreadable = 0
        # The kinds of tracks that are requested as soon as they are offered, as they were said last [M10].
        self._wants: tuple[str, ...] | None = None
        # The message that was too large last: it is told once, whoever it was for.
        self._refused: RelayMessage | None = None

    @property
    def ignored(self) -> int:
        """The number of messages that could not be opened, or should not have been said so [E3] [Y12]."""
        return self._pairing.ignored + self._roster.ignored + self.codes.ignored + self._unreadable

    async def run(self, message_key: bytes, room_hash: str, signing_key: SigningKey) -> None:
        """Serve the link, with the keys of the room and of this client, until cancelled."""
        options = self._options
        self._keys = PairKeyring(message_key, room_hash, signing_key, options.instance, options.features)
        self._statements = Statements(room_hash, signing_key, options.instance)
        self.codes.enter(room_hash, signing_key.credential.text)
        try:
            await self._link.run(message_key, self)
        finally:
            for timer in self._timers.values():
                timer.cancel()

    def confirm(self, line: str) -> None:
        """Find out when all that was said so far has reached the server; `SealingListener.passed` tells."""
        self._follow(self._pairing.asked(line))

    def relay(self, message: RelayMessage, recipient: int | None) -> None:
        """Say a message to one member or, without recipient, to all others."""
        if isinstance(message, Identify):
            self._wants = message.wants
            self._compare(self._roster.named(message.username))
            self.codes.named(*self._roster.own)
        self._follow(self._pairing.said(message, recipient))

    # Reports of the link

    def packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        """Take a packet of the server: who joins is met before the session speaks to it."""
        match packet:
            case ClientJoin(client) if client != self._link.own_id:
                self._compare(self._roster.joined(client))
                self._follow(self._pairing.joined(client))
            case ClientLeave(client):
                self._compare(self._roster.left(client))
                self.codes.left(client)
                self._follow(self._pairing.left(client))
        self._listener.packet_received(packet)

    def message_relayed(self, sender: int, message: RelayMessage) -> None:
        """Take a message that the room's key has opened."""
        self._follow(self._pairing.heard(sender, message))

    def link_lost(self, reason: str) -> None:
        """Take note that the server is away."""
        self._compare(self._roster.lost())
        self.codes.lost()
        self._follow(self._pairing.lost())
        self._listener.link_lost(reason)

    def message_too_large(self, message: RelayMessage) -> None:
        """Pass on that a message was too large to be sent."""
        self._listener.message_too_large(message)

    def passed(self, line: str) -> None:
        """Pass on that the server has everything up to a question."""
        self._listener.passed(line)

    # Orders of the pairing

    def _follow(self, orders: list[do.PairingOrder]) -> None:
        for order in orders:
            self._carry_out(order)

    def _carry_out(self, order: do.PairingOrder) -> None:  # noqa: C901 - one case a kind
        match order:
            case do.Relay() | do.SayHello() | do.MakePair():
                self._talk(order)
            case do.SealFor(client, Identify() as identify):
                self._compare(self._roster.said(client, identify))
            case do.SealFor():
                self._seal(order)
            case do.UsePair() | do.DropPair() | do.ForgetMember():
                self._keep(order)
            case do.Meet(client, credential, instance, is_complete):
                self._compare(self._roster.met(client, credential, instance, is_complete=is_complete))
            case do.OpenSealed():
                self._open(order)
            case do.Deliver(client, message, str(credential)) if self._keys:
                self._compare(self._roster.heard(client, message, credential, self._keys.arrived))
            case do.Deliver() | do.SayAgain() | do.BeginAnew() | do.Introduce() | do.Warn():
                self._tell(order)
            case do.Ask(line):
                self._link.confirm(line)
            case do.StartPairTimer() | do.StopPairTimer():
                self._time(order)

    def _tell(self, order: _News) -> None:
        match order:
            case do.Deliver(client, message, credential):
                self._listener.message_relayed(client, message, credential)
            case do.SayAgain(client):
                self._listener.say_again(client)
            case do.BeginAnew(client):
                self._listener.begun_anew(client)
            case do.Introduce():
                self._listener.introduced(order)
            case do.Warn():
                self._listener.warned(order)

    def _talk(self, order: _Talk) -> None:
        if isinstance(order, do.Relay):
            self._link.relay(order.message, order.recipient)
        elif self._keys is None:
            return
        elif isinstance(order, do.SayHello):
            hello = self._keys.hello(order.client, order.answers, is_new=order.is_new)
            self._link.relay(hello, order.client)
            if order.answers is None and hello.nonce is not None:
                self._follow(self._pairing.hello_said(order.client, hello.nonce))
        elif isinstance(order, do.MakePair):
            credential = self._keys.make(order.client, order.hello, self._wants)
            if credential is None:
                self._follow(self._pairing.failed(order.client))
            else:
                self._link.relay(credential, order.client)

    # Orders of the roster

    def _compare(self, orders: list[order_of.RosterOrder]) -> None:
        for order in orders:
            match order:
                case order_of.CheckStatement() | order_of.HashRoster():
                    self._judge(order)
                case do.Deliver(client, CodeRun() | CodeCommitment() | CodeNonce() | CodeEnd() as message):
                    self.codes.heard(client, message)
                case order_of.SayRoster() | order_of.SayMembers() | do.SealFor(_, RosterRequest()):
                    self._say(order)
                case order_of.SayName() | do.SealFor():
                    self._seal(order)
                case do.Deliver() | do.Warn():
                    self._note(order)
                    self._tell(order)
                case do.StartPairTimer() | do.StopPairTimer():
                    self._time(order)

    def _note(self, order: do.Deliver | do.Warn) -> None:
        """Let the code of the room know who is called what."""
        match order:
            case do.Deliver(client, Identify() as message, str(credential)):
                self.codes.identified(client, message, credential)
            case do.Warn(client, "contradicts"):
                self.codes.contradicts(client)

    def _judge(self, order: order_of.CheckStatement | order_of.HashRoster) -> None:
        if self._statements is None:
            return
        if isinstance(order, order_of.HashRoster):
            digest = self._statements.roster(order.number, order.name, order.statements)
            self._compare(self._roster.hashed(order.version, digest))
        else:
            is_signed = self._statements.is_signed(order.statement)
            is_signed = is_signed and (order.other is None or self._statements.is_signed(order.other))
            self._compare(self._roster.checked(order, is_signed=is_signed))

    def _say(self, order: do.SealFor | order_of.SayRoster | order_of.SayMembers) -> None:
        """Say what the roster has to say as all else is said: while new keys are not proven it waits [Y11]."""
        message = self._worded(order)
        if message is not None:
            self._follow(self._pairing.said(message, order.client))

    def _seal(self, order: do.SealFor | order_of.SayName) -> None:
        message = self._worded(order)
        if message is None or self._keys is None:
            return
        if self._fits(message):
            sealed = self._keys.seal(order.client, message)
            if sealed is not None:
                self._link.relay(sealed, order.client)
        elif message is not self._refused and not isinstance(message, _ROSTERS):
            self._refused = message
            self._listener.message_too_large(message)

    def _worded(self, order: _Seal) -> RelayMessage | None:
        """Return what is to be sealed."""
        statements, keys, own_id = self._statements, self._keys, self._link.own_id
        if isinstance(order, do.SealFor):
            return order.message
        if statements is None or keys is None or own_id is None:
            return None
        match order:
            case order_of.SayName(_, message, number):
                return replace(message, statement=statements.sign(number, message.username))
            case order_of.SayRoster(_, digest, ids, told):
                return Roster(digest, ids, tuple(keys.sent[each] for each in ids), told)
            case order_of.SayMembers(_, number, name, others):
                return RosterMembers((statements.own(own_id, number, name), *others))

    def _fits(self, message: RelayMessage) -> bool:
        """Tell whether a message can be sent once sealed: a number that is spent must be sent [Y12]."""
        return self._link.fits((len(encode_relay_message(message)) + _TAG_BYTES) * 4 // 3 + _SEALED_BYTES)

    def _keep(self, order: _Keys) -> None:
        if self._keys is None:
            return
        match order:
            case do.UsePair(client):
                self._keys.use(client)
            case do.DropPair(client):
                self._keys.drop(client)
            case do.ForgetMember(client):
                self._keys.forget(client)

    def _open(self, order: do.OpenSealed) -> None:
        client = order.client
        match self._keys.open(client, order.message) if self._keys else "broken":
            case Opened(None):
                self._unreadable += 1
            case Opened(message) if message is not None:
                self._follow(self._pairing.opened(client, message))
            case Met(credential, is_complete, wants):
                self._follow(self._pairing.met(client, credential, is_complete=is_complete, wants=wants))
            case "failed":
                self._follow(self._pairing.failed(client))
            case _:
                self._unreadable += 1
                self._follow(self._pairing.broken(client))

    # Orders of the code

    def say_of_code(self, client: int, message: RelayMessage) -> None:
        """Seal a message for a member, once it has keys."""
        self._follow(self._pairing.said(message, client))

    def code_shown(self, shown: ShowCode) -> None:
        """Pass on what becomes of a run."""
        self._listener.code_shown(shown)

    def time_of_code(self, order: _Time) -> None:
        """Start or stop a timer."""
        self._time(order)

    # Time

    def _time(self, order: _Time) -> None:
        self._stop(order.timer)
        if isinstance(order, do.StartPairTimer):
            loop = asyncio.get_running_loop()
            self._timers[order.timer] = loop.call_later(order.ms / 1000, self._fire, order.timer)

    def _stop(self, timer: do.PairTimer) -> None:
        if timer in self._timers:
            self._timers.pop(timer).cancel()

    def _fire(self, timer: do.PairTimer) -> None:
        self._timers.pop(timer, None)
        if timer.name == "roster":
            heard = tuple(filter(self._listener.is_heard, self._keys.arrived)) if self._keys else ()
            self._compare(self._roster.fired(heard))
        elif timer.name in {"code", "code-rest"}:
            self.codes.fired(timer)
        else:
            self._follow(self._pairing.fired(timer))
