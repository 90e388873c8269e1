"""What physics says against a row before it is trained on: sets that people typed hold signs, units, pressures and columns that were mixed up.

Each check compares a value with something that is known without it: a measurement of another property of the same substance (in the shipped
sets of :mod:`tools.predictors.known`), or a relation that no substance breaks by more than the margin. What fails is left out and listed; the
margins are wide, so that no check does the model's work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors

from core.errors import StructureError
from tools.predictors.known.index import known_set
from tools.predictors.known.keys import hashed_key
from tools.structures.standardise import standardise

Row = Mapping[str, str]
#: Above this melting point, °C, a substance is no liquid at 20 to 25 °C, supercooling aside.
_SOLID_C = 30.0
#: What boils below it, °C, is a gas at 20 to 25 °C.
_GAS_C = 20.0
#: From so many atoms beside hydrogen and fluorine on, nothing boils below this, °C (butanes boil at -12 to 0, butene at -6): a lost or added sign.
_MANY, _COLD_C = 5, -20.0
#: Relative volumes of Girolami (J. Chem. Educ. 1994, 71, 962) by period of the periodic table; hydrogen 1.
_VOLUME = (1.0, 2.0, 4.0, 5.0, 7.5, 9.0)
#: What he adds to the density for each group that draws molecules together, and for rings; at most 30 %.
_DENSER = tuple(
    (Chem.MolFromSmarts(smarts), share)
    for smarts, share in (
        ("[OX2H1]", 0.10),
        ("[NX3;H1,H2;!$(NS(=O)=O)]", 0.10),
        ("[#16X3,#16X4]=O", 0.10),
    )
)
#: Measured over estimated density outside which a value is not that of the liquid: another unit, a gas, a solution.
_DENSITY_RATIO = (0.72, 1.38)
#: Largest difference of a refractive index from the one that density and molar refraction give.
_INDEX_MARGIN = 0.13
#: An emission may lie this much, nm, on the short side of the absorption: bands are broad and read to a few nm.
_STOKES_MARGIN = 5.0


def contradiction(check: str, row: Row, mol: Chem.Mol, value: float) -> str:
    """What ``check`` has against ``value`` (in the predictor's unit) of a row of the data, in words; '' for nothing. KeyError for an unknown check."""
    return _CHECKS[check](row, mol, value)


def _known(name: str, mol: Chem.Mol) -> float | None:
    """The measured value of the shipped predictor ``name`` for this very structure; None where there is none."""
    held, key = known_set(name), _key(Chem.MolToSmiles(mol))
    if held is None or key is None:
        return None
    found = held.find(key)
    return found.values.get("") if found is not None and found.same else None


@lru_cache(maxsize=4096)
def _key(smiles: str) -> int | None:
    """The hashed key of a structure; None where it has none."""
    try:
        structure = standardise(smiles, "molecule")
    except StructureError:
        return None
    return hashed_key(structure.key, structure.smiles, "molecule")


def _boils_above_melting(row: Row, mol: Chem.Mol, value: float) -> str:
    melts = _known("melting_point", mol)
    return f"it boils at {value:g} °C and melts at {melts:g} °C" if melts is not None and melts > value + 5.0 else ""


def _boils_too_low(row: Row, mol: Chem.Mol, value: float) -> str:
    heavy = sum(atom.GetAtomicNum() not in (1, 9) for atom in mol.GetAtoms())
    return f"{heavy} atoms heavier than hydrogen, fluorine aside, that boil at {value:g} °C" if heavy >= _MANY and value < _COLD_C else ""


def _boils_above_flash(row: Row, mol: Chem.Mol, value: float) -> str:
    flash = _known("flash_point", mol)
    liquid = value > _GAS_C  # the flash points of gases in the set are slips of their own
    return f"it boils at {value:g} °C and flashes at {flash:g} °C" if liquid and flash is not None and flash > value + 5.0 else ""


def _liquid(row: Row, mol: Chem.Mol, value: float) -> str:
    melts = _known("melting_point", mol)
    return f"it melts at {melts:g} °C and is no liquid at 25 °C" if melts is not None and melts > _SOLID_C else ""


def estimated_density(mol: Chem.Mol) -> float:
    """The density of a liquid by Girolami's volumes of atoms, g/cm³, good to some 10 %; never 0 for a molecule with atoms."""
    table = Chem.GetPeriodicTable()
    volume = 0.0
    for atom in Chem.AddHs(mol).GetAtoms():
        volume += _VOLUME[min(table.GetRow(atom.GetAtomicNum()), len(_VOLUME)) - 1]
    more = sum(share * len(mol.GetSubstructMatches(pattern)) for pattern, share in _DENSER)
    more += 0.10 * mol.GetRingInfo().NumRings()
    return float(Descriptors.MolWt(mol) / (5.0 * volume) * (1.0 + min(more, 0.30)))


def _density(row: Row, mol: Chem.Mol, value: float) -> str:
    expected = estimated_density(mol)
    low, high = _DENSITY_RATIO
    return "" if low <= value / expected <= high else f"a density of {value:g} g/cm³ where atoms of this size pack to about {expected:.2g}"


def _refraction(row: Row, mol: Chem.Mol, value: float) -> str:
    share = float(Crippen.MolMR(mol)) * estimated_density(mol) / float(Descriptors.MolWt(mol))
    expected = math.sqrt((1.0 + 2.0 * share) / (1.0 - share)) if share < 0.6 else math.inf
    return (
        ""
        if abs(value - expected) <= _INDEX_MARGIN
        else f"an index of {value:g} where density and molar refraction give about {expected:.3g}"
    )


def _emits_below_absorption(row: Row, mol: Chem.Mol, value: float) -> str:
    text = (row.get("lambda_max_nm") or "").strip()
    absorbs = float(text) if text else None
    return f"it absorbs at {absorbs:g} nm and emits at {value:g} nm" if absorbs is not None and value < absorbs - _STOKES_MARGIN else ""


def _vapour_of_a_solid(row: Row, mol: Chem.Mol, value: float) -> str:
    melts = _known("melting_point", mol)
    hot = melts is not None and melts > 100.0
    return f"a vapour pressure of {10.0**value:.3g} Pa at 25 °C of a solid that melts at {melts:g} °C" if hot and value > 3.0 else ""


_CHECKS: dict[str, Callable[[Row, Chem.Mol, float], str]] = {
    "boils above it melts": _boils_above_melting,
    "boils too low": _boils_too_low,
    "boils above it flashes": _boils_above_flash,
    "liquid": _liquid,
    "density": _density,
    "refraction": _refraction,
    "emits below absorption": _emits_below_absorption,
    "vapour of a solid": _vapour_of_a_solid,
}


def _total_permittivity(row: Row) -> float:
    """Dipoles and electrons together: a simulation with fixed charges gives 1 + what the dipoles do; the electrons' part is the square of the index."""
    return float(row["static_dielectric_const"]) + float(row["refractive_index"]) ** 2 - 1.0


#: Values that are made from several columns. Each raises ValueError where one of them is no number.
DERIVED: dict[str, Callable[[Row], float]] = {"total permittivity": _total_permittivity}
