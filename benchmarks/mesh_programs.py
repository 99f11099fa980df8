# SPDX-License-Identifier: AGPL-3.0-only
"""Programs that send small recorded pictures into a room, until the end of standard input.

Run by `benchmarks.mesh`, in a process of its own. The pictures are made once, and are the same for all programs.
"""

import argparse
import asyncio
import itertools
import math
import sys
from contextlib import AsyncExitStack
from typing import Final

import webrtc

from keks_meet.client import Room

WIDTH: Final = 160
HEIGHT: Final = 90
PICTURES: Final = 30


def recorded() -> list[bytes]:
    """Return pictures in I420: a bright disc goes around on waves that move."""
    return [_picture(2 * math.pi * number / PICTURES) for number in range(PICTURES)]


def _picture(turn: float) -> bytes:
    centre_x, centre_y = WIDTH / 2 + 50 * math.cos(turn), HEIGHT / 2 + 25 * math.sin(turn)
    luma = bytes(
        220
        if (x - centre_x) ** 2 + (y - centre_y) ** 2 < 300
        else int(110 + 60 * math.sin(x / 7 + turn) * math.cos(y / 5))
        for y in range(HEIGHT)
        for x in range(WIDTH)
    )
    chroma = bytes(128 + int(40 * math.sin(x / 9 + turn)) for _ in range(HEIGHT // 2) for x in range(WIDTH // 2))
    return luma + chroma + bytes(reversed(chroma))


async def send(generators: list[webrtc.VideoTrackGenerator], rate: float) -> None:
    """Write one picture after the other to all tracks, so many a second."""
    writers = [generator.writable.get_writer() for generator in generators]
    loop = asyncio.get_running_loop()
    pictures = recorded()
    began = loop.time()
    for number in itertools.count():
        init = webrtc.VideoFrameBufferInit(
            format="I420", coded_width=WIDTH, coded_height=HEIGHT, timestamp=int(number * 1e6 / rate)
        )
        for writer in writers:
            await writer.write(webrtc.VideoFrame(pictures[number % PICTURES], init))
        await asyncio.sleep(max(0, began + (number + 1) / rate - loop.time()))


async def join_all(server: str, secret: str, programs: int, rate: float) -> None:
    """Join with so many programs, and say that they are there."""
    webrtc.allow_loopback()
    generators = [webrtc.VideoTrackGenerator() for _ in range(programs)]
    async with AsyncExitStack() as stack:
        for number, generator in enumerate(generators):
            room = await stack.enter_async_context(Room(secret, server=server, username=f"program {number + 1}"))
            room.provide_stream(webrtc.MediaStream([generator.track]), "Camera")
        print("ready", flush=True)
        sending = asyncio.create_task(send(generators, rate))
        await asyncio.to_thread(sys.stdin.read)
        sending.cancel()


def main() -> None:
    """Read the command line, and send."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mesh_programs")
    parser.add_argument("server")
    parser.add_argument("secret")
    parser.add_argument("programs", type=int)
    parser.add_argument("rate", type=float)
    given = parser.parse_args()
    asyncio.run(join_all(given.server, given.secret, given.programs, given.rate))


if __name__ == "__main__":
    main()
