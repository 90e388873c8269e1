"""Versions of everything that decides a number in a report."""

from __future__ import annotations

from importlib.metadata import version


def versions() -> dict[str, str]:
    """Names and versions: molwright, RDKit, NumPy, LightGBM, the safety rules and each predictor's weights."""
    from tools.predictors.predict import predictor_versions
    from tools.safety.guard import RULES_VERSION

    found = {name: version(name) for name in ("molwright", "rdkit", "numpy", "lightgbm", "langgraph")}
    found["safety rules"] = RULES_VERSION
    found.update({f"predictor {name}": value for name, value in predictor_versions().items()})
    return found
