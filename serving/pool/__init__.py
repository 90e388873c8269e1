"""The endpoint pool: servers of language models behind one call."""

from serving.pool.call import Operation, PoolAnswer, PoolRequest
from serving.pool.config import EndpointConfig, PoolConfig, read_pool_config
from serving.pool.ledger import CallRecord, JsonlSink
from serving.pool.pool import Pool
from serving.pool.stream import PoolStream
from serving.pool.sync import SyncPool
from serving.pool.transport import BASE_URL, PoolTransport, SyncPoolTransport

__all__ = [
    "BASE_URL",
    "CallRecord",
    "EndpointConfig",
    "JsonlSink",
    "Operation",
    "Pool",
    "PoolAnswer",
    "PoolConfig",
    "PoolRequest",
    "PoolStream",
    "PoolTransport",
    "SyncPool",
    "SyncPoolTransport",
    "read_pool_config",
]
