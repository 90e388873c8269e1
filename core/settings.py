"""Settings from the environment (prefix ``MOLWRIGHT_``) and an optional ``molwright.toml`` in the working folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from core.errors import ConfigurationError

Roles = str | list[str] | dict[str, str]


class Settings(BaseSettings):
    """Everything that can be configured. Each field is also an environment variable: ``MOLWRIGHT_HOME``, ..."""

    model_config = SettingsConfigDict(env_prefix="MOLWRIGHT_", toml_file="molwright.toml", extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("molwright", appauthor=False)),
        description="Folder that holds all state: databases, literature store, reports.",
    )
    database_url: str = Field(default="", description="SQLAlchemy URL of the run store; empty: SQLite in the home folder.")
    checkpoint_url: str = Field(default="", description="PostgreSQL URL for LangGraph checkpoints; empty: SQLite in the home folder.")
    milvus_uri: str = Field(default="", description="Milvus server address; empty: Milvus Lite in the home folder.")
    milvus_token: str = Field(default="", description="Token for a Milvus server.")
    workers: int = Field(default=2, ge=1, le=256, description="Processes that compute properties side by side.")
    budget: int = Field(default=1500, ge=1, description="Structures evaluated unless an option says otherwise.")
    met_probability: float = Field(
        default=0.5, gt=0, lt=1, description="A predicted requirement counts as met at or above this probability."
    )
    lease_seconds: float = Field(default=30.0, gt=0, description="A run whose heartbeat is older than this may be taken over.")
    model_url: str = Field(default="", description="Language models: base URL of an OpenAI-compatible server or gateway, up to /v1.")
    model_name: str = Field(default="", description="The model there; empty with model_pool: each role's model as the pool says.")
    model_key: SecretStr = Field(default=SecretStr(""), description="API key of model_url, where it needs one.")
    model_pool: Path | None = Field(default=None, description="Several servers: TOML file of a pool or of a fleet, instead of model_url.")
    roles: Annotated[Roles, NoDecode] = Field(
        default="all", description="Roles that use models: 'all', 'none', names ('proposer,critic'), or each with its model."
    )
    model_fallback: str = Field(default="", description="Model to ask where no server of a role's own model answers.")
    model_context: int = Field(default=8192, ge=256, description="Longest prompt with its reply, tokens.")
    model_reply: int = Field(default=2048, ge=16, description="Longest reply, tokens.")
    model_deadline: float = Field(default=120.0, gt=0, description="Longest wait for a reply with every retry, seconds.")
    model_temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="Sampling temperature of every role; none: 0.8 for proposing, 0.2 in conversation, 0 elsewhere.",
    )
    model_seeds: bool = Field(
        default=True, description="Whether each call carries a seed. vLLM on a CPU ends at a seed together with a temperature: false there."
    )
    model_attempts: int = Field(default=2, ge=0, le=10, description="How often a reply that cannot be used is asked for again.")
    model_calls: int = Field(default=300, ge=0, description="Calls to language models in one run.")
    model_tokens: int = Field(default=1_000_000, ge=0, description="Prompt and completion tokens of one run.")
    model_seconds: float = Field(default=3600.0, ge=0, description="Seconds of model calls of one run.")
    model_money: float | None = Field(default=None, ge=0, description="Cost of the models of one run, in the currency of the price table.")
    model_prices: Path | None = Field(default=None, description="TOML file of prices by model, or watts with price_per_kwh.")
    aizynth_command: str = Field(
        default="", description="How AiZynthFinder is called, e.g. 'aizynthcli --config config.yml'; empty: it is not there."
    )
    user: str = Field(default="", description="Name written into approvals and feedback; empty: the login name.")

    @field_validator("roles")
    @classmethod
    def _read_roles(cls, value: Roles) -> Roles:
        """'a,b' as a list, 'a=m,b=n' as a table."""
        if not isinstance(value, str) or value.strip() in ("all", "none"):
            return value.strip() if isinstance(value, str) else value
        parts = [p.strip() for p in value.split(",") if p.strip()]
        if not any("=" in p for p in parts):
            return parts
        pairs = [tuple(x.strip() for x in p.split("=", 1)) for p in parts]
        if any(len(p) != 2 or not all(p) for p in pairs):
            raise ValueError("write all, none, proposer,critic or proposer=MODEL,critic=MODEL")
        return {p[0]: p[1] for p in pairs}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, molwright.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def sql_url(self) -> str:
        """URL of the run store."""
        return self.database_url or f"sqlite:///{self.home / 'molwright.db'}"

    def milvus_address(self) -> str:
        """Address of the literature store: a server, or a file of Milvus Lite."""
        return self.milvus_uri or str(self.home / "literature.db")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process. Raises ConfigurationError naming each field that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"settings: {lines}") from error
