# SPDX-License-Identifier: AGPL-3.0-only
"""Draws the icon in the sizes that systems want, from `web/static/icon.svg` into `web/static/`. For when it changes.

As a command: `python -m tools.icons`; needs the Chromium that the tests need.
"""

import asyncio
import base64
import struct
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.e2e.harness import browsers

STATIC = Path(__file__).resolve().parent.parent / "web/static"
GROUND = "#2d0d52"
SHARES = {"icon": 1.0, "maskable": 0.68, "touch": 0.76}
"""The drawing's share of the width; of maskable icons, systems leave four fifths for sure."""
PICTURES = [("icon", 192), ("icon", 512), ("maskable", 192), ("maskable", 512), ("touch", 180)]
FAVICON = 48


async def picture(browser: Browser, size: int, share: float) -> bytes:
    """Draw the icon as a PNG, on a ground where it does not fill the square."""
    drawing = base64.b64encode((STATIC / "icon.svg").read_bytes()).decode()
    page = await browser.new_page(viewport={"width": size, "height": size})
    await page.set_content(
        f"""<body style="margin: 0; height: 100vh; display: grid; place-items: center;
                background: {GROUND if share < 1 else "none"}">
            <img style="width: {share:%}" src="data:image/svg+xml;base64,{drawing}">"""
    )
    png = await page.screenshot(omit_background=True)
    await page.close()
    return png


def ico(png: bytes, size: int) -> bytes:
    """Wrap a PNG for browsers that ask for `/favicon.ico`: a header, one entry, the picture."""
    header, entry = struct.pack("<3H", 0, 1, 1), struct.pack("<4B2H2I", size, size, 0, 0, 1, 32, len(png), 22)
    return header + entry + png


async def main() -> None:
    """Draw all icons anew."""
    async with async_playwright() as playwright:
        browser = await browsers.launch(playwright)
        for kind, size in PICTURES:
            (STATIC / f"{kind}-{size}.png").write_bytes(await picture(browser, size, SHARES[kind]))
        (STATIC / "favicon.ico").write_bytes(ico(await picture(browser, FAVICON, 1.0), FAVICON))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
