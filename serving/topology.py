"""The fleet as a file: hosts, the cards in them, and what is served on which card."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from core.errors import UsageError
from core.model import Model
from serving.model_figures import ModelFigures, read_hf_config
from serving.pool.adapting import unknown_names

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_CAPABILITY = re.compile(r"\d{1,2}\.\d")
_UUID = re.compile(r"(GPU|MIG)-[0-9a-fA-F-]{8,}")


def valid_name(value: str) -> bool:
    """Whether hosts, cards, deployments and adapters may be called so."""
    return bool(_NAME.fullmatch(value))


def _name(value: str) -> str:
    if not valid_name(value):
        raise ValueError(f"{value!r} is not a name: lower-case letters, digits, dots, dashes, at most 63 characters")
    return value


class Host(Model):
    """A machine. Its gateway is the only port that others may reach."""

    name: str = Field(description="Name of the host in this file.")
    address: str = Field(min_length=1, description="Address by which the other hosts reach it.")
    gateway_port: int = Field(default=8080, ge=1, le=65535, description="The one open port.")

    _check = field_validator("name")(_name)


class Card(Model):
    """A GPU."""

    name: str = Field(description="Name of the card in this file.")
    host: str = Field(description="The host that it is in.")
    model: str = Field(min_length=1, description="What the card is sold as.")
    uuid: str = Field(default="", description="GPU-... as `nvidia-smi -L` prints it; needed to write units, not to plan.")
    memory_gb: float = Field(gt=0, description="Memory that the card is sold with, GB.")
    usable_gib: float | None = Field(default=None, gt=0, description="Memory that it shows: nvidia-smi memory.total in MiB / 1024.")
    bandwidth_gb_s: float = Field(gt=0, description="Memory bandwidth, GB/s.")
    compute_capability: str = Field(description='CUDA compute capability, as "8.9".')

    _check = field_validator("name")(_name)

    @field_validator("compute_capability")
    @classmethod
    def _capability(cls, value: str) -> str:
        if not _CAPABILITY.fullmatch(value):
            raise ValueError(f'{value!r} is not a compute capability such as "8.9"')
        return value

    @field_validator("uuid")
    @classmethod
    def _uuid(cls, value: str) -> str:
        if value and not _UUID.fullmatch(value):
            raise ValueError(f"{value!r} is not a card's UUID (GPU-xxxxxxxx-...; `nvidia-smi -L` prints it)")
        return value

    @property
    def capability(self) -> tuple[int, int]:
        """The compute capability as (major, minor)."""
        major, minor = self.compute_capability.split(".")
        return int(major), int(minor)

    def is_like(self, other: Card) -> bool:
        """Whether the two compute at the same speed and hold the same."""
        return (self.memory_gb, self.bandwidth_gb_s, self.capability) == (other.memory_gb, other.bandwidth_gb_s, other.capability)


class ServedModel(Model):
    """The weights, and the figures of their config.json: given here, or read from a file."""

    name: str = Field(min_length=1, description="Hugging Face name or folder, as `vllm serve` takes it.")
    revision: str = Field(default="", description="Commit or tag of the weights; empty: the newest.")
    config: str = Field(default="", description="Path of the model's config.json, from this file's folder; the figures come from it.")
    figures: ModelFigures = Field(description="The figures, where no config.json is at hand.")


class Adapter(Model):
    """A LoRA adapter, served under its own name beside its base model."""

    name: str = Field(description="Name that requests use.")
    path: str = Field(min_length=1, description="Folder or Hugging Face name of the adapter.")
    rank: Literal[1, 8, 16, 32, 64, 128, 256, 320, 512] = Field(description="Rank that vLLM reserves; at least the adapter's own.")
    roles: list[str] = Field(
        default_factory=list, description="The roles that use it, such as proposer; of goals of its kinds, where it names any."
    )
    kinds: list[Literal["chemistry", "materials", "thermal"]] = Field(default_factory=list, description="The kinds of goal that it is for.")

    _check = field_validator("name")(_name)


class Deployment(Model):
    """One vLLM server (one process group) on one or more cards of one host."""

    name: str = Field(description="Name of the deployment; of its unit and container too.")
    model: ServedModel = Field(description="What is served.")
    served_name: str = Field(default="", description="Name that requests use; the same name on several servers makes one pool.")
    kind: Literal["generate", "embed"] = Field(default="generate", description="Text or embeddings.")
    cards: list[str] = Field(min_length=1, description="The cards that it runs on.")
    port: int = Field(ge=1024, le=65535, description="Port on the loopback address of its host.")
    quantization: str = Field(default="", description="Scheme of the weights; empty: as the config.json says, or bf16.")
    kv_cache: Literal["auto", "fp8"] = Field(default="auto", description="auto: 2 bytes an element; fp8: 1 byte.")
    context: int = Field(gt=0, description="Longest request with its answer, tokens.")
    max_concurrency: int = Field(default=8, gt=0, le=1024, description="Requests that run at one time; more wait.")
    batched_tokens: int = Field(default=2048, ge=256, le=65536, description="Tokens of one forward pass.")
    gpu_memory_utilization: float = Field(default=0.90, gt=0, lt=1, description="Share of each card's memory that the server takes.")
    data_parallel: int = Field(default=1, ge=1, description="Copies of the model within this server.")
    expert_parallel: bool = Field(default=False, description="Experts, not their rows, are spread over the cards.")
    roles: list[str] = Field(default_factory=list, description="What the model is used for.")
    adapters: list[Adapter] = Field(default_factory=list, description="LoRA adapters.")
    max_adapters: int = Field(default=0, ge=0, description="Adapters in one batch; 0: all of them.")
    tool_parser: str = Field(default="hermes", description="vLLM's parser of tool calls; empty: no tools.")
    reasoning_parser: str = Field(default="", description="vLLM's parser of reasoning; empty: none.")
    thinking: Literal["", "on", "off"] = Field(
        default="",
        description="Whether it thinks before it answers unless told; empty: as its template does. off: told so for every request.",
    )
    strict_level: Literal["auto", "function", "parameter"] = Field(
        default="parameter",
        description="vLLM's --tool-strict-level: which calls the grammar holds to their schema, whatever a request says.",
    )
    adapt: list[str] = Field(
        default_factory=list,
        description="What the gateway changes of requests for it, such as no_strict, which leaks into prompts of some models.",
    )
    enforce_eager: bool = Field(default=False, description="No CUDA graphs: less memory, slower.")
    flags: list[str] = Field(default_factory=list, description="More options of `vllm serve`, one word each.")

    _check = field_validator("name")(_name)

    @model_validator(mode="after")
    def _cards_divide(self) -> Deployment:
        if len(self.cards) % self.data_parallel:
            raise ValueError(f"{len(self.cards)} cards cannot hold {self.data_parallel} copies of the model evenly")
        if unknown := unknown_names(self.adapt):
            raise ValueError(f"adapt: {', '.join(unknown)}: not an adaptation; docs/language-models.md lists them")
        if self.kind == "embed" and self.adapters:
            raise ValueError("adapters are planned for text only, not for embeddings")
        return self

    @property
    def tensor_parallel(self) -> int:
        """Cards that one copy of the model is split over."""
        return len(self.cards) // self.data_parallel

    @property
    def step_tokens(self) -> int:
        """Tokens of one forward pass; an embedding model takes a whole request in one."""
        return max(self.batched_tokens, self.context) if self.kind == "embed" else self.batched_tokens

    @property
    def request_name(self) -> str:
        """The name that requests use for the base model."""
        return self.served_name or self.model.name


class Topology(Model):
    """A whole fleet."""

    schema_version: Literal[1] = Field(default=1, description="Version of this file's form.")
    name: str = Field(default="fleet", description="Name of the fleet.")
    hosts: list[Host] = Field(min_length=1, description="The machines.")
    cards: list[Card] = Field(min_length=1, description="The GPUs.")
    deployments: list[Deployment] = Field(min_length=1, description="The servers.")

    _check = field_validator("name")(_name)

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Topology:
        for table, names in (
            ("hosts", [h.name for h in self.hosts]),
            ("cards", [c.name for c in self.cards]),
            ("deployments", [d.name for d in self.deployments]),
        ):
            if doubled := [n for n, count in Counter(names).items() if count > 1]:
                raise ValueError(f"[[{table}]]: the name {doubled[0]!r} is used twice")
        hosts, cards = {h.name for h in self.hosts}, {c.name: c for c in self.cards}
        for card in self.cards:
            if card.host not in hosts:
                raise ValueError(f"[[cards]] {card.name}: host {card.host!r} is not among the hosts ({', '.join(sorted(hosts))})")
        if doubled := [u for u, count in Counter(c.uuid for c in self.cards if c.uuid).items() if count > 1]:
            raise ValueError(f"[[cards]]: the uuid {doubled[0]} is used twice")
        for deployment in self.deployments:
            if deployment.name == "gateway":
                raise ValueError("[[deployments]] gateway: this name is the gateway's own")
            _check_places(deployment, cards)
        _check_ports(self)
        return self

    def card(self, name: str) -> Card:
        """The card of this name. Raises KeyError."""
        return {c.name: c for c in self.cards}[name]

    def host(self, name: str) -> Host:
        """The host of this name. Raises UsageError."""
        for host in self.hosts:
            if host.name == name:
                return host
        raise UsageError(f"{name!r} is not a host of {self.name}; its hosts: {', '.join(h.name for h in self.hosts)}")

    def cards_of(self, deployment: Deployment) -> list[Card]:
        """The cards of a deployment, in the order in which its file names them."""
        return [self.card(name) for name in deployment.cards]

    def host_of(self, deployment: Deployment) -> Host:
        """The host whose cards the deployment uses."""
        return self.host(self.card(deployment.cards[0]).host)

    def deployments_on(self, host: str) -> list[Deployment]:
        """The servers of one host, in the order of the file."""
        return [d for d in self.deployments if self.host_of(d).name == host]


def _check_places(deployment: Deployment, cards: dict[str, Card]) -> None:
    where = f"[[deployments]] {deployment.name}: cards"
    for name in deployment.cards:
        if name not in cards:
            raise ValueError(f"{where}: {name!r} is not among the cards ({', '.join(sorted(cards))})")
    if len(set(deployment.cards)) < len(deployment.cards):
        raise ValueError(f"{where}: a card is named twice")
    hosts = {cards[name].host for name in deployment.cards}
    if len(hosts) > 1:
        raise ValueError(f"{where}: they are in different hosts ({', '.join(sorted(hosts))}); a server runs on the cards of one host")


def _check_ports(topology: Topology) -> None:
    taken: dict[tuple[str, int], str] = {(h.name, h.gateway_port): "the gateway" for h in topology.hosts}
    for deployment in topology.deployments:
        key = (topology.host_of(deployment).name, deployment.port)
        if key in taken:
            raise ValueError(f"[[deployments]] {deployment.name}: port {deployment.port} of host {key[0]} is taken by {taken[key]}")
        taken[key] = deployment.name


def load_topology(path: Path) -> Topology:
    """Read a topology file.

    A ``config`` path in ``[deployments.model]`` is followed (from the folder of the file) and gives figures, and the quantization where
    the deployment names none. Raises UsageError that names the file, the table and the field.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    for index, table in enumerate(data.get("deployments") or []):
        if isinstance(table, dict):
            _follow_config(table, path, index)
    try:
        return Topology.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(_problem(data, e) for e in error.errors()[:8])
        raise UsageError(f"{path}: {problems}") from error


