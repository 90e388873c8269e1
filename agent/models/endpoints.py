"""From settings to servers and roles: the servers are one base URL, a pool file or a fleet file; each role uses one of their models."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from agent.models.client import PoolBackend, models_of
from agent.models.exchange import Backend, NoBackend
from agent.models.learnt import Learnt
from agent.models.plan import ROLES, ModelBudget, RoleModel, RolePlan, role_model
from core.errors import ConfigurationError, UsageError
from core.registry import PROMPT, Promotion
from core.settings import Settings
from serving.local.server import local_pool
from serving.pool import EndpointConfig, PoolConfig
from serving.pool.adapting import unknown_names
from serving.pool.config import explain, read_toml

NAME_VARIABLE = "MOLWRIGHT_MODELS__NAME"


class KeyedEndpoint(EndpointConfig):
    """A server whose key is in the settings. The key is not a field, so that it is neither shown nor stored."""

    _key: str = PrivateAttr(default="")

    def api_key(self) -> str:
        """The key, or ''."""
        return self._key


def pool_config(settings: Settings) -> PoolConfig | None:
    """The configured servers, or None. Raises ConfigurationError for settings that do not fit together or a file that is wrong."""
    if settings.models.url and settings.models.pool:
        raise ConfigurationError("both models.url and models.pool are set: one address, or a file of several")
    if settings.models.pool:
        return _with_adaptations(settings, read_pool(settings.models.pool))
    if settings.models.url:
        return _pool_of_one(settings)
    if settings.models.name:
        raise ConfigurationError(
            f"the model {settings.models.name!r} is named, but no server: set MOLWRIGHT_MODELS__URL or MOLWRIGHT_MODELS__POOL"
        )
    served = local_pool(settings.home)
    return _with_adaptations(settings, read_pool(served)) if served else None


def is_local(settings: Settings) -> bool:
    """Whether the model that ``molwright models local`` serves on this machine is used, because nothing else is configured."""
    return not settings.models.configured and local_pool(settings.home) is not None


def configured_plan(settings: Settings) -> RolePlan | None:
    """Which role uses which language model by the settings; None if no role does. Raises ConfigurationError."""
    pool = pool_config(settings)
    if pool is None or settings.models.roles == "none":
        return None
    roles = {role: _role_model(settings, pool, role, model) for role, model in _models_by_role(settings, pool).items()}
    try:
        return (
            RolePlan(
                roles=roles,
                kinds={kind: _of_kind(settings, pool, named, roles) for kind, named in pool.kinds.items()},
                budget=_budget(settings),
                attempts=settings.models.attempts,
                seeds=settings.models.seeds,
            )
            if roles
            else None
        )
    except ValidationError as error:
        raise ConfigurationError("; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors())) from error


def with_promoted(settings: Settings, plan: RolePlan, promoted: Mapping[str, Promotion]) -> RolePlan:
    """``plan`` with what the registry has in each slot. Settings that name a role's model themselves (``critic=...``) win.

    ConfigurationError for a promoted model that no server has.
    """
    pool = pool_config(settings)
    own = settings.models.roles if isinstance(settings.models.roles, dict) else {}
    roles, prompts = dict(plan.roles), dict(plan.prompts)
    kinds = {kind: dict(named) for kind, named in plan.kinds.items()}
    for slot, entry in promoted.items():
        if slot.startswith(PROMPT):
            prompts[slot.removeprefix(PROMPT)] = str(entry.content["text"])
            continue
        role, _, kind = slot.partition("@")
        if pool is None or role not in plan.roles or role in own:
            continue
        if not settings.models.url and entry.name not in models_of(pool):
            raise ConfigurationError(
                f"the registry has the {entry.what} {entry.name!r} for {slot}, and no server has it; "
                f"serve it, or take it back: molwright models rollback {slot}"
            )
        used = _role_model(settings, pool, role, entry.name)
        if kind:
            kinds.setdefault(kind, {})[role] = used
        else:
            roles[role] = used
    return plan.model_copy(update={"roles": roles, "kinds": kinds, "prompts": prompts})


def _role_model(settings: Settings, pool: PoolConfig, role: str, model: str) -> RoleModel:
    """``model`` as ``role`` uses it: the context of its servers, and room for thinking where it thinks."""
    servers = [e for e in pool.endpoints if model in e.models()]
    context = min((e.context for e in servers if e.context), default=settings.models.context)
    wanted = settings.models.thinking
    thinking = wanted.get(role, "") if isinstance(wanted, dict) else wanted
    thinks = (thinking or ("on" if any(e.thinking == "on" for e in servers) else "off")) != "off"
    longest = min((e.reply for e in servers if e.reply), default=settings.models.reply)
    reply = min(longest, settings.models.reply) + (settings.models.thinking_tokens if thinks else 0)
    freely = {} if settings.models.temperature is None else {"temperature": settings.models.temperature}
    return role_model(
        role,
        model,
        fallback_model=settings.models.fallback if settings.models.fallback != model else "",
        context_tokens=context,
        max_tokens=min(reply, context // 2),
        deadline_s=settings.models.deadline,
        thinking=thinking or ("off" if any(e.thinking == "off" for e in servers) else ""),
        **freely,
    )


def _of_kind(settings: Settings, pool: PoolConfig, named: dict[str, str], roles: dict[str, RoleModel]) -> dict[str, RoleModel]:
    """The models for one kind of goal, of the roles that use one and that the settings give no model of their own."""
    own = settings.models.roles if isinstance(settings.models.roles, dict) else {}
    return {role: _role_model(settings, pool, role, model) for role, model in named.items() if role in roles and role not in own}


def open_backend(settings: Settings, plan: RolePlan) -> Backend:
    """The backend that sends the plan's calls. If no server is configured here, it refuses each call and says why."""
    pool = pool_config(settings)
    if pool is None:
        return NoBackend("no model server is configured here (MOLWRIGHT_MODELS__URL or MOLWRIGHT_MODELS__POOL)")
    if settings.models.url:
        pool = _pool_of_one(settings, [m for r in plan.every() for m in (r.model, r.fallback_model)])
    return PoolBackend(pool, learnt=learnt_file(settings))


