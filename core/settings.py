"""Settings from the environment (``MOLWRIGHT_GROUP__NAME``) and an optional ``molwright.toml`` in the working folder, one table a group.

They are read once by a door and passed in; nothing below reads the environment. A name that is not known is an error, in the file and
in the environment.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator

from core.errors import ConfigurationError
from core.limits import MAX_BUDGET
from core.masking import HIDDEN, masked
from core.model import new_dict, new_list
from core.scorers import Scorer, named

Roles = str | list[str] | dict[str, str]
Switches = str | dict[str, str]
#: What a model can be told about thinking.
SWITCHES = ("", "on", "off", "low", "medium", "high")

PREFIX = "MOLWRIGHT_"
FILE = "molwright.toml"
#: What begins like a setting in the environment and is none: tests, scripts, and the keys and images that the fleet's files name.
_OTHERS = re.compile(r"MOLWRIGHT_(TEST_\w+|EVERY_KILL|RECORD|IMAGE|(?!MODEL)\w+_KEY)")
#: Names of former versions and where each setting is now.
RENAMED = {
    "database_url": "store.url",
    "checkpoint_url": "store.checkpoints",
    "lease_seconds": "store.lease_seconds",
    "milvus_uri": "literature.uri",
    "milvus_token": "literature.token",
    "workers": "workers.processes",
    "budget": "search.budget",
    "met_probability": "search.met_probability",
    "roles": "models.roles",
    "aizynth_command": "routes.aizynth_command",
    "user": "user.name",
    **{
        f"model_{name}": f"models.{name}"
        for name in (
            *("url", "name", "key", "pool", "fallback", "context", "reply", "deadline", "temperature"),
            *("seeds", "attempts", "calls", "tokens", "seconds", "money", "prices"),
        )
    },
}


class Group(BaseModel):
    """One table of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class StoreSettings(Group):
    """Where runs are kept."""

    url: str = Field(default="", description="SQLAlchemy URL of the run store; empty: SQLite in the home folder.")
    checkpoints: str = Field(default="", description="PostgreSQL URL for LangGraph checkpoints; empty: as the run store, or SQLite.")
    lease_seconds: float = Field(default=30.0, gt=0, description="A run whose heartbeat is older than this may be taken over.")


class LiteratureSettings(Group):
    """Where the literature is kept."""

    uri: str = Field(default="", description="Milvus server address; empty: Milvus Lite in the home folder.")
    token: SecretStr = Field(default=SecretStr(""), description="Token for a Milvus server.")
    mailto: str = Field(
        default="", description="Mail address that public literature services may write to; they serve those who give one better."
    )
    openalex_key: SecretStr = Field(default=SecretStr(""), description="API key of OpenAlex, where it asks for one.")
    embeddings: str = Field(
        default="",
        description="Vectors of your papers: empty: all-MiniLM-L6-v2 where it was fetched, else none; 'none'; or the base URL of an "
        "OpenAI-compatible server, up to /v1.",
    )
    embedding_model: str = Field(default="", description="The embedding model of that server.")
    embedding_key: SecretStr = Field(default=SecretStr(""), description="API key of that server, where it needs one.")


class ModelSettings(Group):
    """Language models, who uses them, and what a run may spend on them."""

    url: str = Field(default="", description="Base URL of an OpenAI-compatible server or gateway, up to /v1.")
    name: str = Field(default="", description="The model there; empty with a pool: each role's model as the pool says.")
    key: SecretStr = Field(default=SecretStr(""), description="API key of the server, where it needs one.")
    pool: Path | None = Field(default=None, description="Several servers: TOML file of a pool or of a fleet, instead of the URL.")
    roles: Roles = Field(
        default="all", description="Roles that use models: 'all', 'none', names ('proposer,critic'), or each with its model."
    )
    fallback: str = Field(default="", description="Model to ask where no server of a role's own model answers.")
    context: int = Field(default=8192, ge=256, description="Longest prompt with its reply, tokens.")
    reply: int = Field(default=2048, ge=16, description="Longest reply, tokens.")
    deadline: float = Field(default=120.0, gt=0, description="Longest wait for a reply with every retry, seconds.")
    temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="Sampling temperature of every role; none: 0.8 for proposing, 0.2 in conversation, 0 elsewhere.",
    )
    thinking: Switches = Field(
        default="",
        description="Whether models think before they answer: on, off, low, medium or high, for all roles or each ('critic=high,assistant=off'); "
        "empty: as the server does.",
    )
    thinking_tokens: int = Field(
        default=4096, ge=0, description="Room for thinking beside the longest reply, tokens, where a model thinks."
    )
    adapt: list[str] = Field(
        default_factory=new_list,
        description="What the servers do not take, such as 'no_temperature,no_strict'; the rest is learnt from refusals (docs/language-models.md).",
    )
    seeds: bool = Field(
        default=True, description="Whether each call carries a seed. vLLM on a CPU ends at a seed together with a temperature: false there."
    )
    attempts: int = Field(default=2, ge=0, le=10, description="How often a reply that cannot be used is asked for again.")
    calls: int = Field(default=300, ge=0, description="Calls to language models in one run.")
    tokens: int = Field(default=1_000_000, ge=0, description="Prompt and completion tokens of one run.")
    seconds: float = Field(default=3600.0, ge=0, description="Seconds of model calls of one run.")
    money: float | None = Field(default=None, ge=0, description="Cost of the models of one run, in the currency of the price table.")
    prices: Path | None = Field(default=None, description="TOML file of prices by model, or watts with price_per_kwh.")

    @field_validator("adapt", mode="before")
    @classmethod
    def _read_names(cls, value: Any) -> Any:
        """'a,b' as a list."""
        return [p.strip() for p in value.split(",") if p.strip()] if isinstance(value, str) else value

    @field_validator("thinking", mode="before")
    @classmethod
    def _read_switches(cls, value: Any) -> Any:
        """'off' as it is, 'a=off,b=high' as a table."""
        made = value.strip() if isinstance(value, str) else value
        if isinstance(made, str) and "=" in made:
            made = {k.strip(): v.strip() for k, _, v in (p.partition("=") for p in made.split(",") if p.strip())}
        wrong = sorted({*(made.values() if isinstance(made, dict) else [made])} - set(SWITCHES))
        if wrong:
            raise ValueError(f"{', '.join(map(str, wrong))}: write on, off, low, medium or high, or ROLE=on,ROLE=off")
        return made

    @field_validator("roles", mode="before")
    @classmethod
    def _read_roles(cls, value: Any) -> Any:
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

    @property
    def configured(self) -> bool:
        """Whether any server or model is named."""
        return bool(self.url or self.pool or self.name)


