"""What is configured, what works, what is missing: every part is tried out."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from app import wiring
from core.errors import MolwrightError
from core.interfaces import RunStore
from core.masking import masked
from core.settings import Settings

if TYPE_CHECKING:
    from agent.models import RolePlan


@dataclass(frozen=True)
class PartHealth:
    """How one part is. ``detail`` says what it is, or what is wrong."""

    part: str
    works: bool
    detail: str


class HealthService:
    """Tries out the parts that the settings name."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore]) -> None:
        """``store`` opens the run store."""
        self.settings = settings
        self._store = store

    def parts(self) -> list[PartHealth]:
        """Every part, and each model server. Nothing is raised for a part that does not work."""
        rows = [(name, *_try(partial(probe, self.settings))) for name, probe in PROBES]
        rows.insert(2, ("run store", *_try(self._runs)))
        return [PartHealth(*row) for row in [*rows, *_endpoints(self.settings)]]

    def _runs(self) -> str:
        return f"{masked(self.settings.sql_url())}: {len(self._store().runs(limit=1_000_000))} runs"


def describe_plan(plan: RolePlan) -> str:
    """Each model with the roles that it takes part in during a run, in one line."""
    roles: dict[str, list[str]] = {}
    for role, used in plan.roles.items():
        if role != "assistant":
            roles.setdefault(used.model, []).append(role)
    return "; ".join(f"{model} as {', '.join(names)}" for model, names in roles.items())