def learnt_file(settings: Settings) -> Learnt:
    """Where it is remembered what servers do not take."""
    return Learnt(settings.home / "model-servers.json")


def read_pool(path: Path) -> PoolConfig:
    """The pool in a TOML file, which may be a fleet's. Raises ConfigurationError."""
    data = read_toml(path)
    if "hosts" in data and "deployments" in data:
        from serving.artefacts import pool_file
        from serving.topology import load_topology

        try:
            topology = load_topology(path)
        except UsageError as error:
            raise ConfigurationError(str(error)) from error
        data = tomllib.loads(pool_file(topology))
    try:
        return PoolConfig.model_validate(data.get("pool", data))
    except ValidationError as error:
        raise explain(path, error) from error


def _pool_of_one(settings: Settings, more: list[str] | None = None) -> PoolConfig:
    """One address as a pool. It is not probed: with one server there is nowhere to fail over to, and probes may cost."""
    named = list(settings.models.roles.values()) if isinstance(settings.models.roles, dict) else []
    names = [m for m in dict.fromkeys([settings.models.name, *named, settings.models.fallback, *(more or [])]) if m]
    if not names:
        raise ConfigurationError(f"models.url is set, but no model: set {NAME_VARIABLE} (`molwright doctor` lists what the server has)")
    endpoint: dict[str, Any] = {"base_url": settings.models.url, "model": names[0], "adapters": names[1:]}
    try:
        server = KeyedEndpoint.model_validate({**endpoint, "adapt": settings.models.adapt})
        server._key = settings.models.key.get_secret_value()
        return PoolConfig.model_validate({"endpoints": [server], "probe": {"enabled": False}})
    except ValidationError as error:
        lines = "; ".join(f"{e['loc'][-1]}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
        raise ConfigurationError(f"models.url: {lines}") from error


def _with_adaptations(settings: Settings, pool: PoolConfig) -> PoolConfig:
    """``pool`` with what the settings say that no server takes."""
    if unknown := unknown_names(settings.models.adapt):
        raise ConfigurationError(f"models.adapt: {', '.join(unknown)}: not an adaptation; docs/language-models.md lists them")
    for endpoint in pool.endpoints:
        endpoint.adapt = list(dict.fromkeys([*endpoint.adapt, *settings.models.adapt]))
    return pool


def _models_by_role(settings: Settings, pool: PoolConfig) -> dict[str, str]:
    known = models_of(pool)
    wanted = settings.models.roles
    if wanted == "none":
        return {}
    every = list(pool.roles) if is_local(settings) else list(ROLES)  # a small model takes part only where it was asked to
    roles = every if wanted == "all" else list(wanted)
    unknown = [r for r in roles if r not in ROLES]
    if unknown:
        raise ConfigurationError(f"roles: {', '.join(unknown)} is no role; the roles are {', '.join(ROLES)}")
    chosen: dict[str, str] = {}
    for role in roles:
        named = wanted[role] if isinstance(wanted, dict) else ""
        model = pool.roles.get(named, named) or settings.models.name or pool.roles.get(role, "") or (known[0] if known else "")
        if model not in known:
            raise ConfigurationError(f"role {role}: no server has the model {model!r}; there are {', '.join(known) or 'none for text'}")
        chosen[role] = model
    if settings.models.fallback and settings.models.fallback not in known:
        raise ConfigurationError(f"models.fallback: no server has the model {settings.models.fallback!r}; there are {', '.join(known)}")
    return chosen


def _budget(settings: Settings) -> ModelBudget:
    data = read_toml(settings.models.prices) if settings.models.prices else {}
    limits = {
        "calls": settings.models.calls,
        "tokens": settings.models.tokens,
        "seconds": settings.models.seconds,
        "money": settings.models.money,
    }
    try:
        return ModelBudget.model_validate({**data, **limits})
    except ValidationError as error:
        raise explain(settings.models.prices or Path("settings"), error) from error
