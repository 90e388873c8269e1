"""What each predictor predicts, from which columns of which data, under which licence, and what its numbers may be used for: a file each in ``predicted/``."""

from __future__ import annotations

from collections.abc import Mapping
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
        scale: what the data's number is multiplied by to get ``unit``.
        offset: added to the data's number, or to its logarithm, to get ``unit``.
        logarithm: whether the value is the decadic logarithm of the data's number.
        derived: what makes the number from several columns of a row, a name in ``training/physics.py``; empty: the number of ``target``.
        where: (column, value) of the rows that are meant, where the data hold others as well.
        conditions: (column, lowest, highest) of a condition of the measurement; rows outside are left out, those that do not say it are used.
        checks: what a row is held against before it is trained on, names in ``training/physics.py``.
        disagree: rows of one structure (and solvent) whose values lie further apart are all left out, in ``unit``; None: they are kept.
        learnt_as: "logarithm" where the boosters learn the decadic logarithm of the value, which is then above 0.
        measured: whether the values were measured; False: simulated, so that a structure is not known for standing among them.
        outcomes: names of the two outcomes of a test, (0, 1): the value is then the calibrated probability of the second; empty for a quantity.
        needs: kind of site that a structure must have ("acidic" or "basic"), which is then named beside the value; empty: none.
        low, high: measured values outside are rejected as unusable; those of the property unless given.
        decimals: digits after the point that a report may show; predictions are rounded to them.
        data, source, licence: name of the data file, its reference, its licence.
        beside: (data, source, licence) of further sets in the same columns, used where they lie beside the first; their rows of substances that the first
            set has are left out, and their values are not shown. ``beside_weight``: how much one of their rows counts in training against one of the first.
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
    scale: float = 1.0
    offset: float = 0.0
    logarithm: bool = False
    derived: str = ""
    where: tuple[str, ...] = ()
    conditions: tuple[Any, ...] = ()
    checks: tuple[str, ...] = ()
    disagree: float | None = None
    learnt_as: Literal["", "logarithm"] = ""
    measured: bool = True
    outcomes: tuple[str, ...] = ()
    needs: Literal["", "acidic", "basic"] = ""
    low: float
    high: float
    decimals: int
    data: str
    source: str
    licence: str
    beside: tuple[tuple[str, str, str], ...] = ()
    beside_weight: float = 1.0
    simulated: frozenset[str] = frozenset()
    show_values: bool = True
    limits: tuple[str, ...] = ()
    limit_column: str = ""
    targets: tuple[tuple[Literal["random", "scaffold", "families"], str, float, bool], ...] = ()
    reproducibility: float | None = None
    reproducibility_source: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)


def _read(name: str, table: Mapping[str, Any]) -> PredictorSpec:
    """The predictor of ``predicted/NAME.toml``. ConfigurationError naming it for an unknown or missing field."""
    definition = shipped()[name]
    fields: dict[str, Any] = {
        k: tuple(tuple(x) if isinstance(x, list) else x for x in v) if isinstance(v, list) else v for k, v in table.items()
    }
    fields["simulated"] = frozenset(fields.get("simulated", ()))
    try:
        return PredictorSpec(**{"name": name, "unit": definition.unit, "low": definition.low, "high": definition.high, **fields})
    except TypeError as error:
        raise ConfigurationError(f"predicted/{name}.toml: {error}") from error


def _predictors() -> dict[str, PredictorSpec]:
    """ConfigurationError naming a property that is predicted and has no file, or a file of no such property."""
    tables, names = data.tables("tools.predictors", "predicted"), [p.name for p in shipped() if p.kind == "predicted"]
    if strange := sorted(set(names) ^ set(tables)):
        raise ConfigurationError(f"properties that are predicted, and files in predicted/, do not agree: {', '.join(strange)}")
    return {name: _read(name, tables[name]) for name in names}


#: Every shipped predictor by the name of its property, in the order of the catalogue.
PREDICTORS: dict[str, PredictorSpec] = _predictors()


def predictor_spec(name: str) -> PredictorSpec:
    """The predictor called ``name``. Raises SpecError if there is none."""
    try:
        return PREDICTORS[name]
    except KeyError:
        raise SpecError(f"no predictor {name!r}; there are: {', '.join(PREDICTORS)}") from None
