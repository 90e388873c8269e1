"""Measured values that are not to be believed: what other measurements of the substance rule out, or the model and every near neighbour contradict.

Sets that people typed hold slips: 27 °C for the flash point of a diamine that boils near 250 °C. Shown as "known, measured" such a value is worse than none. A
value is doubted only where it is a single measurement and

- lies outside of the 90 % interval of models that have not seen the substance, and above the boiling point that another table gives of it (melting and flash
  points) or, a flash point, below 0.55 of it in kelvin (flash points are near 0.73 of it); or
- lies ``ARMS`` times as far from what these models say as the end of their interval on that side, and at least ``NEIGHBOURS`` substances with a Tanimoto similarity of at least ``SIMILAR`` were measured, every one of them on the other side by at least the length of that arm.

What is doubted stays in the set; it is stated as doubtful beside the prediction and does not take its place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit import rdBase

from core.errors import NotFoundError, StructureError, UsageError
from tools.predictors.errors import LOWER, MIDDLE, UPPER
from tools.predictors.known.index import DOUBTS, DOUBTS_FORMAT
from tools.predictors.known.keys import hashed_key
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.specs import PREDICTORS, PredictorSpec
from tools.predictors.training.data import TrainingTable, read_table, structure_key
from tools.predictors.training.known import data_file, measurements_of
from tools.structures.similarity import morgan_fingerprint
from tools.structures.standardise import standardise

#: How many arms of the interval a value must lie off, how many neighbours must contradict it, and how similar these are at least.
ARMS, NEIGHBOURS, SIMILAR = 2.0, 4, 0.4
#: What is held against boiling points, and the least share of the boiling point, in kelvin, that it may be.
_BOILING = "boiling_point"
_AGAINST_BOILING: Mapping[str, float] = {"melting_point": 0.0, "flash_point": 0.55}
#: A value may lie this much, °C, above the boiling point: both are read to a few degrees.
_MARGIN_C, _ZERO_C = 5.0, 273.15


@dataclass(frozen=True)
class Unseen:
    """What models that have not seen them say of the rows of a set, (n,) each, in the unit of the property: the middle and the ends of the 90 % interval."""

    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def off(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many arms of the interval each measured value of ``y`` (n,) lies from the middle; negative below it, never NaN."""
        return np.asarray((y - self.middle) / self.arm(y))

    def arm(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Length of the arm on the side of each measured value, (n,), in the unit of the property; never 0."""
        return np.asarray(np.maximum(np.where(y >= self.middle, self.high - self.middle, self.middle - self.low), 1e-9))


def build_doubts(
    folder: Path, out_of_fold: Path, out: Path, progress: Callable[[str], None] = print, *, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Write ``doubtful.json`` to ``out`` from the data ``folder`` and the folder of out-of-fold predictions; returns what it says, by property and hashed key.

    Done are the sets of molecules whose values are shown and that no solvent is part of. ``only``: names of those to do, the others stay. Raises NotFoundError
    for a missing file, UsageError for one that cannot be used or does not belong to the data.
    """
    file = out / DOUBTS
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["sets"] if only and file.is_file() else {}
    boiling = _boiling_points(folder)
    for spec in PREDICTORS.values():
        if (only and spec.name not in only) or not spec.show_values or spec.kind != "molecule":
            continue
        path = data_file(folder, spec.data)
        table = read_table(path, spec)
        doubts = doubted(table, spec, _unseen(out_of_fold / f"{spec.name}.npz", table), measurements_of(path, table), boiling)
        found[spec.name] = {str(_hashed(table.smiles[i])): why for i, why in sorted(doubts.items()) if _hashed(table.smiles[i]) is not None}
        progress(f"{spec.name}: {len(found[spec.name])} of {len(table)} values are doubted")
    text = (
        json.dumps({"format": DOUBTS_FORMAT, "sets": {n: found[n] for n in PREDICTORS if n in found}}, indent=1, ensure_ascii=False) + "\n"
    )
    file.write_text(text, encoding="utf-8")
    return found


def doubted(
    table: TrainingTable, spec: PredictorSpec, unseen: Unseen, counts: Sequence[int], boiling: Mapping[str, float]
) -> dict[int, str]:
    """Why rows of ``table`` are doubted, by position; empty for none. Rows of a further set, whose values are not shown, are left alone.

    ``counts``: how many measurements each row is from; ``boiling``: boiling points in °C by the key of a substance.
    """
    found: dict[int, str] = {}
    off, arm = unseen.off(table.y), unseen.arm(table.y)
    index = NeighbourIndex.of([_bits(mol) for mol in table.mols])
    rows = Counter(table.smiles)
    for i in np.flatnonzero(np.array(counts) == 1):
        if table.origins[i] or rows[table.smiles[i]] > 1:
            continue
        if abs(off[i]) >= 1.0 and (why := _impossible(spec.name, float(table.y[i]), boiling.get(table.keys[i]))):
            found[int(i)] = why
        elif abs(off[i]) >= ARMS and (near := _contradicting(table, index, int(i), float(off[i]), float(arm[i]))):
            ends = f"{unseen.low[i]:.{spec.decimals}f} to {unseen.high[i]:.{spec.decimals}f} {spec.unit}".rstrip()
            found[int(i)] = f"models that have not seen it expect {ends}, and all {near} similar substances were measured on that side"
    return found


def _impossible(name: str, value: float, boils: float | None) -> str:
    """What a boiling point has against a value; '' for nothing."""
    least = _AGAINST_BOILING.get(name)
    if least is None or boils is None:
        return ""
    if value > boils + _MARGIN_C:
        return "it lies above the boiling point that another table gives"
    if value + _ZERO_C < least * (boils + _ZERO_C):
        return "it is far too low for the boiling point that another table gives"
    return ""


def _contradicting(table: TrainingTable, index: NeighbourIndex, row: int, off: float, arm: float) -> int:
    """How many substances are similar to ``row``, if there are enough and all of them lie on the other side of its value by an arm; else 0."""
    similar = index.similarities(_bits(table.mols[row]))
    near = [j for j in np.flatnonzero(similar >= SIMILAR) if table.keys[j] != table.keys[row]]
    apart = (table.y[row] - table.y[near]) * np.sign(off)
    substances = len({table.keys[j] for j in near})
    return substances if substances >= NEIGHBOURS and bool((apart >= arm).all()) else 0


def _unseen(path: Path, table: TrainingTable) -> Unseen:
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}")
    with np.load(path, allow_pickle=False) as archive:
        if archive["key"].tolist() != table.keys or not len(archive["quantiles"]):
            raise UsageError(f"{path.name} does not belong to these data; train again with --out-of-fold")
        quantiles = archive["quantiles"]
    return Unseen(quantiles[:, MIDDLE], quantiles[:, LOWER], quantiles[:, UPPER])


def _boiling_points(folder: Path) -> dict[str, float]:
    """Highest boiling point that the table of boiling points gives, °C, by the key of a substance."""
    spec = replace(PREDICTORS[_BOILING], checks=())
    table = read_table(data_file(folder, spec.data), spec)
    found: dict[str, float] = {}
    for mol, value in zip(table.mols, table.y.tolist(), strict=True):
        key = structure_key(mol)
        found[key] = max(value, found.get(key, value))
    return found


def _bits(mol: Any) -> NDArray[np.uint16]:
    return np.array(list(morgan_fingerprint(mol).GetOnBits()), dtype=np.uint16)


def _hashed(smiles: str) -> int | None:
    with rdBase.BlockLogs():
        try:
            structure = standardise(smiles, "molecule")
        except StructureError:
            return None
    return hashed_key(structure.key, structure.smiles, "molecule")
