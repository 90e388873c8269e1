"""Versions of everything that decides a number in a report."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.metadata import version

from tools.calculators.collection import Calculators
from tools.calculators.costly.adapter import Costly
from tools.calculators.own_lists import own_lists

#: What the version of a team's own list stands under, before its name.
OWN_LIST = "own list "


def versions(used: Collection[str] = (), *, calculators: Calculators) -> dict[str, str]:
    """Names and versions: molwright, RDKit, NumPy, LightGBM, the safety rules and each predictor's weights.

    ``used``: properties of a run; those that own models predict or costly calculators compute are listed with the version of that. A team's own lists are
    all named: every listed candidate is held against them.
    """
    from tools.predictors.predict import predictor_versions
    from tools.safety.guard import guard_version

    found = {name: _installed(name) for name in ("molwright", "rdkit", "numpy", "lightgbm", "langgraph")}
    found["safety rules"] = guard_version()
    found.update({f"predictor {name}": value for name, value in predictor_versions().items()})
    found.update(
        {f"calculator {c.name}": c.inner.version for c in calculators if isinstance(c, Costly) and {p.name for p in c.properties} & {*used}}
    )
    if (models := calculators.user_models) is not None:
        found.update({f"own model {name}": value for name, value in models.versions(used).items()})
    found.update({f"{OWN_LIST}{one.name}": one.version for one in own_lists(calculators)})
    return found


@cache
def _installed(package: str) -> str:
    return version(package)
