"""What the gateway tells Prometheus, in the registry of its pool."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from serving.pool.ledger import Call, Sink
from serving.pool.metrics import SECONDS
from serving.pool.tally import Counter, Histogram


class GatewayMetrics:
    """Metrics of one gateway. Users come from the key file, paths from the allow-list, so their number is bounded.

    ``running``: requests under way, which the gauge shows when it is read.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter("molwright_gateway_requests", "Requests by answer", ["path", "status"], registry=registry)
        self.seconds = Histogram("molwright_gateway_request_seconds", "Time of a request", ["path"], buckets=SECONDS, registry=registry)
        self.refused = Counter("molwright_gateway_refused", "Requests refused before the pool", ["reason"], registry=registry)
        self.refused.labels("invalid_api_key")  # from 0: the first must be an increase, not a new series
        self.left = Counter("molwright_gateway_clients_left", "Callers that left before their answer", registry=registry)
        self.in_flight = Gauge("molwright_gateway_in_flight", "Requests under way", registry=registry)
        self.user_requests = Counter("molwright_gateway_user_requests", "Requests by user", ["user", "outcome"], registry=registry)
        self.user_tokens = Counter("molwright_gateway_user_tokens", "Tokens by user", ["user", "direction"], registry=registry)
        self.running = 0

    def counting(self, sink: Sink | None) -> Sink:
        """A sink that counts each record by user, then passes it on."""

        def count(record: Call) -> None:
            user = record.user or "anonymous"
            self.user_requests.labels(user, record.outcome).inc()
            self.user_tokens.labels(user, "in").inc(record.tokens_in)
            self.user_tokens.labels(user, "out").inc(record.tokens_out)
            if sink is not None:
                sink(record)

        return count
