"""A dye that was measured in other solvents only: its measured value moved to the solvent asked for by the model's difference between the two.

``sets/moved.json`` (made by ``python -m tools.predictors.training moved``) says how far such values lie from measured ones, by the size of the shift.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import PredictorError
from core.spec import CandidateClass
from tools.predictors.features.assemble import Describer
from tools.predictors.features.solvent import FILM, GAS, solvent_descriptors
from tools.predictors.known.index import PACKAGE
from tools.predictors.model import load_model
from tools.predictors.prepare import prepare

MOVED_FILE = "moved.json"
#: Changes when the meaning of the file changes.
MOVED_FORMAT = 1


@dataclass(frozen=True)
class Moved:
    """A measured value moved to another solvent; all numbers in the unit of the property.

    Attributes:
        value: the measured value plus the model's difference between the solvents.
        sigma: one standard deviation of such a value.
        spread: where ``sigma`` comes from.
    """

    value: float
    sigma: float
    spread: str


@cache
def scales() -> tuple[float, ...]:
    """What each descriptor of a solvent is divided by before two solvents are compared: its spread over those with an indicator, in the unit of the descriptor; never 0."""
    from tools.predictors.features.solvent import known_solvents

    spread = np.std([solvent_descriptors(smiles) for _, smiles in known_solvents()], axis=0)
    return tuple(float(s) if s > 0 else 1.0 for s in spread)


def nearest_solvent(asked: str, measured: Collection[str]) -> str | None:
    """Which of the solvents ``measured`` (canonical SMILES) is nearest to ``asked`` by the descriptors that the dye models see.

    None where none is a solvent or ``asked`` is none: a film and the gas phase are left alone.
    """
    if asked in ("", FILM, GAS):
        return None
    there: NDArray[np.float64] = np.asarray(solvent_descriptors(asked), dtype=np.float64)

    def distance(solvent: str) -> float:
        away = (np.asarray(solvent_descriptors(solvent), dtype=np.float64) - there) / np.array(scales())
        return float(np.sqrt((away**2).sum()))

    return min((s for s in measured if s not in ("", FILM, GAS)), key=lambda s: (distance(s), s), default=None)


def moved(name: str, smiles: str, candidate_class: CandidateClass, value: float, measured_in: str, asked: str) -> Moved | None:
    """``value`` of the property ``name``, in its unit, measured in the solvent ``measured_in``, in the solvent ``asked``: one call of the model.

    None where the error of moved values of this property is not known or the model refuses the structure. Raises PredictorError where a
    shipped file is missing or damaged.
    """
    known = _errors().get(name)
    if known is None:
        return None
    model = load_model(name)
    item = prepare(smiles, model.spec.kind, candidate_class)
    if isinstance(item, str) or item.elements - model.elements:
        return None
    x = Describer().matrix(model.spec.kind, [item.smiles] * 2, [item.mol] * 2, [measured_in, asked])
    here, there = (float(v) for v in model.values(x)[0])
    shift = there - here
    band = next((b for b in known["bands"] if b["below"] is None or abs(shift) < b["below"]), known["bands"][-1])
    return Moved(value + shift, float(band["sigma"]), _spread(band, known["unit"]))


def _spread(band: dict[str, Any], unit: str) -> str:
    size = f"from {band['from']:g} {unit}" if band["below"] is None else f"of {band['from']:g} to {band['below']:g} {unit}"
    return (
        f"{band['pairs']} measurements of dyes of this set, each left out and moved from the nearest other solvent, with shifts {size}: "
        f"90 % lie within {band['q90']:.2g} {unit}"
    )


@cache
def _errors() -> dict[str, Any]:
    """What ``moved.json`` says, by property. Raises PredictorError where it cannot be read."""
    try:
        found: dict[str, Any] = json.loads(resources.files(PACKAGE).joinpath(MOVED_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, ModuleNotFoundError) as error:
        raise PredictorError(f"the errors of values moved between solvents cannot be read: {PACKAGE}/{MOVED_FILE} ({error})") from None
    if found.get("format") != MOVED_FORMAT:
        raise PredictorError(
            f"the errors of values moved between solvents have format {found.get('format')!r}; this version reads {MOVED_FORMAT}"
        )
    return dict(found["sets"])
