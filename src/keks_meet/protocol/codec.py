# SPDX-License-Identifier: AGPL-3.0-only
"""Packets and relay messages to JSON text and back, in both directions.

Every one is an object with exactly one key, which names its kind. Decoding takes text, so that UTF-8 has been checked
before; whatever else is wrong is one error, `MalformedPacket`, whose sentence is fit for a close frame [S1] [S10].

The ``message`` of a relay stays a `msgspec.Raw`, byte for byte [S7]. msgspec walks over a raw value with the same care
as over a decoded one (control characters, escapes, paired surrogates), so its first byte tells whether it is a string;
a property test compares this with the standard library's decoder.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from keks_meet.errors import MalformedPacket
from keks_meet.protocol import packets as p
from keks_meet.protocol import relay_messages as m
from keks_meet.protocol.limits import MAX_INTEGER

__all__ = [
    "decode_clientbound",
    "decode_relay_message",
    "decode_serverbound",
    "encode_clientbound",
    "encode_relay_message",
    "encode_serverbound",
    "with_plain_integers",
]

_QUOTE = ord('"')
_by_kind = msgspec.json.Decoder(dict[str, Raw])
_encoder = msgspec.json.Encoder()


class _Form(Struct, frozen=True):
    """How one kind looks on the wire: its key, and the value's decoder and bare form."""

    kind: str
    decode: Callable[[Raw], Any]
    bare: Callable[[Any], Any]


def _object(kind: str, struct: type[Struct]) -> _Form:
    """Return the form of a kind whose value is the struct itself."""
    decoder = msgspec.json.Decoder(struct)

    def decode(raw: Raw) -> Any:
        try:
            return decoder.decode(raw)
        except msgspec.ValidationError:
            return msgspec.convert(_with_integers(msgspec.json.decode(raw)), struct)

    return _Form(kind, decode, lambda packet: packet)


def with_plain_integers(raw: bytes | Raw) -> bytes:
    """Return the JSON of an object with its own integers written as such, all else byte for byte.

    To JavaScript 1000, 1e3 and 1000.0 are the same number. Raises `msgspec.MsgspecError`.
    """
    fields = msgspec.json.decode(raw, type=dict[str, Raw])
    return msgspec.json.encode({name: _plain_integer(field) for name, field in fields.items()})


def _plain_integer(raw: Raw) -> Raw:
    is_number = memoryview(raw)[0] in b"-0123456789"
    return Raw(msgspec.json.encode(_with_integers(msgspec.json.decode(raw)))) if is_number else raw


