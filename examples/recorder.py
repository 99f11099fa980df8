# SPDX-License-Identifier: AGPL-3.0-only
"""Records the first camera or screen that somebody in a room shares, until it ends or the program is interrupted.

::

    pip install av
    python examples/recorder.py SECRET [--file FILE.webm] [--server URI]

The secret is better given as KEKS_SECRET: other people of this machine can see what a program was called with. Whoever
is in the room sees that a recorder is there; tell them nevertheless.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Annotated, cast

import av
import av.filter
import cyclopts
import webrtc

from keks_meet.client import DEFAULT_SERVER, ResourceOffered, Room, StreamArrived
from keks_meet.errors import KeksMeetError, RoomLeft

WIDTH, HEIGHT = 1280, 720
"""Of the file, which has one size; what is received has another one whenever the connection or a phone's angle asks."""
MS = Fraction(1, 1000)
UPRIGHT = {0: [], 90: [("transpose", "clock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "cclock")]}
"""Filters for frames that are to be shown turned clockwise by so many degrees."""
WAITING_FRAMES = 10
"""How many may wait while a frame is encoded; beyond that the oldest are dropped."""


class Fitting:
    """Turns pictures of any size upright and fits them into the file's, with black around them where they differ."""

    def __init__(self) -> None:
        self._shape: tuple[int, int, int] | None = None
        self._graph = av.filter.Graph()

    def fit(self, picture: av.VideoFrame, rotation: int) -> av.VideoFrame:
        """Return the picture as it goes into the file."""
        shape = (picture.width, picture.height, rotation)
        if shape != self._shape:
            self._shape, self._graph = shape, _graph(picture, rotation)
        self._graph.vpush(picture)
        return self._graph.vpull()


def _graph(picture: av.VideoFrame, rotation: int) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_buffer(None, picture.width, picture.height, picture.format, time_base=picture.time_base)
    filters = [
        *UPRIGHT[rotation],
        ("scale", f"{WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease"),
        ("pad", f"{WIDTH}:{HEIGHT}:-1:-1"),
        ("format", "yuv420p"),
        ("buffersink", ""),
    ]
    graph.link_nodes(source, *(graph.add(name, arguments or None) for name, arguments in filters)).configure()
    return graph


class Recording:
    """A WebM file with one video track."""

    def __init__(self, container: av.container.OutputContainer) -> None:
        self._container = container
        self._stream = container.add_stream("libvpx", rate=30, options={"deadline": "realtime", "cpu-used": "8"})
        self._stream.width, self._stream.height, self._stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._stream.bit_rate = 2_000_000
        self._stream.codec_context.time_base = MS
        self._fitting = Fitting()
        self._first_us: int | None = None
        self._last_ms = -1

    def add(self, picture: av.VideoFrame, rotation: int, timestamp_us: int) -> None:
        """Append a picture. One that is not at least a millisecond later than the one before is left out."""
        self._first_us = timestamp_us if self._first_us is None else self._first_us
        ms = (timestamp_us - self._first_us) // 1000
        if ms <= self._last_ms:
            return
        self._last_ms = picture.pts = ms
        picture.time_base = MS
        self._container.mux(self._stream.encode(self._fitting.fit(picture, rotation)))

    def finish(self) -> None:
        """Write what the encoder still has."""
        self._container.mux(self._stream.encode())


async def record_track(track: webrtc.MediaStreamTrack, path: Path) -> None:
    """Record until the track ends or this is cancelled; the file is whole either way."""
    init = webrtc.MediaStreamTrackProcessorInit(track, WAITING_FRAMES)
    frames = cast("webrtc.ReadableStream[webrtc.VideoFrame]", webrtc.MediaStreamTrackProcessor(init).readable)
    loop = asyncio.get_running_loop()
    # Encoding takes its time, so it has a thread of its own, which has ended before the file is closed.
    with path.open("xb") as file, av.open(file, "w", format="webm") as container:
        recording = Recording(container)
        try:
            with ThreadPoolExecutor(1) as encoder:
                async for frame in frames:
                    with frame:
                        picture = await picture_of(frame)
                        rotation, timestamp = frame.rotation, frame.timestamp
                    await loop.run_in_executor(encoder, recording.add, picture, rotation, timestamp)
        finally:
            recording.finish()


async def picture_of(frame: webrtc.VideoFrame) -> av.VideoFrame:
    """Copy a frame, whatever format the decoder gave it, into a picture of PyAV."""
    picture = av.VideoFrame(frame.coded_width, frame.coded_height, "rgba")
    plane = picture.planes[0]
    pixels = bytearray(plane.buffer_size)
    layout = [webrtc.PlaneLayout(0, plane.line_size)]
    await frame.copy_to(pixels, webrtc.VideoFrameCopyToOptions(format="RGBA", layout=layout))
    plane.update(bytes(pixels))
    return picture


async def first_video(room: Room) -> StreamArrived:
    """Ask for every camera and screen until one arrives, then for the others no longer."""
    asked: list[ResourceOffered] = []
    async for event in room:
        if isinstance(event, ResourceOffered) and event.resource.track_kind == "video":
            asked.append(event)
            room.request(event.peer.key, event.resource.id)
        elif isinstance(event, StreamArrived):
            for other in asked:
                if (other.peer.key, other.resource.id) != (event.peer.key, event.resource.id):
                    room.request_stop(other.peer.key, other.resource.id)
            return event
    raise RoomLeft("the room was left")


async def stop_when_withdrawn(room: Room, arrived: StreamArrived, track: webrtc.MediaStreamTrack) -> None:
    """Stop the track when it is no longer offered, or its owner has left: by itself it would just fall silent."""
    wanted = (arrived.peer.key, arrived.resource.id)
    await room.until(
        lambda: None if any(wanted == (p.key, r.info.id) for p in room.peers for r in p.resources) else True
    )
    track.stop()


async def record(
    secret: Annotated[str, cyclopts.Parameter(env_var="KEKS_SECRET")],
    *,
    file: Path = Path("recording.webm"),
    server: str = DEFAULT_SERVER,
) -> None:
    """Record the first camera or screen that somebody in a room shares.

    Parameters
    ----------
    secret
        Room secret: in a room's link, all that follows the first #.
    file
        Where to; must not exist yet.
    server
        Address of the server.
    """
    if file.exists():  # noqa: ASYNC240 - nothing else waits yet
        sys.exit(f"{file} exists already")
    async with Room(secret, server=server, username="recorder") as room:
        arrived = await first_video(room)
        track = arrived.stream.get_video_tracks()[0]
        ending = asyncio.create_task(stop_when_withdrawn(room, arrived, track))
        print(f"recording to {file}", flush=True)
        try:
            await record_track(track, file)
        finally:
            ending.cancel()
    print(f"recorded {file}", flush=True)


def main() -> None:
    """Run until interrupted; say in one sentence why that is not possible."""
    try:
        cyclopts.run(record)
    except (KeksMeetError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
