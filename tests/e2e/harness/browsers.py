# SPDX-License-Identifier: AGPL-3.0-only
"""Debian's Chromium with fake devices."""

from playwright.async_api import Browser, Playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
WEBRTC = [
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
FAKE_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
NO_DEVICES = ["--use-fake-ui-for-media-stream"]
"""Real devices, of which a machine that runs tests has none."""
REFUSED_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"]


async def launch(playwright: Playwright, devices: list[str] = FAKE_DEVICES) -> Browser:
    """Start a browser whose permission prompts are answered as `devices` says."""
    arguments = [*QUIET, *WEBRTC, *devices]
    return await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=arguments)
