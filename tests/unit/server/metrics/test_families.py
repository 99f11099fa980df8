# SPDX-License-Identifier: AGPL-3.0-only
"""The numbers of a moment as text; the documentation and the dashboard know the same ones."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from keks_meet.server.metrics.counts import Counts
from keks_meet.server.metrics.families import Exposition
from keks_meet.server.metrics.lag import Lag
from keks_meet.server.metrics.snapshot import Snapshot
from keks_meet.server.node import NodeState
from tests.docs_blocks import ROOT
from tests.integration.conftest import write_certificate

SNAPSHOT = Snapshot(
    version="1.2.3",
    state=NodeState.DRAINING,
    clients=2,
    most_clients=5000,
    page_connections=1,
    refused_connections=4,
    rooms=1,
    members=2,
    queues=[10, 300],
    certificate_end=1.5,
    counts=Counts(),
    lag=Lag(),
)


def samples(accept: str = "") -> dict[tuple[str, str], float]:
    text = Exposition(lambda: SNAPSHOT).text(accept)[0].decode()
    families = text_string_to_metric_families(text)
    return {(each.name, ",".join(each.labels.values())): each.value for family in families for each in family.samples}


def names() -> set[str]:
    return {re.sub("_(bucket|sum|count)$", "", name) for name, _ in samples()}


def test_a_moment() -> None:
    told = samples()
    assert told["keks_meet_build_info", "1.2.3"] == 1
    assert [told["keks_meet_node_state", state] for state in ("starting", "ready", "draining")] == [0, 0, 1]
    assert told["keks_meet_connections", "client"] == 2
    assert told["keks_meet_connections", "page"] == 1
    assert told["keks_meet_client_limit", ""] == 5000
    assert told["keks_meet_refused_connections_total", ""] == 4
    assert (told["keks_meet_rooms", ""], told["keks_meet_room_members", ""]) == (1, 2)
    assert (told["keks_meet_queued_bytes", ""], told["keks_meet_largest_queue_bytes", ""]) == (310, 300)
    assert told["keks_meet_certificate_end_timestamp_seconds", ""] == 1.5
    assert told["keks_meet_closes_total", "server,1013"] == 0
    assert told["keks_meet_event_loop_lag_seconds_bucket", "+Inf"] == 0


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/plain; version=0.0.4"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text"),
        ("text/html, Application/OpenMetrics-Text;q=0.5", "application/openmetrics-text"),
        ("application/openmetrics-text; version=1.x; escaping=made-up", "application/openmetrics-text"),
        ("text/plain; version=1.x", "text/plain; version=0.0.4"),
        ("text/plain; version=1.0.0; escaping=made-up", "text/plain; version=0.0.4"),
        (";;,=", "text/plain; version=0.0.4"),
    ],
)
def test_both_formats(accept: str, content_type: str) -> None:
    body, told = Exposition(lambda: SNAPSHOT).text(accept)
    assert told.startswith(content_type)
    assert body.endswith(b"# EOF\n") == told.startswith("application/openmetrics-text")


def test_every_number_is_documented() -> None:
    document = (ROOT / "docs/server.md").read_text()
    documented = set(re.findall(r"^\| `(keks_meet_\w+)`", document, re.MULTILINE))
    assert documented == {name for name in names() if name.startswith("keks_meet_")}


def expressions(panel: Any) -> list[str]:
    found = [target["expr"] for target in panel.get("targets", ())]
    return found + [expr for inner in panel.get("panels", ()) for expr in expressions(inner)]


def test_the_dashboard_asks_for_numbers_that_there_are() -> None:
    dashboard = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
    asked = [expr for panel in dashboard["panels"] for expr in expressions(panel)]
    used = set(re.findall(r"\b(?:keks_meet|process)_\w+", " ".join(asked)))
    assert len(asked) > 10
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in used} <= names()
    assert {name for name in names() if name.startswith("keks_meet_")} - {"keks_meet_build_info"} <= {
        re.sub("_(bucket|sum|count)$", "", name) for name in used
    }


LOADED = """
import sys
from pathlib import Path
from keks_meet.server import command
from keks_meet.server.config import Config, Metrics, Server
from keks_meet.server.service import Service
from keks_meet.server.sockets import open_sockets
tls = {tls!r}
config = Config(server=Server(bind="127.0.0.1:0", tls_cert=tls, tls_key=tls), metrics=Metrics(bind={bind!r}))
Service(config, open_sockets(config.server, {{}}, config.metrics.address), Path({pages!r}))
print(sorted({{"cryptography", "prometheus_client"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("bind", "is_tls", "loaded"),
    [
        (None, True, []),
        ("127.0.0.1:0", False, ["prometheus_client"]),
        ("127.0.0.1:0", True, ["cryptography", "prometheus_client"]),
    ],
)
def test_what_writes_metrics_is_loaded_only_if_wanted(
    bind: str | None, *, is_tls: bool, loaded: list[str], tmp_path: Path
) -> None:
    """And before the server serves; so is the library that reads certificates, where one is told of."""
    pair = write_certificate(tmp_path)
    pair.write_bytes(pair.read_bytes() + (tmp_path / "key.pem").read_bytes())
    for name in ("start.html", "room.html"):
        (tmp_path / name).touch()
    code = LOADED.format(bind=bind, tls=str(pair) if is_tls else None, pages=str(tmp_path))
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == f"{loaded}\n"
