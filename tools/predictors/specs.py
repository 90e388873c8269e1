"""What each predictor predicts, from which columns of which data, under which licence, and what its numbers may be used for: a file each in ``predicted/``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from core import data
from core.errors import ConfigurationError, SpecError
from tools.catalogue.shipped import shipped

FeatureKind = Literal["molecule", "dye", "polymer"]


@dataclass(frozen=True, kw_only=True)
class PredictorSpec:
    """One predictor.

    Attributes:
        name: registered property name.
        short: short name used in the method's name.
        unit: unit of the predicted value.
        kind: what is described: a molecule, a dye in a solvent, or a polymer's repeat unit.
        target: column of the measured value; ``structure``: column of the structure; ``solvent``: column of the solvent, or "".
        offset: added to the data's number to get ``unit``.
        low, high: measured values outside are rejected as unusable; those of the property unless given.
        decimals: digits after the point that a report may show; predictions are rounded to them.
        data, source, licence: name of the data file, its reference, its licence.
        simulated: collections whose values were computed, not measured, though they are labelled as measured (column ``sources``).
        show_values: whether the licence lets measured values ship with the neighbour index.
        limits: what the model's user must know, one sentence each.
        limit_column: column of the data by which its errors are broken down, or "".
        targets: (split, figure, what to reach, whether that is a share of the best baseline's figure), for the report on the predictors.
        reproducibility: difference between two laboratories' values that one pair in twenty exceeds, in ``unit``, where the set itself holds no
            repeated measurements to tell; ``reproducibility_source``: where that stands.
        recipe: how it is trained, where that is not as most are; see ``training/learners.py``.
    """

    name: str
    short: str
    unit: str
    kind: FeatureKind
    target: str
    structure: str = "smiles"
    solvent: str = ""
    offset: float = 0.0
    low: float
    high: float
    decimals: int
    data: str
    source: str
    licence: str
    simulated: frozenset[str] = frozenset()
    show_values: bool = True
    limits: tuple[str, ...] = ()
    limit_column: str = ""
    targets: tuple[tuple[Literal["random", "scaffold", "families"], str, float, bool], ...] = ()
    reproducibility: float | None = None
    reproducibility_source: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)


def _read(name: str) -> PredictorSpec:
    """The predictor of ``predicted/NAME.toml``. ConfigurationError naming it for an unknown or missing field."""
    definition = shipped()[name]
    fields = data.table("tools.predictors", f"predicted/{name}.toml")
    fields = {k: tuple(tuple(x) if isinstance(x, list) else x for x in v) if isinstance(v, list) else v for k, v in fields.items()}
    fields["simulated"] = frozenset(fields.get("simulated", ()))
    try:
        return PredictorSpec(**{"name": name, "unit": definition.unit, "low": definition.low, "high": definition.high, **fields})
    except TypeError as error:
        raise ConfigurationError(f"predicted/{name}.toml: {error}") from error


#: Every shipped predictor by the name of its property, in the order of the catalogue.
PREDICTORS: dict[str, PredictorSpec] = {p.name: _read(p.name) for p in shipped() if p.kind == "predicted"}


def predictor_spec(name: str) -> PredictorSpec:
    """The predictor called ``name``. Raises SpecError if there is none."""
    try:
        return PREDICTORS[name]
    except KeyError:
        raise SpecError(f"no predictor {name!r}; there are: {', '.join(PREDICTORS)}") from None
