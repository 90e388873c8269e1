"""The reference structures that a forecast is made from, with their predicted values; ``python -m tools.forecast`` writes the file that ships.

Molecules: the known compounds that ship (building blocks and common compounds), and what the proposers ``reactions``, ``dye_assembly`` and
``evolution`` make where a goal steers them nowhere. Polymers: what ``polymer_assembly`` makes of the shipped monomers. Structures that the guard
blocks or that break a plausibility rule are left out, as a run leaves them out before it evaluates anything.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase

from core.errors import ConfigurationError
from core.spec import CandidateClass

FILE = "reference.npz"
#: The file's numbers are whole multiples of these, in the unit of the property: what is predicted, and what takes long to compute.
STEPS: dict[str, float] = {
    "logp": 0.001,
    "qed": 0.0001,
    "sa_score": 0.001,
    "cns_mpo": 0.001,
    "glass_transition_temperature": 0.1,
    "absorption_maximum": 0.1,
    "log_epsilon": 0.001,
    "melting_point": 0.1,
    "aqueous_solubility": 0.001,
    "flash_point": 0.1,
}
#: Stands for a value that could not be had.
MISSING = np.iinfo(np.int16).min
#: The ordinal property that the file holds, and the temperatures in °C at which it was judged.
LEVEL, TEMPERATURES = "thermal_stability", (25, 100, 150, 200, 250, 300)


@dataclass(frozen=True)
class Reference:
    """The reference structures of one class.

    Attributes:
        smiles: their canonical SMILES.
        origin: for each, where it comes from: 'known', or the proposer that made it.
        values: numbers by registered property, in its unit, NaN where there is none; shape (n,).
        sigmas: one standard deviation of each prediction, already widened outside the method's domain; NaN where there is none.
        levels: the position of the level of thermal stability among its levels (0 is best), by temperature in °C; -1 where it is not known.
        versions: version of the predictor of each property.
        solvent: solvent of the absorption maxima.
    """

    smiles: tuple[str, ...]
    origin: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]
    sigmas: Mapping[str, NDArray[np.float64]]
    levels: Mapping[int, NDArray[np.int8]]
    versions: Mapping[str, str]
    solvent: str = "dichloromethane"

    def __len__(self) -> int:
        return len(self.smiles)


@lru_cache(maxsize=2)
def reference(candidate_class: CandidateClass) -> Reference:
    """The reference structures of a class, read from the file that ships. ConfigurationError if it is missing or damaged."""
    try:
        raw = resources.files("tools.forecast").joinpath(FILE).read_bytes()
        with np.load(io.BytesIO(raw)) as file:
            return _unpacked({name: file[name] for name in file.files}, candidate_class)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"the reference structures of the forecast cannot be read: {error}") from error


@lru_cache(maxsize=2)
def molecules(candidate_class: CandidateClass) -> tuple[Chem.Mol, ...]:
    """The reference structures of a class as RDKit reads them; shared, not to be modified."""
    with rdBase.BlockLogs():
        return tuple(Chem.MolFromSmiles(smiles) for smiles in reference(candidate_class).smiles)


def packed(tables: Mapping[CandidateClass, Reference]) -> dict[str, NDArray[np.generic]]:
    """The arrays of the file that ships."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, table in tables.items():
        arrays[f"{name}/smiles"] = np.frombuffer("\n".join(table.smiles).encode(), dtype=np.uint8)
        arrays[f"{name}/origin"] = np.frombuffer("\n".join(table.origin).encode(), dtype=np.uint8)
        versions = [f"{p}={v}" for p, v in table.versions.items()]
        arrays[f"{name}/versions"] = np.frombuffer("\n".join(versions).encode(), dtype=np.uint8)
        for kind, columns in (("value", table.values), ("sigma", table.sigmas)):
            for prop, column in columns.items():
                steps = np.where(np.isfinite(column), np.round(np.nan_to_num(column) / STEPS[prop]), MISSING)
                arrays[f"{name}/{kind}/{prop}"] = np.clip(steps, MISSING, np.iinfo(np.int16).max).astype(np.int16)
        for temperature, level in table.levels.items():
            arrays[f"{name}/level/{temperature}"] = level
    return arrays


def _unpacked(arrays: Mapping[str, NDArray[np.generic]], name: CandidateClass) -> Reference:
    def text(part: str) -> tuple[str, ...]:
        return tuple(arrays[f"{name}/{part}"].tobytes().decode().split("\n"))

    def columns(kind: str) -> dict[str, NDArray[np.float64]]:
        found = {}
        for key, column in arrays.items():
            if key.startswith(f"{name}/{kind}/"):
                prop = key.rpartition("/")[2]
                found[prop] = np.where(column == MISSING, np.nan, column.astype(np.float64) * STEPS[prop])
        return found

    levels = {int(key.rpartition("/")[2]): column.astype(np.int8) for key, column in arrays.items() if key.startswith(f"{name}/level/")}
    versions = dict(line.split("=", 1) for line in text("versions"))
    return Reference(text("smiles"), text("origin"), columns("value"), columns("sigma"), levels, versions)
