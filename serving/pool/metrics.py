"""What the pool tells Prometheus, in a registry of its own."""

from __future__ import annotations

from typing import get_args

from prometheus_client import CollectorRegistry, Gauge

from serving.pool.config import PoolConfig
from serving.pool.ledger import Outcome
from serving.pool.tally import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320)
HEALTH = {"closed": 0, "half_open": 1, "open": 2, "draining": 3, "paused": 4}


class PoolMetrics:
    """The metrics of one pool. Endpoint and model names come from the configuration, so their number is bounded."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        r, at = self.registry, ["endpoint", "model"]
        self.calls = Counter("molwright_pool_calls", "Logical requests by outcome", ["model", "outcome"], registry=r)
        self.attempts = Counter("molwright_pool_attempts", "Attempts at servers by result", [*at, "result"], registry=r)
        self.failovers = Counter("molwright_pool_failovers", "Attempts made again elsewhere", ["model", "reason"], registry=r)
        self.fallbacks = Counter("molwright_pool_fallbacks", "Calls answered by another model", ["model", "answered"], registry=r)
        self.hung = Counter("molwright_pool_hung", "Times a server was found hung", ["endpoint"], registry=r)
        self.broken = Counter("molwright_pool_broken_streams", "Streams that broke after their first byte", ["endpoint"], registry=r)
        self.probes = Counter("molwright_pool_probes", "Probes by result", ["endpoint", "result"], registry=r)
        self.tokens = Counter("molwright_pool_tokens", "Tokens", [*at, "direction"], registry=r)
        self.rejected = Counter("molwright_pool_rejected", "Calls refused before any attempt", ["reason"], registry=r)
        self.progress = Counter("molwright_pool_progress", "Events, answers and probes that came back", at, registry=r)
        self.seconds = Histogram("molwright_pool_attempt_seconds", "Time of an attempt", at, buckets=SECONDS, registry=r)
        self.first_token = Histogram("molwright_pool_first_token_seconds", "Time to first event", at, buckets=SECONDS, registry=r)
        self.queue_seconds = Histogram("molwright_pool_queue_seconds", "Wait for a free server", ["model"], buckets=SECONDS, registry=r)
        self.in_flight = Gauge("molwright_pool_in_flight", "Calls in flight", ["endpoint"], registry=r)
        self.up = Gauge("molwright_pool_endpoint_up", "1 if calls may be sent", ["endpoint"], registry=r)
        self.health = Gauge("molwright_pool_endpoint_state", f"State: {HEALTH}", ["endpoint"], registry=r)
        self.rate = Gauge("molwright_pool_tokens_per_second", "Output tokens a second while busy, last 5 min", ["endpoint"], registry=r)
        self.queue = Gauge("molwright_pool_queue_depth", "Calls that wait", registry=r)
        self.budget = Gauge("molwright_pool_retry_budget", "Retries left in the budget", registry=r)

    def begin(self, config: PoolConfig) -> None:
        """Show the counters that alerts watch at 0 from the start: the first event must be an increase, not a new series."""
        for endpoint in config.endpoints:
            self.hung.labels(endpoint.name)
            self.broken.labels(endpoint.name)
            for model in endpoint.models():
                self.progress.labels(endpoint.name, model)
            for result in ("alive", "busy", "hung", "failed"):
                self.probes.labels(endpoint.name, result)
        for model in config.models():
            for outcome in get_args(Outcome):
                self.calls.labels(model, outcome)
        for reason in ("queue_full", "unavailable", "rate_limited", "deadline", "closing"):
            self.rejected.labels(reason)
