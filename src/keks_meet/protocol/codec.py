# SPDX-License-Identifier: AGPL-3.0-only
"""Packets, relay messages and file controls to JSON text and back, in both directions.

Every one is an object with exactly one key, which names its kind; their modules declare which there are. Decoding takes
text, so that UTF-8 has been checked before; whatever else is wrong is one error, `MalformedPacket`, whose sentence is
fit for a close frame [S1] [S10].

The ``message`` of a relay stays a `msgspec.Raw`, byte for byte [S7]. msgspec walks over a raw value with the same care
as over a decoded one (control characters, escapes, paired surrogates), so its first byte tells whether it is a string;
a property test compares this with the standard library's decoder.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from keks_meet.errors import MalformedPacket
from keks_meet.protocol import file_controls, packets, relay_messages
from keks_meet.protocol.file_controls import FileControl
from keks_meet.protocol.packets import Clientbound, Ping, Serverbound, UnknownPacket
from keks_meet.protocol.relay_messages import RelayMessage, UnknownRelayMessage
from keks_meet.protocol.wire_limits import MAX_INTEGER

__all__ = [
    "decode_clientbound",
    "decode_file_control",
    "decode_relay_message",
    "decode_serverbound",
    "encode_clientbound",
    "encode_file_control",
    "encode_relay_message",
    "encode_serverbound",
    "with_plain_integers",
]

_QUOTE = ord('"')
_SECOND_LOOK_BYTES: Final = 65_536
"""The most bytes that are looked at once more, as slowly as Python does it: a stranger may send a megabyte."""
_by_kind = msgspec.json.Decoder(dict[str, Raw])
_encoder = msgspec.json.Encoder()


class _Form(Struct, frozen=True):
    """The form of one kind on the wire: its key, and the value's decoder and bare form."""

    kind: str
    decode: Callable[[Raw], Any]
    bare: Callable[[Any], Any]


def _form(kind: str, struct: type[Struct], bare: frozenset[type[Struct]]) -> _Form:
    """Return the form of a kind, by the fields of its struct."""
    fields = msgspec.structs.fields(struct)
    if not fields:
        return _nothing(kind, struct)
    if struct in bare:
        return _bare(kind, struct, fields[0])
    if any(field.type is Raw for field in fields):
        return _sealed(kind, struct)
    return _Form(kind, _decoder(struct), lambda packet: packet)


def _decoder(type_: Any) -> Callable[[Raw], Any]:
    """Return the decoder of a value, whose integers may be written in any way that JSON has, and keys twice."""
    decoder = msgspec.json.Decoder(type_)

    def decode(raw: Raw) -> Any:
        try:
            return decoder.decode(raw)
        except msgspec.ValidationError:
            if memoryview(raw).nbytes > _SECOND_LOOK_BYTES:
                raise
            return msgspec.convert(_with_integers(raw), type_)

    return decode


def with_plain_integers(raw: bytes | Raw) -> bytes:
    """Return the JSON of an object with its own integers written as such, all else byte for byte.

    To JavaScript 1000, 1e3 and 1000.0 are the same number. Raises `msgspec.MsgspecError`.
    """
    fields = msgspec.json.decode(raw, type=dict[str, Raw])
    return msgspec.json.encode({name: _plain_integer(field) for name, field in fields.items()})


def _plain_integer(raw: Raw) -> Raw:
    is_number = memoryview(raw)[0] in b"-0123456789"
    return Raw(msgspec.json.encode(_with_integers(raw))) if is_number else raw


def _with_integers(raw: Raw) -> Any:
    """Return what JSON says, with its integers, however they were written, as such; see `with_plain_integers`.

    The text is JSON. The standard library's decoder calls Python only for what looks like a fraction.
    """
    return json.loads(bytes(raw), parse_float=_number)


def _number(written: str) -> int | float:
    value = float(written)
    return int(value) if value.is_integer() and abs(value) <= MAX_INTEGER else value


def _bare(kind: str, struct: Callable[..., Any], field: msgspec.structs.FieldInfo) -> _Form:
    """Return the form of a kind whose value is the only field of its struct."""
    decode = _decoder(field.type)
    return _Form(kind, lambda raw: struct(decode(raw)), lambda packet: getattr(packet, field.name))


