"""What the design runs tell Prometheus: computed from the run store each time it is asked, since runs live in many short processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.candidate import CandidateStatus
from core.report import RunStatus
from memory.sql.figures import FigureStore, RunFigures


class RunCollector:
    """A Prometheus collector over the run store. What is stored only grows, so sums over it are counters."""

    def __init__(self, store: FigureStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def describe(self) -> list[Metric]:
        """The metrics without samples, so that registering reads nothing."""
        return list(families(RunFigures()))

    def collect(self) -> Iterator[Metric]:
        """The metrics now. Raises StoreError if the store cannot be read."""
        yield from families(self._store.read(self._now()))


def families(figures: RunFigures) -> Iterator[Metric]:
    """The figures as Prometheus metrics. Every status is there from the start, at 0."""
    for name, text, counts in (
        ("molwright_runs", "Stored design runs by status", figures.runs),
        ("molwright_conversations", "Stored conversations of molwright chat by status", figures.conversations),
    ):
        runs = GaugeMetricFamily(name, text, labels=["status"])
        for status in get_args(RunStatus):
            runs.add_metric([status], counts.get(status, 0))
        yield runs
    candidates = GaugeMetricFamily("molwright_run_candidates", "Evaluated structures of all runs by status", labels=["status"])
    for status in get_args(CandidateStatus):
        candidates.add_metric([status], figures.candidates.get(status, 0))
    yield candidates
    for name, text, values in (
        ("molwright_run_steps", "Finished steps of runs", figures.steps),
        ("molwright_run_step_seconds", "Wall-clock seconds of the steps of runs, waiting included", figures.step_seconds),
        ("molwright_run_errors", "Errors in the traces of runs", figures.errors),
    ):
        family = CounterMetricFamily(name, text, labels=["node"])
        for node, value in sorted(values.items()):
            family.add_metric([node], value)
        yield family
    yield from _models(figures)
    age = GaugeMetricFamily("molwright_run_heartbeat_age_seconds", "Age of the oldest heartbeat of a running run; 0 if none runs")
    age.add_metric([], figures.heartbeat_age_s or 0.0)
    yield age


def _models(figures: RunFigures) -> Iterator[Metric]:
    labels = ["role", "model"]
    calls = CounterMetricFamily("molwright_run_model_calls", "Model calls of runs", labels=labels)
    seconds = CounterMetricFamily("molwright_run_model_seconds", "Seconds of the model calls of runs", labels=labels)
    tokens = CounterMetricFamily("molwright_run_model_tokens", "Tokens of the model calls of runs", labels=[*labels, "direction"])
    for (role, model), use in sorted(figures.models.items()):
        calls.add_metric([role, model], use.calls)
        seconds.add_metric([role, model], use.seconds)
        tokens.add_metric([role, model, "in"], use.tokens_in)
        tokens.add_metric([role, model, "out"], use.tokens_out)
    yield from (calls, seconds, tokens)


def registry(store: FigureStore, now: Callable[[], datetime]) -> CollectorRegistry:
    """A registry with the runs' metrics and nothing else."""
    made = CollectorRegistry()
    made.register(RunCollector(store, now))
    return made


def page(store: FigureStore, now: Callable[[], datetime]) -> str:
    """The metrics in Prometheus's text form."""
    return generate_latest(registry(store, now)).decode()
