"""Settings from the environment (prefix ``MOLWRIGHT_``) and an optional ``molwright.toml`` in the working folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from core.errors import ConfigurationError


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
    user: str = Field(default="", description="Name written into approvals and feedback; empty: the login name.")

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