def _nothing(kind: str, struct: Callable[[], Any]) -> _Form:
    """Return the form of a kind whose value is null."""
    decoder = msgspec.json.Decoder(None)

    def decode(raw: Raw) -> Any:
        decoder.decode(raw)
        return struct()

    return _Form(kind, decode, lambda _: None)


def _sealed(kind: str, struct: type[Struct]) -> _Form:
    """Return the form of a kind that carries a sealed message, checked to be a JSON string [S7]."""
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(struct)

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


class _Forms:
    """The forms of all kinds of one group, by key and by struct."""

    def __init__(self, kinds: Mapping[str, type[Struct]], bare: frozenset[type[Struct]]) -> None:
        self.by_struct = {struct: _form(kind, struct, bare) for kind, struct in kinds.items()}
        self.decoders = {form.kind: form.decode for form in self.by_struct.values()}


_SERVERBOUND: Final = _Forms(packets.SERVERBOUND, packets.BARE)
_CLIENTBOUND: Final = _Forms(packets.CLIENTBOUND, packets.BARE)
_RELAY_MESSAGES: Final = _Forms(relay_messages.RELAY_MESSAGES, relay_messages.BARE)
_FILE_CONTROLS: Final = _Forms(file_controls.FILE_CONTROLS, file_controls.BARE)


def _decode(text: str, forms: _Forms, unknown: Callable[[str], Any]) -> Any:
    """Decode an object with one key; ``unknown`` makes what stands for a kind without a decoder."""
    try:
        found = _by_kind.decode(text)
        if len(found) != 1:
            msg = "a packet has exactly one key"
            raise MalformedPacket(msg)
        ((kind, raw),) = found.items()
        decode = forms.decoders.get(kind)
        return unknown(kind) if decode is None else decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        msg = f"not a packet: {error}"
        raise MalformedPacket(msg) from error


def _encode(packet: Struct, forms: _Forms) -> bytes:
    form = forms.by_struct[type(packet)]
    return _encoder.encode({form.kind: form.bare(packet)})


def _refuse(_kind: str) -> Serverbound:
    msg = "the server does not know this packet"
    raise MalformedPacket(msg)


def decode_serverbound(text: str) -> Serverbound:
    """Decode a packet of a client [S1] [S4] to [S8]. Raises `MalformedPacket`, also for an unknown kind."""
    if text == '"ping"':
        return Ping()
    packet: Serverbound = _decode(text, _SERVERBOUND, _refuse)
    return packet


def decode_clientbound(text: str) -> Clientbound | UnknownPacket:
    """Decode a packet of the server [S3] to [S8]. Raises `MalformedPacket`."""
    packet: Clientbound | UnknownPacket = _decode(text, _CLIENTBOUND, UnknownPacket)
    return packet


def decode_relay_message(text: str) -> RelayMessage | UnknownRelayMessage:
    """Decode the ``inner`` of an envelope [E2] [M1] to [M5]. Raises `MalformedPacket`."""
    message: RelayMessage | UnknownRelayMessage = _decode(text, _RELAY_MESSAGES, UnknownRelayMessage)
    return message


def decode_file_control(text: str) -> FileControl | None:
    """Decode a control of a file channel [F4]; None for an unknown kind [F3]. Raises `MalformedPacket`."""
    control: FileControl | None = _decode(text, _FILE_CONTROLS, lambda _: None)
    return control


def encode_serverbound(packet: Serverbound) -> bytes:
    """Encode a packet for the server."""
    return _encode(packet, _SERVERBOUND)


def encode_clientbound(packet: Clientbound) -> bytes:
    """Encode a packet for clients; a relayed message goes in byte for byte [S7]."""
    return _encode(packet, _CLIENTBOUND)


def encode_relay_message(message: RelayMessage) -> bytes:
    """Encode the ``inner`` of an envelope [E2]; absent fields are left out."""
    return _encode(message, _RELAY_MESSAGES)


def encode_file_control(control: FileControl) -> bytes:
    """Encode a control of a file channel."""
    return _encode(control, _FILE_CONTROLS)
