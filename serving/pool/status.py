"""What the pool says about itself."""

from __future__ import annotations

from pydantic import Field

from core.model import Model

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
