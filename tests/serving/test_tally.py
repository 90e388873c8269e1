"""Our counters and histograms expose what prometheus_client's own do."""

from __future__ import annotations

import prometheus_client as reference
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from serving.pool.tally import Counter, Histogram

BOUNDS = (0.01, 0.1, 1, 2.5)


def _shown(registry: CollectorRegistry) -> list[str]:
    """The exposition without the moments at which prometheus_client's own were made."""
    text = generate_latest(registry).decode()
    return sorted(line for line in text.splitlines() if "_created" not in line)


def test_the_exposition_is_that_of_prometheus_client() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    for counter in (
        Counter("a_calls", "Calls", ["model", "out"], registry=ours),
        reference.Counter("a_calls", "Calls", ["model", "out"], registry=theirs),
    ):
        counter.labels('m"\n', "ok").inc()
        counter.labels('m"\n', "ok").inc(2)
        counter.labels("n", "failed")
    for plain in (Counter("a_left", "Left", registry=ours), reference.Counter("a_left", "Left", registry=theirs)):
        plain.inc()
    for histogram in (
        Histogram("a_seconds", "Seconds", ["model"], buckets=BOUNDS, registry=ours),
        reference.Histogram("a_seconds", "Seconds", ["model"], buckets=BOUNDS, registry=theirs),
    ):
        for value in (0.0, 0.01, 0.0100001, 0.5, 1, 2.5, 99):
            histogram.labels("m").observe(value)
        histogram.labels("n")
    assert _shown(ours) == _shown(theirs)


def test_a_name_is_taken_once() -> None:
    registry = CollectorRegistry()
    Counter("a_calls", "Calls", registry=registry)
    with pytest.raises(ValueError, match="a_calls"):
        Counter("a_calls", "Calls", registry=registry)
