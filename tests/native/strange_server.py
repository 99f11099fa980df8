# SPDX-License-Identifier: AGPL-3.0-only
"""A server that a test writes itself."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Serve = Callable[[web.WebSocketResponse], Awaitable[None]]


@asynccontextmanager
async def strange_server(serve: Serve, config: object = None) -> AsyncIterator[str]:
    """Serve each WebSocket so, until the end of the block; gives the server's address."""

    async def signaling(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=True, timeout=0.1)
        await socket.prepare(request)
        await serve(socket)
        return socket

    async def configuration(_: web.Request) -> web.Response:
        return web.json_response(config or {"webrtc": {}})

    site = web.Application()
    site.router.add_get("/signaling", signaling)
    site.router.add_get("/config.json", configuration)
    runner = web.AppRunner(site, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def let_in(socket: web.WebSocketResponse, own_id: int = 1, **more: Any) -> None:
    """Say what a server says to who enters an empty room."""
    await socket.send_str(json.dumps({"init": {"your_id": own_id, "version": "strange", **more}}))
    await socket.receive()
    await socket.send_str(json.dumps({"client_join": {"id": own_id}}))
