"""What the pool says about itself."""

from __future__ import annotations

from pydantic import Field

from core.model import Model
from serving.pool.config import PoolConfig
from serving.pool.endpoint import Endpoint

STATUS_VERSION = "1"


class EndpointStatus(Model):
    """One server, now."""

    name: str = Field(description="Its name.")
    models: list[str] = Field(description="What it serves.")
    state: str = Field(description="'closed' is healthy; 'open', 'half_open', 'paused' (Retry-After) or 'draining' are not used now.")
    in_flight: int = Field(description="Calls in flight.")
    tokens_per_second: float | None = Field(description="Output tokens per second of busy time, last 5 minutes; None: none yet.")
    last_error: str = Field(description="The last failure that counted against it.")


class RoleStatus(Model):
    """One role, now."""

    role: str = Field(description="Its name.")
    model: str = Field(description="The model that serves it.")
    fallbacks: list[str] = Field(description="Models asked where none of its servers can.")
    endpoints: int = Field(description="Servers of the model.")
    healthy: int = Field(description="Those that can be used now.")
    tokens_per_second: float | None = Field(description="Sum of their measured rates; None: none yet.")


class PoolStatus(Model):
    """The whole pool, now."""

    schema_version: str = Field(default=STATUS_VERSION, description="Version of this model.")
    endpoints: list[EndpointStatus] = Field(description="Servers.")
    roles: list[RoleStatus] = Field(description="Roles.")
    waiting: int = Field(description="Calls that wait for a server.")
    retry_budget: float = Field(description="Retries left in the budget.")


def read_status(config: PoolConfig, endpoints: list[Endpoint], *, waiting: int, retry_budget: float) -> PoolStatus:
    """The status of a pool's servers and roles, now."""
    servers = [
        EndpointStatus(
            name=e.name,
            models=e.config.models(),
            state=e.health(),
            in_flight=e.outstanding,
            tokens_per_second=e.rate.rate(),
            last_error=e.last_error,
        )
        for e in endpoints
    ]
    roles = [_role(role, model, config, servers) for role, model in config.roles.items()]
    return PoolStatus(endpoints=servers, roles=roles, waiting=waiting, retry_budget=retry_budget)


def _role(role: str, model: str, config: PoolConfig, servers: list[EndpointStatus]) -> RoleStatus:
    group = [s for s in servers if model in s.models]
    rates = [s.tokens_per_second for s in group if s.tokens_per_second is not None]
    return RoleStatus(
        role=role,
        model=model,
        fallbacks=config.fallbacks.get(model, []),
        endpoints=len(group),
        healthy=sum(s.state == "closed" for s in group),
        tokens_per_second=sum(rates) if rates else None,
    )
