# SPDX-License-Identifier: AGPL-3.0-only
"""The numbers in the text formats of Prometheus and OpenMetrics. Only this module knows the library for that.

It is loaded when metrics are on, and not before: it costs time and memory.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from keks_meet.protocol.packets import CLIENTBOUND, SERVERBOUND
from keks_meet.server.metrics.counts import Counts
from keks_meet.server.metrics.lag import BOUNDS, Lag
from keks_meet.server.metrics.snapshot import Snapshot
from keks_meet.server.node import NodeState

__all__ = ["Exposition", "families", "is_openmetrics"]

_PREFIX: Final = "keks_meet_"
_OPENMETRICS: Final = "application/openmetrics-text"


class Exposition(Collector):
    """Writes what a function tells, each time anew, and what the system says of this process."""

    def __init__(self, take: Callable[[], Snapshot]) -> None:
        """Tell of the moments that ``take`` returns."""
        self._take = take
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def collect(self) -> Iterator[Metric]:
        """Return the numbers of now, as the library asks for them."""
        return families(self._take())

    def describe(self) -> Iterator[Metric]:
        """Announce nothing: who asks gets all there is."""
        return iter(())

    def text(self, accept: str) -> tuple[bytes, str]:
        """Return the text in the format that is asked for by an ``Accept`` header, and its content type.

        There are two formats, and nothing else of that header counts: it is whatever somebody sends.
        """
        if is_openmetrics(accept):
            text: bytes = openmetrics.generate_latest(self._registry)  # type: ignore[no-untyped-call]
            return text, openmetrics.CONTENT_TYPE_LATEST
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4


def is_openmetrics(accept: str) -> bool:
    """Tell whether an ``Accept`` header names OpenMetrics."""
    return any(part.partition(";")[0].strip().lower() == _OPENMETRICS for part in accept.split(","))


def families(now: Snapshot) -> Iterator[Metric]:
    """Return all numbers of a moment, by families."""
    yield InfoMetricFamily(f"{_PREFIX}build", "What runs here.", {"version": now.version})
    states = {state.value: float(state is now.state) for state in NodeState}
    yield _gauge_by("node_state", "The state of this server: 1 for the one that it is in.", "state", states)
    yield from _gauges(now)
    yield from _counters(now, now.counts)
    yield _histogram("event_loop_lag_seconds", "By how much the server was late when something was due.", now.lag)


def _gauges(now: Snapshot) -> Iterator[Metric]:
    connections = {"client": now.clients, "page": now.page_connections}
    yield _gauge_by("connections", "Open connections: clients, and those that ask for pages.", "kind", connections)
    yield _gauge(
        "client_limit", "Clients that may be connected at the same time: limits.connections.", now.most_clients
    )
    yield _gauge("rooms", "Rooms with somebody in them.", now.rooms)
    yield _gauge("room_members", "Clients in rooms.", now.members)
    yield _gauge("queued_bytes", "Bytes that wait for clients to read them, in all.", sum(now.queues))
    yield _gauge(
        "largest_queue_bytes", "Bytes that wait for the client that has most waiting.", max(now.queues, default=0)
    )
    if now.certificate_end is not None:
        end = "When the server's own certificate ends, in seconds since 1970."
        yield _gauge("certificate_end_timestamp_seconds", end, now.certificate_end)


def _counters(now: Snapshot, counts: Counts) -> Iterator[Metric]:
    received = [((kind,), counts.received[packet]) for kind, packet in SERVERBOUND.items()]
    yield _counter_by("received_packets", "Packets of clients.", ("kind",), received)
    sent = [((kind,), counts.sent[packet]) for kind, packet in CLIENTBOUND.items()]
    yield _counter_by("sent_packets", "Packets for clients, for each of them.", ("kind",), sent)
    yield _counter("received_bytes", "Bytes of packets of clients.", counts.received_bytes)
    yield _counter("sent_bytes", "Bytes of packets for clients.", counts.sent_bytes)
    closes = "Clients' connections that ended: the WebSocket close code, and who ended it."
    yield _counter_by("closes", closes, ("code", "by"), counts.closes.items())
    refused = "Connections that were hung up on: too many, in all or of one address."
    yield _counter("refused_connections", refused, now.refused_connections)
    yield _counter("stun_answers", "Answers of the built-in STUN server.", counts.stun_answers)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, meaning, value=value)


def _gauge_by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(_PREFIX + name, meaning, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(_PREFIX + name, meaning, value=value)


def _counter_by(
    name: str, meaning: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], int]]
) -> Metric:
    family = CounterMetricFamily(_PREFIX + name, meaning, labels=labels)
    for key, value in values:
        family.add_metric(key, value)
    return family


def _histogram(name: str, meaning: str, lag: Lag) -> Metric:
    bounds = [*map(str, BOUNDS), "+Inf"]
    buckets = list(zip(bounds, lag.cumulative, strict=True))
    return HistogramMetricFamily(_PREFIX + name, meaning, buckets=buckets, sum_value=lag.total_seconds)