class SearchSettings(Group):
    """How far a run searches unless an option says otherwise."""

    budget: int = Field(default=1500, ge=1, le=MAX_BUDGET, description="Structures evaluated in a run.")
    met_probability: float = Field(
        default=0.5, gt=0, lt=1, description="A predicted requirement counts as met at or above this probability."
    )


class WorkerSettings(Group):
    """What computes."""

    processes: int = Field(default=2, ge=1, le=256, description="Processes that compute properties side by side.")


def _several(value: Any) -> Any:
    """'a, b' as ('a', 'b')."""
    return tuple(part.strip().lower() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class ServerSettings(Group):
    """The pages and the API that `molwright serve` offers. Without names it serves this machine alone, and needs no accounts."""

    port: int = Field(default=8642, ge=1024, le=65535, description="Port to listen on.")
    names: Names = Field(
        default=(),
        description="Names by which other machines reach the server ('lab.example.org'), separated by commas. One is enough to need accounts.",
    )
    proxies: Names = Field(
        default=(), description="IP addresses of reverse proxies whose word on the caller's address and on https is believed."
    )
    https: bool = Field(
        default=False, description="Whether a reverse proxy serves the pages by https: cookies are then sent by https alone."
    )
    session_hours: float = Field(default=12.0, gt=0, le=720, description="Somebody who did nothing for so many hours has to sign in again.")
    requests: int = Field(
        default=1200, ge=10, description="Requests that one person, or one address without an account, may make in a minute."
    )
    runs_per_person: int = Field(
        default=4, ge=0, description="Runs that one person may have under way at once, unless the account says otherwise."
    )
    workers: int = Field(default=1, ge=0, le=64, description="Worker processes that it starts; 0: they are started elsewhere.")
    worker_memory_mb: int = Field(
        default=8192,
        ge=0,
        description="MB of data that a worker, and each process that it starts, may hold; a run that needs more has failed. 0: no limit.",
    )
    attempts: int = Field(
        default=3, ge=1, le=100, description="A run from the queue has failed when so many workers died while they executed it."
    )


class RouteSettings(Group):
    """Programs that look for routes."""

    aizynth_command: str = Field(
        default="", description="How AiZynthFinder is called, e.g. 'aizynthcli --config config.yml'; empty: it is not there."
    )


class UserSettings(Group):
    """Who is at work."""

    name: str = Field(default="", description="Name written into approvals and feedback; empty: the login name.")


#: A group of which nothing is set.
_UNSET: Any = {}


class Settings(BaseModel):
    """Everything that can be configured. Each field of a group is also an environment variable: ``MOLWRIGHT_STORE__URL``, ..."""

    # A group that nothing sets is made of an empty table by the validator of all: one of its own takes every command as long as all the others.
    model_config = ConfigDict(extra="forbid", validate_default=True, defer_build=True)

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("molwright", appauthor=False)),
        description="Folder that holds all state: databases, literature store, reports.",
    )
    store: StoreSettings = Field(default=_UNSET, description="Where runs are kept.")
    literature: LiteratureSettings = Field(default=_UNSET, description="Where the literature is kept.")
    models: ModelSettings = Field(default=_UNSET, description="Language models.")
    search: SearchSettings = Field(default=_UNSET, description="How far a run searches.")
    workers: WorkerSettings = Field(default=_UNSET, description="What computes.")
    server: ServerSettings = Field(default=_UNSET, description="Pages and API.")
    routes: RouteSettings = Field(default=_UNSET, description="Programs that look for routes.")
    scorers: Annotated[dict[str, Scorer], BeforeValidator(named)] = Field(
        default_factory=new_dict,
        description="Programs of your own that score structures, by the name that goals call them (docs/costly.md).",
    )
    user: UserSettings = Field(default=_UNSET, description="Who is at work.")

    def __init__(self, /, **given: Any) -> None:
        """``given`` goes before the environment, that before ``molwright.toml``, setting by setting.

        ValidationError for a value that cannot be used, ConfigurationError for a file that cannot be read.
        """
        super().__init__(**_over(_over(_read_file(), _from_environment()), given))

    def sql_url(self) -> str:
        """URL of the run store."""
        return self.store.url or f"sqlite:///{self.home / 'molwright.db'}"

    def milvus_address(self) -> str:
        """Address of the literature store: a server, or a file of Milvus Lite."""
        return self.literature.uri or str(self.home / "literature.db")


