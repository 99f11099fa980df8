# SPDX-License-Identifier: AGPL-3.0-only
"""What wrtc itself reaches: one data channel between two processes, zeros out, nothing done with what comes in.

Run as ``python -m benchmarks.bare_channel BYTES`` for the sending end, which starts the receiving one; prints MB/s.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from typing import Final

import webrtc

MESSAGE: Final = 131_072
HIGH, LOW = 4 * 1_048_576, 1_048_576


async def gathered(connection: webrtc.RTCPeerConnection) -> str:
    """Wait for all candidates, and return the description with them."""
    done = asyncio.Event()
    connection.on("icegatheringstatechange", lambda _: done.set())
    while connection.ice_gathering_state.value != "complete":
        await done.wait()
        done.clear()
    assert connection.local_description
    return connection.local_description.sdp


async def send(size: int) -> float:
    """Return the seconds that the bytes took, from the open channel to the receiver's word that it has all."""
    receiver = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bare_channel", "receive", str(size), stdin=PIPE, stdout=PIPE
    )
    assert receiver.stdin
    assert receiver.stdout
    connection = webrtc.RTCPeerConnection()
    channel = connection.create_data_channel("bare")
    channel.buffered_amount_low_threshold = LOW
    opened, low, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    channel.on("open", lambda _: opened.set())
    channel.on("bufferedamountlow", lambda _: low.set())
    channel.on("message", lambda _: ended.set())
    await connection.set_local_description()
    receiver.stdin.write(json.dumps(await gathered(connection)).encode() + b"\n")
    answer = json.loads(await receiver.stdout.readline())
    await connection.set_remote_description(webrtc.RTCSessionDescriptionInit(webrtc.RTCSdpType.answer, answer))
    await opened.wait()
    since = time.perf_counter()
    message = bytes(MESSAGE)
    for _ in range(size // MESSAGE):
        while channel.buffered_amount >= HIGH:
            low.clear()
            await low.wait()
        channel.send(message)
    await ended.wait()
    taken = time.perf_counter() - since
    connection.close()
    await receiver.wait()
    return taken


async def receive(size: int) -> None:
    """Count, and say when it is all."""
    connection = webrtc.RTCPeerConnection()
    left = size
    gone = asyncio.Event()

    def opened(event: webrtc.RTCDataChannelEvent) -> None:
        channel = event.channel
        channel.on("close", lambda _: gone.set())

        def arrived(message: webrtc.MessageEvent) -> None:
            nonlocal left
            left -= len(message.data)
            if left == 0:
                channel.send("all")

        channel.on("message", arrived)

    connection.on("datachannel", opened)
    offer = json.loads(await asyncio.to_thread(sys.stdin.readline))
    await connection.set_remote_description(webrtc.RTCSessionDescriptionInit(webrtc.RTCSdpType.offer, offer))
    await connection.set_local_description()
    sys.stdout.write(json.dumps(await gathered(connection)) + "\n")
    sys.stdout.flush()
    await gone.wait()


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        asyncio.run(receive(int(sys.argv[2])))
    else:
        amount = int(sys.argv[1])
        sys.stdout.write(f"{amount / asyncio.run(send(amount)) / 1e6:.1f}\n")
