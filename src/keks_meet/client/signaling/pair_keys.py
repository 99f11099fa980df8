# SPDX-License-Identifier: AGPL-3.0-only
"""The keys of this client's pairs: hellos that wait for an answer, and for each member the keys in use [Y3] to [Y5].

Which keys are made and used when is decided in `session/pairing.py`. Nothing here is ever shown or logged.
"""

import secrets
from collections import Counter
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from keks_meet.crypto.credential import Credential, SigningKey
from keks_meet.crypto.encoding import decode_bytes, encode_bytes
from keks_meet.crypto.pair import HELLO_NONCE_BYTES, EphemeralKeys, Hello, Opener, PairKeys, Sealer, derive_pair
from keks_meet.errors import MalformedPacket
from keks_meet.protocol import relay_messages as say
from keks_meet.protocol.codec import decode_relay_message, encode_relay_message
from keks_meet.protocol.wire_limits import MAX_INTEGER
from keks_meet.session.limits import HELLOS

__all__ = ["Met", "Opened", "PairKeyring", "Trouble"]

_PAIR_ID_BYTES: Final = 8

Trouble: TypeAlias = Literal["broken", "failed"]
"""A message that is not the next one that opens, or a credential that is not proven."""


class Opened(Struct, frozen=True):
    """A message that the keys in use have opened; an unknown one has no `message`."""

    message: say.RelayMessage | None


class Met(Struct, frozen=True):
    """A credential that was proven under keys that were made last."""

    credential: str
    is_complete: bool
    """Whether all that was sealed before has arrived [Y13]."""
    wants: tuple[str, ...] = ()
    """The kinds of tracks that are requested with the proof [M10]."""


class _Pair:
    """The keys that two clients have made, as this one has them."""

    def __init__(self, keys: PairKeys, room_hash: str, own: str, theirs: str) -> None:
        """Begin at 0 in both directions; ``own`` and ``theirs`` are instances."""
        self.keys = keys
        self.id = encode_bytes(keys.transcript[:_PAIR_ID_BYTES])
        self.sealer = Sealer(keys.sealing, room_hash, own, theirs, 0)
        self.opener = Opener(keys.opening, room_hash, theirs, own, 0)

    def seal(self, message: say.RelayMessage) -> say.Sealed:
        number, ciphertext = self.sealer.seal(encode_relay_message(message))
        return say.Sealed(self.id, number, encode_bytes(ciphertext))

    def open(self, sealed: say.Sealed) -> bytes | None:
        data = decode_bytes(sealed.data)
        return None if data is None else self.opener.open(sealed.number, data)


