"""What the gateway is told: where it listens, who may ask, how much.

A file, complete but for more servers::

    [gateway]
    host = "127.0.0.1"
    port = 8300

    [pool]
    roles = { proposer = "general", critic = "general", assistant = "small" }
    fallbacks = { general = ["small"] }

    [[pool.endpoints]]
    base_url = "http://127.0.0.1:8001/v1"
    model = "general"
    adapters = ["chemistry"]
    api_key_env = "VLLM_API_KEY"

    [[pool.endpoints]]
    base_url = "http://127.0.0.1:8002/v1"
    model = "small"
    max_concurrency = 16
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from core.addresses import is_loopback
from core.model import Model
from serving.pool.config import PoolConfig, explain, read_toml


class GatewayConfig(Model):
    """The gateway's own settings."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8300, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    keys_file: Path = Field(default=Path("gateway-keys.json"), description="Hashed API keys; relative to the configuration file.")
    require_keys: bool = Field(default=True, description="Whether callers need a key; only a loopback address may go without.")
    open_metrics: bool = Field(default=False, description="Whether /metrics can be read without a key.")
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024, description="Larger requests are refused.")
    max_connections: int = Field(
        default=2048, ge=1, description="Connections at once; for one more that goes which has waited longest without a request."
    )
    max_connections_per_address: int = Field(
        default=512,
        ge=1,
        description="Connections at once from one address (IPv6: one /64 network); behind a proxy as many as it may open.",
    )
    max_header_bytes: int = Field(default=16 * 1024, ge=1024, description="Longest head of a request.")
    header_timeout_s: float = Field(
        default=5.0, gt=0, description="How long the head of a request may take, from the connection or its first byte."
    )
    refusals_per_minute: int = Field(
        default=120, ge=1, description="Requests without a known key that one address gets an answer to; more get 429."
    )
    body_timeout_s: float = Field(default=30.0, gt=0, description="How long a caller may take to send its request.")
    client_stall_s: float = Field(default=60.0, gt=0, description="A caller that takes nothing of its answer for so long is dropped.")
    drain_s: float = Field(default=30.0, ge=0, description="Time for calls under way when the gateway is stopped.")
    record_file: Path | None = Field(default=None, description="One JSON line a request, without prompts or answers; relative likewise.")
    refused_fields: list[str] = Field(
        default_factory=lambda: ["chat_template", "mm_processor_kwargs", "media_io_kwargs"],
        description="Request fields that reach into the server and are refused.",
    )

    @model_validator(mode="after")
    def _open_only_here(self) -> GatewayConfig:
        if not self.require_keys and not is_loopback(self.host):
            raise ValueError(f"require_keys = false is only possible on a loopback address, not on {self.host}")
        return self


class GatewayFile(Model):
    """The configuration file: ``[gateway]`` and ``[pool]``."""

    gateway: GatewayConfig = Field(default_factory=GatewayConfig, description="The gateway.")
    pool: PoolConfig = Field(description="The servers behind it.")


def read_gateway_file(path: Path) -> GatewayFile:
    """The configuration in a TOML file, its relative paths made absolute. Raises ConfigurationError naming file and field."""
    try:
        file = GatewayFile.model_validate(read_toml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    base = path.resolve().parent
    file.gateway.keys_file = base / file.gateway.keys_file
    if file.gateway.record_file is not None:
        file.gateway.record_file = base / file.gateway.record_file
    return file
