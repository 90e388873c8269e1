"""Versions of everything that decides a number in a report."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version


def versions(used: Collection[str] = ()) -> dict[str, str]:
    """Names and versions: molwright, RDKit, NumPy, LightGBM, the safety rules and each predictor's weights.

    ``used``: properties of a run; those that own models predict are listed with their model's version.
    """
    from tools.calculators.estimate import calculators_in_use
    from tools.predictors.predict import predictor_versions
    from tools.safety.guard import RULES_VERSION

    found = {name: version(name) for name in ("molwright", "rdkit", "numpy", "lightgbm", "langgraph")}
    found["safety rules"] = RULES_VERSION
    found.update({f"predictor {name}": value for name, value in predictor_versions().items()})
    if (models := calculators_in_use().user_models) is not None:
        found.update({f"own model {name}": value for name, value in models.versions(used).items()})
    return found