class PairKeyring:
    """The keys of this client towards each member of one room."""

    def __init__(
        self, message_key: bytes, room_hash: str, signing_key: SigningKey, instance: str, features: tuple[str, ...]
    ) -> None:
        """Begin without any; ``features`` are those that this client announces."""
        self._message_key = message_key
        self._room_hash = room_hash
        self._signing_key = signing_key
        self._instance = instance
        self._features = features
        self._hellos: dict[int, tuple[EphemeralKeys, Hello]] = {}
        self._made: dict[int, _Pair] = {}
        self._used: dict[int, _Pair] = {}
        # The messages that were opened of each member, whatever the keys.
        self.sent: Counter[int] = Counter()
        """The messages that were sealed for each member, whatever the keys, credentials apart."""
        self._heard: Counter[int] = Counter()
        self.arrived: Counter[int] = Counter()
        """The sealed messages of each member that have come, opened or not, credentials apart [Y18]."""
        # The highest number that has come under each of the keys that were made last with a member.
        self._numbers: dict[int, dict[str, int]] = {}

    def hello(self, client: int, answers: str | None, *, is_new: bool) -> say.Identify:
        """Return a hello with keys for a member [Y3]: new ones, or those that were said and have made no pair yet."""
        if is_new or client not in self._hellos:
            keys = EphemeralKeys.draw()
            self._hellos[client] = (
                keys,
                keys.hello(self._instance, secrets.token_bytes(HELLO_NONCE_BYTES), self._features),
            )
        hello = self._hellos[client][1]
        x25519 = encode_bytes(hello.x25519) if hello.x25519 else None
        nonce, p256 = encode_bytes(hello.nonce), encode_bytes(hello.p256)
        return say.Identify("", self._instance, self._features, nonce, p256, x25519, answers)

    def make(self, client: int, identify: say.Identify, wants: tuple[str, ...] | None) -> say.Sealed | None:
        """Make keys with a member's hello; return this client's credential, or None when no keys come of it.

        ``wants`` are the kinds of tracks that this client requests as soon as they are offered [M10].
        """
        hello = _hello_of(identify)
        drawn = self._hellos.pop(client, None)
        keys = None
        if hello is not None and drawn is not None:
            keys = derive_pair(self._message_key, self._room_hash, drawn[0], drawn[1], hello)
        if hello is None or keys is None:
            return None
        pair = self._made[client] = _Pair(keys, self._room_hash, self._instance, hello.instance)
        numbers = self._numbers.setdefault(client, {})
        numbers[pair.id] = 0
        if len(numbers) > HELLOS:
            del numbers[next(iter(numbers))]
        signature = encode_bytes(keys.prove(self._signing_key))
        return pair.seal(say.Credential(self._signing_key.credential.text, signature, self.sent[client], wants))

    def use(self, client: int) -> None:
        """Use the keys that were made last."""
        pair = self._made.pop(client, None)
        if pair is not None:
            self._used[client] = pair

    def drop(self, client: int) -> None:
        """Forget the keys that were made last."""
        self._made.pop(client, None)

    def forget(self, client: int) -> None:
        """Forget everything about a member."""
        for kept in (self._hellos, self._made, self._used, self.sent, self._heard, self.arrived, self._numbers):
            kept.pop(client, None)

    def seal(self, client: int, message: say.RelayMessage) -> say.Sealed | None:
        """Seal a message with the keys in use; None without any."""
        pair = self._used.get(client)
        if pair is None:
            return None
        self.sent[client] += 1
        return pair.seal(message)

    def open(self, client: int, sealed: say.Sealed) -> Opened | Met | Trouble:
        """Open a member's message, with the keys that it names [Y5]."""
        self._note_arrival(client, sealed)
        used, made = self._used.get(client), self._made.get(client)
        if used is not None and used.id == sealed.pair:
            plaintext = used.open(sealed)
            if plaintext is None:
                return "broken"
            self._heard[client] += 1
            return Opened(_decoded(plaintext))
        if made is None or made.id != sealed.pair:
            return "broken"
        plaintext = made.open(sealed)
        if plaintext is None:
            return "broken"
        message = _decoded(plaintext)
        if not isinstance(message, say.Credential) or not _is_proven(made, message):
            return "failed"
        is_complete = message.sent == self._heard[client]
        self._heard[client] = self.arrived[client] = message.sent
        return Met(message.key, is_complete, message.wants or ())

    def _note_arrival(self, client: int, sealed: say.Sealed) -> None:
        """Count a message, once: a server can repeat those that it has, under the numbers that they have."""
        numbers = self._numbers.get(client, {})
        if sealed.number > numbers.get(sealed.pair, MAX_INTEGER):
            numbers[sealed.pair] = sealed.number
            self.arrived[client] += 1


def _is_proven(made: _Pair, message: say.Credential) -> bool:
    """Verify the first message under new keys [Y4]."""
    credential = Credential.parse(message.key)
    signature = decode_bytes(message.signature)
    return credential is not None and signature is not None and made.keys.is_proven(credential, signature)


def _hello_of(identify: say.Identify) -> Hello | None:
    """Return the hello in a message, whose form is looked at when a pair is derived."""
    keys = [decode_bytes(text or "") for text in (identify.nonce, identify.p256, identify.x25519)]
    nonce, p256, x25519 = keys
    if identify.instance is None or nonce is None or p256 is None or x25519 is None:
        return None
    return Hello(identify.instance, nonce, p256, x25519, identify.features or ())


def _decoded(plaintext: bytes) -> say.RelayMessage | None:
    try:
        message = decode_relay_message(plaintext.decode())
    except (UnicodeDecodeError, MalformedPacket):
        return None
    return None if isinstance(message, say.UnknownRelayMessage) else message
