# SPDX-License-Identifier: AGPL-3.0-only
"""Every byte that a server sees and sends, and the WebSocket messages in them, taken apart here on its own."""

from collections import defaultdict
from dataclasses import dataclass, field

END_OF_HEAD = b"\r\n\r\n"


@dataclass
class Recording:
    """What passed a relay; give `record` to it."""

    streams: dict[tuple[int, str], bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def record(self, connection: int, direction: str, data: bytes) -> None:
        """Keep some bytes of one direction of a connection."""
        self.streams[connection, direction] += data

    def seen_by_server(self) -> bytes:
        """All HTTP that came up, and all WebSocket messages both ways, unmasked."""
        up = [bytes(data) for (_, direction), data in self.streams.items() if direction == "up"]
        return b"\n".join([*(head(data) for data in up), *self.messages()])

    def messages(self) -> list[bytes]:
        """The payload of every WebSocket frame, in both directions."""
        found: list[bytes] = []
        for (connection, direction), data in self.streams.items():
            if self._is_websocket(connection):
                found += payloads(bytes(data).partition(END_OF_HEAD)[2])
                assert b"permessage-deflate" not in head(bytes(data)) or direction == "up", "frames are compressed"
        return found

    def _is_websocket(self, connection: int) -> bool:
        return b"/signaling" in self.streams[connection, "up"].partition(b"\r\n")[0]


def head(data: bytes) -> bytes:
    """All of a plain connection, or what comes before the frames of a WebSocket."""
    return data.partition(END_OF_HEAD)[0] if b"Sec-WebSocket-" in data else data


def payloads(data: bytes) -> list[bytes]:
    """Take WebSocket frames apart (RFC 6455, 5.2); an incomplete last one is left out."""
    found: list[bytes] = []
    position = 0
    while position + 2 <= len(data):
        masked, length = data[position + 1] >> 7, data[position + 1] & 127
        position += 2
        extended = {126: 2, 127: 8}.get(length, 0)
        if extended:
            length = int.from_bytes(data[position : position + extended])
        position += extended
        mask = data[position : position + 4] if masked else bytes(4)
        position += 4 * masked
        payload = data[position : position + length]
        if len(payload) < length:
            break
        found.append(_unmask(payload, mask))
        position += length
    return found


def _unmask(payload: bytes, mask: bytes) -> bytes:
    pattern = mask * (len(payload) // 4 + 1)
    whole = int.from_bytes(payload) ^ int.from_bytes(pattern[: len(payload)])
    return whole.to_bytes(len(payload))
