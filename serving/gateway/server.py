"""Starting a gateway.

The server is uvicorn with a protocol of our own (``protocol.py``), which has limits that uvicorn's do not; a framework between the two would
only add work to a request, for seven paths and one kind of body.
"""

from __future__ import annotations

import math

import uvicorn

from serving.gateway.app import Gateway
from serving.gateway.config import GatewayFile
from serving.gateway.keys import KeyStore
from serving.gateway.metrics import GatewayMetrics
from serving.gateway.protocol import Guard
from serving.pool.ledger import JsonlSink
from serving.pool.metrics import PoolMetrics
from serving.pool.pool import Pool


def build(file: GatewayFile) -> Gateway:
    """The application with its pool. Raises ConfigurationError if a server's key is not in the environment."""
    metrics = PoolMetrics()
    gateway_metrics = GatewayMetrics(metrics.registry)
    record = JsonlSink(file.gateway.record_file) if file.gateway.record_file else None
    pool = Pool(file.pool, sink=gateway_metrics.counting(record), metrics=metrics)
    return Gateway(file.gateway, pool, KeyStore(file.gateway.keys_file), gateway_metrics)


def server(file: GatewayFile) -> uvicorn.Server:
    """The HTTP server, not yet running."""
    gateway = build(file)
    config = uvicorn.Config(
        gateway,
        http=Guard(file.gateway, gateway.metrics).protocol(),  # type: ignore[arg-type]  # asyncio takes a buffered protocol as well
        host=file.gateway.host,
        port=file.gateway.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="on",
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=math.ceil(file.gateway.drain_s) or None,
    )
    return uvicorn.Server(config)


def serve(file: GatewayFile) -> None:
    """Run a gateway until it is stopped by a signal; calls under way get the configured time to end."""
    server(file).run()
