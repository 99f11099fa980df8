# SPDX-License-Identifier: AGPL-3.0-only
"""What a server says of itself in each state."""

import pytest

from keks_meet.server.node import Node, NodeState


@pytest.mark.parametrize(
    ("state", "ready"), [(NodeState.STARTING, 503), (NodeState.READY, 200), (NodeState.DRAINING, 503)]
)
def test_only_a_ready_server_wants_clients_and_each_one_is_alive(state: NodeState, ready: int) -> None:
    node = Node()
    assert node.state is NodeState.STARTING
    node.state = state
    assert node.health("/readyz")[0] == ready
    assert node.health("/healthz") == (200, "ok")


def test_a_full_server_wants_no_more_clients_and_is_alive() -> None:
    node = Node()
    node.state = NodeState.READY
    node.is_full = lambda: True
    assert node.health("/readyz") == (503, "The server is full.")
    assert node.health("/healthz") == (200, "ok")