def _try(probe: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, probe()
    except (MolwrightError, OSError, ImportError, AssertionError) as error:
        return False, masked(f"{type(error).__name__}: {error}")


def _home(settings: Settings) -> str:
    home = wiring.prepare_home(settings)
    with tempfile.NamedTemporaryFile(dir=home):
        free = shutil.disk_usage(home).free / 1e9
    return f"{home}, writable, {free:.1f} GB free"


def _names(settings: Settings) -> str:
    wiring.check_names()
    return "no other distribution provides our top-level names"


def _checkpoints(settings: Settings) -> str:
    from memory.checkpoints import open_checkpointer

    with open_checkpointer(settings) as saver:
        return type(saver).__name__


def _literature(settings: Settings) -> str:
    """A local store that is not there yet is made in a folder that does not stay."""
    with tempfile.TemporaryDirectory() as folder:
        made = f"{folder}/literature.db" if wiring.literature_missing(settings) else ""
        with wiring.open_literature(settings, made) as store:
            return f"{masked(settings.milvus_address())}: {store.count()} passages"


def _properties(settings: Settings) -> str:
    from core.spec import EstimationConditions
    from tools.calculators.costly.adapter import costly_names

    calculators = wiring.open_workspace(settings).calculators
    dear = costly_names(calculators)
    names = [p.name for p in calculators.catalogue if "molecule" in p.classes and p.name not in dear]
    both = ["CC(=O)Oc1ccccc1C(=O)O", "NCc1ccncc1"]  # an acid and a base: some properties are of one of them alone
    values = calculators.estimate(both, "molecule", names, EstimationConditions())
    missing = [n for n in names if all(one[n].value is None for one in values)]
    if missing:
        raise MolwrightError(f"no value for aspirin and for 4-picolylamine: {', '.join(missing)}")
    return f"{len(list(calculators.catalogue))} registered; all that apply give a value for aspirin"


def _scorers(settings: Settings) -> str:
    """Whether the program of each scorer is there; none is started."""
    gone = [s.name for s in settings.scorers.values() if not s.command or shutil.which(shlex.split(s.command)[0]) is None]
    if gone:
        raise MolwrightError(f"the program is not there: {', '.join(gone)}")
    return ", ".join(settings.scorers) or "none in the settings"


def _own_lists(settings: Settings) -> str:
    workspace = wiring.open_workspace(settings)
    if workspace.list_problems:
        raise MolwrightError("; ".join(f"{name} cannot be used: {problem}" for name, problem in workspace.list_problems.items()))
    from tools.calculators.own_lists import own_lists

    return ", ".join(one.edition for one in own_lists(workspace.calculators)) or "none of your own"


def _quantum(settings: Settings) -> str:
    from tools.calculators.quantum.definitions import INSTALL
    from tools.calculators.quantum.tight_binding import installed, program

    if not installed():
        return f"not installed ({INSTALL}): goals about orbitals, dipoles and the like are listed as not checked"
    from tools.calculators.quantum.electronic import electronic

    return f"{program()}: the dipole moment of water is {electronic('O').dipole:.2f} D before calibration"


def _predictors(settings: Settings) -> str:
    from tools.predictors.predict import predictor_versions

    return ", ".join(f"{n} {v}" for n, v in predictor_versions().items())


def _guard(settings: Settings) -> str:
    from tools.safety.guard import guard_version, structure_verdict

    if structure_verdict("CCO", "molecule").verdict != "allow" or structure_verdict("not a structure", "molecule").verdict != "block":
        raise MolwrightError("the guard does not tell ethanol from an unreadable structure")
    return f"rules {guard_version()}"


def _proposers(settings: Settings) -> str:
    return ", ".join(wiring.open_workspace(settings).proposers)


def _models(settings: Settings) -> str:
    plan = wiring.plan_of(settings)
    if plan is None:
        return "no endpoint configured: every reasoning step uses its built-in form"
    return f"{describe_plan(plan)}; at most {plan.budget.calls} calls, {plan.budget.tokens} tokens, {plan.budget.seconds:g} s a run"


def _endpoints(settings: Settings) -> list[tuple[str, bool, str]]:
    """A row for each model server: what it can and cannot do."""
    if not (settings.models.url or settings.models.pool or wiring.served_here(settings)):
        return []
    from agent.models.endpoints import learnt_file, pool_config
    from agent.models.probe import probe

    try:
        pool = pool_config(settings)
    except MolwrightError:  # the row of the language models says it
        return (
            [("endpoint", *_try(lambda: f"{masked(settings.models.url)} has the models {', '.join(_listed(settings))}"))]
            if settings.models.url
            else []
        )
    rows = []
    for endpoint in pool.endpoints if pool else []:
        found = probe(
            endpoint,
            temperature=settings.models.temperature or 0.0,
            thinking=_switch(settings, endpoint.model),
            seed=0 if settings.models.seeds else None,
            learnt=learnt_file(settings),
        )
        told = found.text()
        if found.thinking_tokens and not settings.models.thinking:
            told += "; MOLWRIGHT_MODELS__THINKING=on leaves room for that, =off asks it not to"
        if found.context_tokens and settings.models.url and found.context_tokens < settings.models.context:
            told += f", but models.context is {settings.models.context}: set MOLWRIGHT_MODELS__CONTEXT={found.context_tokens}"
        rows.append((f"endpoint {found.endpoint}", found.works, told))
    return rows


def _switch(settings: Settings, model: str) -> str:
    """Whether ``model`` is told to think: as the first role that uses it has it; '' where nobody says."""
    try:
        plan = wiring.plan_of(settings)
    except MolwrightError:
        return ""
    return next((used.thinking for used in plan.every() if used.model == model), "") if plan else ""


def _listed(settings: Settings) -> list[str]:
    from agent.models.probe import listed

    return list(listed(settings.models.url, settings.models.key.get_secret_value()))


PROBES: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("home folder", _home),
    ("package names", _names),
    ("checkpoints", _checkpoints),
    ("literature", _literature),
    ("properties", _properties),
    ("scorers", _scorers),
    ("lists of substances", _own_lists),
    ("predictors", _predictors),
    ("quantum chemistry", _quantum),
    ("safety guard", _guard),
    ("proposers", _proposers),
    ("language models", _models),
)