def _with_integers(value: Any) -> Any:
    """Return an object with what is an integer, however it was written, as one; see `with_plain_integers`."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER:
        return int(value)
    return {key: _with_integers(each) for key, each in value.items()} if isinstance(value, dict) else value


def _bare(kind: str, struct: Callable[..., Any], field: str, value: Any) -> _Form:
    """Return the form of a kind whose value is the only field of its struct."""
    decoder = msgspec.json.Decoder(value)
    return _Form(kind, lambda raw: struct(decoder.decode(raw)), lambda packet: getattr(packet, field))


def _nothing(kind: str, struct: Callable[[], Any]) -> _Form:
    """Return the form of a kind whose value is null."""
    decoder = msgspec.json.Decoder(None)

    def decode(raw: Raw) -> Any:
        decoder.decode(raw)
        return struct()

    return _Form(kind, decode, lambda _: None)


def _sealed(kind: str, struct: type[p.Relay | p.Message]) -> _Form:
    """Return the form of a kind that carries a sealed message, checked to be a JSON string [S7]."""
    decoder = msgspec.json.Decoder(struct)

    def decode(raw: Raw) -> Any:
        try:
            packet = decoder.decode(raw)
        except msgspec.ValidationError:
            packet = decoder.decode(with_plain_integers(raw))
        if memoryview(packet.message)[0] != _QUOTE:
            msg = "the message is not text"
            raise MalformedPacket(msg)
        return packet

    return _Form(kind, decode, lambda packet: packet)


_SERVERBOUND: Mapping[type, _Form] = {
    p.Join: _object("join", p.Join),
    p.Ping: _nothing("ping", p.Ping),
    p.Relay: _sealed("relay", p.Relay),
    p.WatchRooms: _bare("watch_rooms", p.WatchRooms, "rooms", tuple[p.RoomHash, ...]),
}
_CLIENTBOUND: Mapping[type, _Form] = {
    p.Init: _object("init", p.Init),
    p.ClientJoin: _object("client_join", p.ClientJoin),
    p.ClientLeave: _object("client_leave", p.ClientLeave),
    p.Message: _sealed("message", p.Message),
    p.RoomInfo: _object("room_info", p.RoomInfo),
}
_RELAY_MESSAGES: Mapping[type, _Form] = {
    m.Identify: _object("identify", m.Identify),
    m.Provide: _object("provide", m.Provide),
    m.ProvideStop: _object("provide_stop", m.ProvideStop),
    m.Request: _object("request", m.Request),
    m.RequestStop: _object("request_stop", m.RequestStop),
    m.Offer: _bare("offer", m.Offer, "sdp", str),
    m.Answer: _bare("answer", m.Answer, "sdp", str),
    m.IceCandidate: _object("ice_candidate", m.IceCandidate),
    m.Chat: _object("chat", m.Chat),
    m.ChatId: _object("chat_id", m.ChatId),
    m.Probe: _object("probe", m.Probe),
    m.Preview: _object("preview", m.Preview),
    m.ResumeToken: _object("resume_token", m.ResumeToken),
    m.ResumeChallenge: _object("resume_challenge", m.ResumeChallenge),
    m.ResumeProof: _object("resume_proof", m.ResumeProof),
}


def _decoders(forms: Mapping[type, _Form]) -> dict[str, Callable[[Raw], Any]]:
    return {form.kind: form.decode for form in forms.values()}


_serverbound = _decoders(_SERVERBOUND)
_clientbound = _decoders(_CLIENTBOUND)
_relay_messages = _decoders(_RELAY_MESSAGES)


def _decode(text: str, decoders: Mapping[str, Callable[[Raw], Any]], unknown: Callable[[str], Any]) -> Any:
    """Decode an object with one key; ``unknown`` makes what stands for a kind without a decoder."""
    try:
        found = _by_kind.decode(text)
        if len(found) != 1:
            msg = "a packet has exactly one key"
            raise MalformedPacket(msg)
        ((kind, raw),) = found.items()
        decode = decoders.get(kind)
        return unknown(kind) if decode is None else decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        msg = f"not a packet: {error}"
        raise MalformedPacket(msg) from error


def _encode(packet: object, forms: Mapping[type, _Form]) -> bytes:
    form = forms[type(packet)]
    return _encoder.encode({form.kind: form.bare(packet)})


def _refuse(_kind: str) -> p.Serverbound:
    msg = "the server does not know this packet"
    raise MalformedPacket(msg)


def decode_serverbound(text: str) -> p.Serverbound:
    """Decode a packet of a client [S1] [S4] to [S8]. Raises `MalformedPacket`, also for an unknown kind."""
    if text == '"ping"':
        return p.Ping()
    packet: p.Serverbound = _decode(text, _serverbound, _refuse)
    return packet


def decode_clientbound(text: str) -> p.Clientbound | p.UnknownPacket:
    """Decode a packet of the server [S3] to [S8]. Raises `MalformedPacket`."""
    packet: p.Clientbound | p.UnknownPacket = _decode(text, _clientbound, p.UnknownPacket)
    return packet


def decode_relay_message(text: str) -> m.RelayMessage | m.UnknownRelayMessage:
    """Decode the ``inner`` of an envelope [E2] [M1] to [M5]. Raises `MalformedPacket`."""
    message: m.RelayMessage | m.UnknownRelayMessage = _decode(text, _relay_messages, m.UnknownRelayMessage)
    return message


def encode_serverbound(packet: p.Serverbound) -> bytes:
    """Encode a packet for the server."""
    return _encode(packet, _SERVERBOUND)


def encode_clientbound(packet: p.Clientbound) -> bytes:
    """Encode a packet for clients; a relayed message goes in byte for byte [S7]."""
    return _encode(packet, _CLIENTBOUND)


def encode_relay_message(message: m.RelayMessage) -> bytes:
    """Encode the ``inner`` of an envelope [E2]; absent fields are left out."""
    return _encode(message, _RELAY_MESSAGES)
