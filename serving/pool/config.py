"""What a pool is made of: endpoints, fallback models, roles, and how patient it is. Read from TOML."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from core.errors import ConfigurationError
from core.model import Model
from serving.pool.adapting import unknown_names

KINDS = ("chemistry", "materials", "thermal")
"""Kinds of goal for which roles may use other models."""
Canary = Literal["completion", "chat", "embedding", "models"]


class EndpointConfig(Model):
    """One model server."""

    name: str = Field(default="", description="Short name, shown in records and metrics; empty: host and port of the address.")
    base_url: str = Field(description="Address up to and with /v1, such as http://127.0.0.1:8001/v1.")
    model: str = Field(min_length=1, description="The model that callers ask for.")
    served_as: str = Field(default="", description="The server's own name of that model, where it is another.")
    adapters: list[str] = Field(default_factory=list, description="Further model names on the same server, such as LoRA adapters.")
    api_key_env: str = Field(default="", description="Name of the environment variable that holds the server's API key; empty: no key.")
    weight: float = Field(default=1.0, gt=0, le=1000, description="Share of the load, against other endpoints of the model.")
    max_concurrency: int = Field(default=32, ge=1, le=4096, description="Calls in flight at once; more wait in the pool's queue.")
    canary: Canary = Field(default="completion", description="What shows that the server still computes: one token, one embedding, ...")
    adapt: list[str] = Field(
        default_factory=list, description="What the server does not take: names of serving.pool.adapting, as no_strict."
    )
    context: int = Field(default=0, ge=0, description="Longest prompt with its reply, tokens; 0: not said.")
    reply: int = Field(default=0, ge=0, description="Longest reply, tokens; 0: as the settings say.")
    thinking: str = Field(default="", description="Whether its models think before they answer unless told: on, off; empty: not known.")

    @field_validator("thinking")
    @classmethod
    def _is_a_switch(cls, value: str) -> str:
        if value not in ("", "on", "off"):
            raise ValueError("is on, off or empty")
        return value

    @field_validator("adapt")
    @classmethod
    def _are_adaptations(cls, value: list[str]) -> list[str]:
        if unknown := unknown_names(value):
            raise ValueError(f"{', '.join(unknown)}: not an adaptation")
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("needs http://HOST:PORT/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("takes no user, password, query or fragment; give the key by api_key_env")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _has_a_name(self) -> EndpointConfig:
        if not self.name:
            self.name = urlsplit(self.base_url).netloc
        return self

    @property
    def root_url(self) -> str:
        """The address without /v1, where /health and /metrics live."""
        return self.base_url.removesuffix("/v1")

    def models(self) -> list[str]:
        """Every model name that callers can ask this endpoint for."""
        return [self.model, *self.adapters]

    def upstream_model(self, model: str) -> str:
        """The server's own name of ``model``."""
        return self.served_as if self.served_as and model == self.model else model

    def api_key(self) -> str:
        """The server's key from the environment, or ''. Raises ConfigurationError if the variable is named but not set."""
        if not self.api_key_env:
            return ""
        key = os.environ.get(self.api_key_env, "")
        if not key:
            raise ConfigurationError(f"endpoint {self.name}: the environment variable {self.api_key_env} is not set")
        return key


class Timeouts(Model):
    """How long each phase of a call may take, in seconds."""

    connect_s: float = Field(default=3.0, gt=0, description="Opening the connection.")
    first_token_s: float = Field(default=60.0, gt=0, description="From sending until the first event of a stream.")
    stall_s: float = Field(default=30.0, gt=0, description="Between two events of a stream.")
    total_s: float = Field(default=300.0, gt=0, description="One attempt that does not stream, from sending to the last byte.")
    deadline_s: float = Field(default=600.0, gt=0, description="The whole call with every wait and retry, unless the caller gives less.")


class RetryConfig(Model):
    """When a failed attempt is made again."""

    max_attempts: int = Field(default=4, ge=1, le=20, description="Attempts of one call that reached a server.")
    budget_reserve: float = Field(default=100.0, ge=0, description="Retries that may be made at once across all calls.")
    budget_ratio: float = Field(default=0.2, ge=0, le=1, description="Retries that each new call adds to the budget.")
    backoff_s: float = Field(default=0.25, ge=0, description="Wait before a server is tried again by one call; doubles each round.")
    unavailable_wait_s: float = Field(default=5.0, ge=0, description="How long a call waits where no server of its models is up.")
    retry_after_max_s: float = Field(default=30.0, ge=0, description="The longest Retry-After that is waited for; above it the call fails.")


class BreakerConfig(Model):
    """When a server is taken out, and for how long."""

    failures: int = Field(default=3, ge=1, description="Failures in a row that take it out; a refused connection does at once.")
    open_s: float = Field(default=1.0, gt=0, description="First time out in seconds; doubles while it fails.")
    open_max_s: float = Field(default=30.0, gt=0, description="Longest time out in seconds; with probes: see probe.recheck_s.")