def _follow_config(table: dict[str, Any], path: Path, index: int) -> None:
    model = table.get("model")
    if not isinstance(model, dict) or not model.get("config"):
        return
    where = f"{path}: [[deployments]] {table.get('name', index + 1)}"
    figures, scheme = read_hf_config(path.parent / str(model["config"]))
    if "figures" in model:
        raise UsageError(f"{where}: model.figures and model.config are both given; the figures come from one of them")
    model["figures"] = figures
    stated = str(table.get("quantization") or "")
    if scheme and stated and stated != scheme:
        raise UsageError(f"{where}: quantization is {stated!r}, but {model['config']} says {scheme!r}")
    table["quantization"] = stated or scheme


def _problem(data: dict[str, Any], error: Any) -> str:
    """One problem in words: the table with its name, the field, what is wrong."""
    tables: list[str] = []
    fields: list[str] = []
    node: Any = data
    place = list(error["loc"])
    while place:
        key = place.pop(0)
        node = _child(node, key)
        if place and isinstance(place[0], int):
            index = place.pop(0)
            node = _child(node, index)
            label = node.get("name") if isinstance(node, dict) else None
            tables.append(f"[[{'.'.join([*fields, str(key)])}]] {label or index + 1}")
            fields = []
        else:
            fields.append(str(key))
    what = {"extra_forbidden": "this field is not known", "missing": "this field is missing"}.get(error["type"])
    message = what or str(error["msg"]).removeprefix("Value error, ")
    return ": ".join([" ".join(tables)] * bool(tables) + [".".join(fields)] * bool(fields) + [message])


def _child(node: Any, key: Any) -> Any:
    try:
        return node[key]
    except (KeyError, IndexError, TypeError):
        return None
