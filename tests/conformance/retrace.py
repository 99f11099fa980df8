# SPDX-License-Identifier: AGPL-3.0-only
"""Writes anew what the traces of sessions expect: `python -m tests.conformance.retrace`.

For a change that is meant to change what sessions order. Read the difference before you believe it: afterwards both
languages are held to it.
"""

import json
from pathlib import Path
from typing import Any

from tests.conformance.test_session import FEATURES, SESSION_EVENTS, alice, event, plain, without_history

VECTORS = Path(__file__).parents[2] / "spec/vectors"


def compact(value: Any) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def retrace(trace: dict[str, Any], features: tuple[str, ...]) -> str:
    """Replay a trace's events, and write it with the effects and the view that they have now: one step a line."""
    session = alice(features)
    steps = [
        "        "
        + compact({"event": step["event"], "effects": plain(session.handle(event(step["event"], SESSION_EVENTS)))})
        for step in trace["steps"]
    ]
    head = {name: value for name, value in trace.items() if name not in {"view", "steps"}}
    head["view"] = without_history(plain(session.view()))
    return "    {\n      " + compact(head)[1:-1] + ',\n      "steps": [\n' + ",\n".join(steps) + "\n      ]\n    }"


def main() -> None:
    """Write both files."""
    for name, features in FEATURES.items():
        path = VECTORS / name
        text = path.read_text(encoding="utf-8")
        head = text[: text.index('"traces": [') + len('"traces": [')]
        traces = ",\n".join(retrace(trace, features) for trace in json.loads(text)["traces"])
        path.write_text(f"{head}\n{traces}\n  ]\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