class ProbeConfig(Model):
    """How servers are watched."""

    enabled: bool = Field(default=True, description="Whether servers are probed; without, live calls are the only evidence.")
    interval_s: float = Field(default=1.0, gt=0, description="How often it is decided whether a probe is due.")
    idle_s: float = Field(default=15.0, gt=0, description="A server that gave no sign for so long is probed.")
    stall_s: float = Field(default=5.0, gt=0, description="The same with calls in flight.")
    recheck_s: float = Field(
        default=3.0, gt=0, description="A server that was taken out is probed again after at most so long, however often it failed."
    )
    canary_timeout_s: float = Field(
        default=10.0, gt=0, description="A canary without an answer for so long, while no token counter moves, means hung."
    )


class AffinityConfig(Model):
    """Keeping prompts with the same beginning on the same server, whose prefix cache then helps."""

    enabled: bool = Field(default=True, description="Whether it is done.")
    min_chars: int = Field(default=200, ge=0, description="Shorter first messages are spread by load alone.")
    prefix_chars: int = Field(default=4000, ge=1, description="How much of the first message counts.")
    slack: int = Field(default=4, ge=0, description="Calls in flight that the preferred server may have above the least loaded.")


class PoolConfig(Model):
    """A pool of model servers."""

    endpoints: list[EndpointConfig] = Field(min_length=1, description="The servers.")
    fallbacks: dict[str, list[str]] = Field(
        default_factory=dict, description="Model -> models to ask, in order, where none of its servers can."
    )
    roles: dict[str, str] = Field(default_factory=dict, description="Role -> model. A role's name can be asked for like a model.")
    kinds: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Kind of goal (chemistry, materials, thermal) -> role -> model for it, such as an adapter."
    )
    timeouts: Timeouts = Field(default_factory=Timeouts, description="Patience.")
    max_answer_bytes: int = Field(
        default=64 * 1024 * 1024,
        ge=1024,
        description="A server's longer answer is not read on and counts as none; streams pass event by event.",
    )
    retry: RetryConfig = Field(default_factory=RetryConfig, description="Retries.")
    breaker: BreakerConfig = Field(default_factory=BreakerConfig, description="Circuit breaker.")
    probe: ProbeConfig = Field(default_factory=ProbeConfig, description="Health probes.")
    affinity: AffinityConfig = Field(default_factory=AffinityConfig, description="Prefix affinity.")
    learn: bool = Field(
        default=False,
        description="Whether a refused parameter is left out or replaced from then on; the answer says so (x-molwright-adapted).",
    )
    queue_limit: int = Field(default=256, ge=0, description="Calls that may wait for a free server; more are refused.")

    @model_validator(mode="after")
    def _names_fit(self) -> PoolConfig:
        names = [e.name for e in self.endpoints]
        double = sorted({n for n in names if names.count(n) > 1})
        if double:
            raise ValueError(f"endpoints share the name {', '.join(double)}")
        known = self.models()
        if strange := sorted(set(self.kinds) - set(KINDS)):
            raise ValueError(f"{', '.join(strange)}: no kind of goal; there are {', '.join(KINDS)}")
        by_kind = [(f"kind {kind}, role {r}", [m]) for kind, named in self.kinds.items() for r, m in named.items()]
        for where, wanted in [*self.fallbacks.items(), *((f"role {r}", [m]) for r, m in self.roles.items()), *by_kind]:
            missing = [m for m in wanted if m not in known]
            if missing:
                raise ValueError(f"{where}: no endpoint serves {', '.join(missing)}")
        orphans = [m for m in self.fallbacks if m not in known]
        if orphans:
            raise ValueError(f"fallbacks for {', '.join(orphans)}, which no endpoint serves")
        shadowed = [r for r in self.roles if r in known and self.roles[r] != r]
        if shadowed:
            raise ValueError(f"role {', '.join(shadowed)} has the name of a model")
        return self

    def models(self) -> list[str]:
        """Every model name that an endpoint serves, in order, without repeats."""
        return list(dict.fromkeys(m for e in self.endpoints for m in e.models()))


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises ConfigurationError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error


def explain(path: Path, error: ValidationError) -> ConfigurationError:
    """The validation error as one line that names the file and each field."""
    lines = "; ".join(f"{'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
    return ConfigurationError(f"{path}: {lines}")


def read_pool_config(path: Path) -> PoolConfig:
    """The pool in a TOML file: its ``[pool]`` table, else the whole file. Raises ConfigurationError."""
    data = read_toml(path)
    try:
        return PoolConfig.model_validate(data.get("pool", data))
    except ValidationError as error:
        raise explain(path, error) from error