def variable(name: str) -> str:
    """The environment variable of a setting: 'store.url' is MOLWRIGHT_STORE__URL."""
    return PREFIX + name.replace(".", "__").upper()


def names() -> Iterator[str]:
    """Every setting: 'home', 'store.url', ..."""
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, Group):
            yield from (f"{name}.{inner}" for inner in group.model_fields)
        else:
            yield name


def _from_environment() -> dict[str, Any]:
    """What the environment sets, as the tables of a file."""
    by_upper = {name.upper(): value for name, value in os.environ.items()}
    found: dict[str, Any] = {}
    for name in names():
        if (value := by_upper.get(variable(name))) is not None:
            group, _, field = name.rpartition(".")
            (found.setdefault(group, {}) if group else found)[field] = value
    return found


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``below`` with the settings of ``above`` in their places; a table is put together from both."""
    both = dict(below)
    for name, value in above.items():
        under = both.get(name)
        both[name] = _over(under, value) if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return both


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment and the file, read now: a door does so once and passes them on.

    ``environment``: where unknown names are looked for; the process's own unless given. Raises ConfigurationError naming each setting
    that is wrong or unknown, and for one that was renamed its new name.
    """
    faults = [*_unknown_variables(os.environ if environment is None else environment), *_unknown_keys(_read_file())]
    if faults:
        raise ConfigurationError(f"settings: {'; '.join(faults)}")
    try:
        return Settings()
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"settings: {lines}") from error


def _unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    known = {variable(name): name for name in names()}
    for given in sorted(environment):
        upper = given.upper()
        if not upper.startswith(PREFIX) or upper in known:
            continue
        renamed = RENAMED.get(upper.removeprefix(PREFIX).lower())
        if renamed:
            yield f"the environment variable {given} is now {variable(renamed)}"
        elif not _OTHERS.fullmatch(upper):
            near = get_close_matches(upper, known, 1)
            yield f"there is no setting {given}" + (f"; do you mean {near[0]}?" if near else "")


def _unknown_keys(data: Mapping[str, Any]) -> Iterator[str]:
    known = list(names())
    groups = {name.split(".")[0] for name in known if "." in name}
    for key, value in data.items():
        inner = [f"{key}.{name}" for name in value] if key in groups and isinstance(value, Mapping) else [key]
        for name in inner:
            if name in known:
                continue
            if name in RENAMED:
                table, _, field = RENAMED[name].partition(".")
                yield f"{FILE}: {name} is now {field} in the table [{table}]"
            else:
                near = get_close_matches(name, known, 1)
                yield f"{FILE}: there is no setting {name}" + (f"; do you mean {near[0]}?" if near else "")


def _read_file() -> dict[str, Any]:
    try:
        return tomllib.loads(Path(FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{FILE} cannot be read: {error}") from error


@dataclass(frozen=True)
class EffectiveSetting:
    """A setting in force. ``value`` is text without secrets; ``source`` is the variable, the file, or 'default'."""

    name: str
    value: str
    source: str


def effective(settings: Settings, environment: Mapping[str, str] | None = None) -> list[EffectiveSetting]:
    """Every setting in force and where it comes from. Keys, tokens and passwords in addresses are hidden."""
    given = {name.upper() for name in (os.environ if environment is None else environment)}
    file = _read_file()
    found = []
    for name in names():
        group, _, field = name.rpartition(".")
        value = getattr(getattr(settings, group) if group else settings, field)
        in_file = field in file.get(group, {}) if group else field in file
        source = variable(name) if variable(name) in given else FILE if in_file else "default"
        found.append(EffectiveSetting(name, _shown(value), source))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, dict):
        return ",".join(value)
    return masked("" if value is None else ",".join(value) if isinstance(value, tuple) else str(value))
