# SPDX-License-Identifier: AGPL-3.0-only
"""Debian's Chromium with fake devices."""

from pathlib import Path

from playwright.async_api import Browser, Playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""The engine without windows, menus and profiles of a person: each page costs half of what it does with them."""
WHOLE_CHROMIUM = "/usr/bin/chromium"
"""The browser that people have, for what only that has, and to hold that it makes no difference."""
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # Nothing here draws in three dimensions, and a processor that pretends to costs a tenth of what pages do.
    "--disable-gpu",
    "--disable-software-rasterizer",
]
REACHABLE = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"]
"""Where there is only a loopback interface, a browser without these finds no way to any other."""
FAKE_DEVICES = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]
NO_DEVICES = ["--use-fake-ui-for-media-stream"]
"""Real devices, of which a machine that runs tests has none."""
REFUSED_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"]


async def launch(
    playwright: Playwright,
    devices: list[str] = FAKE_DEVICES,
    network: list[str] = REACHABLE,
    executable: str | Path = CHROMIUM,
) -> Browser:
    """Start a browser whose permission prompts are answered as `devices` says."""
    arguments = [*QUIET, "--autoplay-policy=no-user-gesture-required", *network, *devices]
    return await playwright.chromium.launch(executable_path=executable, headless=True, args=arguments)
