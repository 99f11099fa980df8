# SPDX-License-Identifier: AGPL-3.0-only
"""What axe-core finds wrong with a page."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"

TILES_FIT = """() => [...document.querySelectorAll(".people")].every(
    ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
        scrollWidth <= clientWidth + 1 && scrollHeight <= clientHeight + 1)"""


async def violations(page: Page, *rules: str) -> list[str]:
    """What axe calls serious or critical, of all its rules or of these."""
    # Tiles follow the room that there is: until they do, they overflow, and axe would see an area that scrolls.
    await page.wait_for_function(TILES_FIT)
    await page.evaluate(AXE.read_text())
    options = {"runOnly": list(rules)} if rules else {}
    result: dict[str, Any] = await page.evaluate("(options) => axe.run(options)", options)
    found = [v for v in result["violations"] if v["impact"] in {"serious", "critical"}]
    return [f"{v['id']}: {v['help']}: {[_where(node) for node in v['nodes']]}" for v in found]


def _where(node: dict[str, Any]) -> str:
    return f"{node['html']} {node['any'][0]['message'] if node['any'] else ''}"
