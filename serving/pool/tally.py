"""Counters and histograms for one event loop: what prometheus_client exposes, without its locks, which cost a request more than its parsing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.utils import floatToGoString


class Count:
    """How often something happened under one set of labels."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, amount: float = 1.0) -> None:
        """Add ``amount``, which is not negative."""
        self.value += amount


class Distribution:
    """How values under one set of labels are distributed over the bounds; a value at a bound is within it."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Add one value."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value


class Counter:
    """A counter with labels; changed on one event loop only."""

    kind = "counter"

    def __init__(self, name: str, text: str, labels: Sequence[str] = (), *, registry: CollectorRegistry) -> None:
        self.name, self.label_names, self._text = name, tuple(labels), text
        self._counts: dict[tuple[str, ...], Count] = {}
        if not labels:
            self._counts[()] = Count()
        registry.register(self)

    def labels(self, *values: str) -> Count:
        """What is counted under these labels, in the order of the counter's; it is shown from now on."""
        found = self._counts.get(values)
        if found is None:
            found = self._counts[values] = Count()
        return found

    def inc(self, amount: float = 1.0) -> None:
        """Add to a counter without labels."""
        self._counts[()].inc(amount)

    def describe(self) -> Iterator[Metric]:
        """The metric without samples."""
        yield CounterMetricFamily(self.name, self._text, labels=self.label_names)

    def collect(self) -> Iterator[Metric]:
        """The metric now."""
        family = CounterMetricFamily(self.name, self._text, labels=self.label_names)
        for values, count in self._counts.items():
            family.add_metric(values, count.value)
        yield family


class Histogram:
    """A histogram with labels; changed on one event loop only. ``buckets``: the upper bounds, rising."""

    kind = "histogram"

    def __init__(self, name: str, text: str, labels: Sequence[str], *, buckets: Sequence[float], registry: CollectorRegistry) -> None:
        self.name, self.label_names, self._text, self._bounds = name, tuple(labels), text, tuple(buckets)
        self._shown = [floatToGoString(bound) for bound in (*buckets, float("inf"))]
        self._distributions: dict[tuple[str, ...], Distribution] = {}
        registry.register(self)

    def labels(self, *values: str) -> Distribution:
        """What is observed under these labels, in the order of the histogram's; it is shown from now on."""
        found = self._distributions.get(values)
        if found is None:
            found = self._distributions[values] = Distribution(self._bounds)
        return found

    def describe(self) -> Iterator[Metric]:
        """The metric without samples."""
        yield HistogramMetricFamily(self.name, self._text, labels=self.label_names)

    def collect(self) -> Iterator[Metric]:
        """The metric now."""
        family = HistogramMetricFamily(self.name, self._text, labels=self.label_names)
        for values, one in self._distributions.items():
            family.add_metric(values, list(zip(self._shown, accumulate(one.counts), strict=True)), one.total)
        yield family
