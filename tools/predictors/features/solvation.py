"""What a solvent does to an absorption band: polarity scales of solvents, the dipoles of a conjugated system, and both together.

The colour of a dye moves with its solvent because the solvent holds the ground and the excited state by different energies. In the picture of Lippert
(Z. Elektrochem. 1957, 61, 962) and Mataga (Bull. Chem. Soc. Jpn. 1956, 29, 465) that is the dipole moment of the ground state times the change on excitation,
times a function of the solvent's permittivity and refractive index, over the volume; hydrogen bonds to the ends of the system come on top. Betaines have
their charge in the ground state and lose it on excitation, so that polar solvents shift them to shorter wavelengths; push-pull dyes go the other way.

Dipoles come from the Hückel charges and orbitals of :mod:`pi_system` on the atoms of a flat drawing, so they are rough, in units of the electron's charge
times Å; the models learn the scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdDepictor

from core import data
from tools.predictors.features.pi_system import System
from tools.predictors.features.solvent import FILM, GAS, solvent_descriptors
from tools.predictors.features.table import FAR, MoleculeTable, finite

FloatArray = NDArray[np.float32]

#: Gaps below this, in |β|, are taken as this, so that the squared inverse stays within bounds.
SMALLEST_GAP = 0.2
#: Solvent: (permittivity - 1) / (2 permittivity + 1), the same of the index squared, their difference, hydrogen-bond acidity and basicity.
_SCALES = ("orientation", "induction", "polarity", "acidity", "basicity", "estimated")
_DYE = (
    "dipole",
    "dipole_change",
    "dipole_product",
    "dipole_change_along",
    "acceptor_charge",
    "acceptor_change",
    "donor_change",
    "charge_pairs",
    "charge_distance",
    "zwitterion",
    "betaine",
)
_BOTH = (
    "lippert",
    "polarised",
    "dispersion",
    "acid_on_acceptor",
    "acid_on_charge",
    "base_on_donor",
    "zwitterion_in_polarity",
    "zwitterion_in_acid",
)


class Scales(NamedTuple):
    """What a solvent is, dimensionless: see ``_SCALES``; ``estimated``: 1 where the solvent is not in the table and the nearest one's are taken."""

    orientation: float
    induction: float
    polarity: float
    acidity: float
    basicity: float
    estimated: float


def solvation_names() -> tuple[str, ...]:
    """Names of the entries of :func:`solvation_features`, in order."""
    return (*scale_names(), "scale_estimated", *dye_names(), *interaction_names())


def scale_names() -> tuple[str, ...]:
    """Names of the columns with the solvent's scales."""
    return tuple(f"scale_{name}" for name in _SCALES[:-1])


def dye_names() -> tuple[str, ...]:
    """Names of the columns of the dye that do not depend on the solvent."""
    return tuple(f"solvation_{name}" for name in _DYE)


def interaction_names() -> tuple[str, ...]:
    """Names of the columns that depend on dye and solvent."""
    return tuple(f"solvation_{name}" for name in _BOTH)


@lru_cache(maxsize=1)
def _table() -> dict[str, Scales]:
    """The Minnesota Solvent Descriptor Database (Winget, Dolney, Giesen, Cramer, Truhlar, University of Minnesota, 2010), by canonical SMILES."""
    rows = data.rows("tools.predictors.features", "solvent_scales.tsv")
    found = {}
    for row in rows:
        orientation, induction = (_onsager(float(row["permittivity"])), _onsager(float(row["index"]) ** 2))
        found[Chem.CanonSmiles(row["smiles"])] = Scales(
            orientation, induction, orientation - induction, float(row["acidity"]), float(row["basicity"]), 0.0
        )
    return found


def _onsager(permittivity: float) -> float:
    return (permittivity - 1.0) / (2.0 * permittivity + 1.0)


@lru_cache(maxsize=1024)
def scales_of(solvent: str) -> Scales:
    """The scales of ``solvent`` (canonical SMILES, 'film' or 'gas'), dimensionless.

    A gas has none of them, all 0; of a film, which is the dye itself, they are not known and 0 as well, with ``estimated`` 1. A solvent that is not in the table
    gets those of the one whose descriptors are nearest.
    """
    if solvent in (GAS, FILM):
        return Scales(0.0, 0.0, 0.0, 0.0, 0.0, float(solvent == FILM))
    table = _table()
    if solvent in table:
        return table[solvent]
    names, rows, spread = _known_descriptors()
    away = (((rows - solvent_descriptors(solvent).astype(np.float64)) / spread) ** 2).sum(axis=1)
    return table[names[int(away.argmin())]]._replace(estimated=1.0)


@lru_cache(maxsize=1)
def _known_descriptors() -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Solvents of the table, their descriptors (solvents, descriptors), and the spread of each."""
    names = tuple(sorted(_table()))
    rows = np.array([solvent_descriptors(name) for name in names], dtype=np.float64)
    return names, rows, np.maximum(rows.std(axis=0), 1e-6)


def charge_pairs(table: MoleculeTable) -> tuple[int, float]:
    """Number of atoms with a positive and as many with a negative charge that are no neighbours, and the largest distance between two such, in bonds.

    A nitro group, an N-oxide, an azide or a boron complex carry charges side by side and count as none; (0, 0) for a structure without any, never unknown.
    """
    charges = table.charges
    lone = [i for i, q in enumerate(charges) if q and not any(charges[n] * q < 0 for n in table.neighbours[i])]
    positive = [i for i in lone if charges[i] > 0]
    negative = [i for i in lone if charges[i] < 0 and table.numbers[i] != 5]
    pairs = min(len(positive), len(negative))
    if not pairs:
        return 0, 0.0
    apart = table.distance[np.ix_(positive, negative)]
    apart = apart[apart < FAR]
    return (pairs, float(apart.max())) if apart.size else (0, 0.0)


def _betaine(table: MoleculeTable) -> bool:
    """Whether both charges of a zwitterion stand in conjugation, as in a merocyanine; a carboxylate or sulfonate that hangs on a dye is none of it."""
    conjugated = {i for bond in table.bonds if bond.conjugated for i in (bond.a, bond.b)}
    double = {
        i: {n for a, b, order, _ in table.bonds if order == 2.0 for n in ((b,) if a == i else (a,) if b == i else ())} for i in conjugated
    }
    lone = [i for i in conjugated if table.charges[i] and not any(table.charges[n] * table.charges[i] < 0 for n in table.neighbours[i])]
    acid = {i for i in lone if any(table.numbers[m] == 8 for n in table.neighbours[i] for m in double.get(n, ()))}
    return any(table.charges[i] > 0 for i in lone) and any(table.charges[i] < 0 and table.numbers[i] != 5 and i not in acid for i in lone)


def dye_features(table: MoleculeTable, system: System | None) -> NDArray[np.float64]:
    """The part that does not depend on the solvent: entries ``_DYE``, the squared inverse gap and the size, shape (len(_DYE) + 2,).

    ``system``: the one with the smallest gap; None: a structure without conjugation, of which only the charges are described.
    """
    pairs, apart = charge_pairs(table)
    charged = [pairs, apart, float(pairs > 0), float(pairs > 0 and _betaine(table))]
    if system is None:
        return np.array([0.0] * (len(_DYE) - len(charged)) + charged + [0.0, 1.0])
    place = _positions(table.mol)
    charge = np.array(table.charges, dtype=np.float64)
    charge[system.atoms] = system.net_charges([table.charges[i] for i in system.atoms])
    change = system.density(system.homo) - system.density(system.lumo)
    centre = place[system.atoms].mean(axis=0)
    ground = charge @ (place - centre)
    moved = change @ (place[system.atoms] - centre)
    size = max(float(np.linalg.norm(ground)), 1e-6)
    hetero = np.array([table.numbers[i] in (7, 8, 16) for i in system.atoms])
    bare = np.array([table.hydrogens[i] == 0 for i in system.atoms])
    inner = charge[system.atoms]
    product = float(ground @ moved)
    row = [
        float(np.linalg.norm(ground)),
        float(np.linalg.norm(moved)),
        product,
        product / size,
        float(inner[hetero & bare].clip(max=0.0).sum()),
        float(change[hetero & bare].sum()),
        float(change[hetero & ~bare].sum()),
    ]
    return np.array([*row, *charged, 1.0 / max(system.gap, SMALLEST_GAP) ** 2, float(len(table))])


def solvation_features(dye: NDArray[np.float64], solvent: str) -> FloatArray:
    """Features of a dye (:func:`dye_features`) in ``solvent``, shape (len(solvation_names()),). Never NaN or infinite."""
    s = scales_of(solvent)
    both = interactions(dict(zip((*_DYE, "stretch", "atoms"), dye, strict=True)), s)
    return finite(np.array([*s, *dye[: len(_DYE)], *both], dtype=np.float32))


def interactions(dye: Mapping[str, Any], scales: Scales) -> list[Any]:
    """The entries ``_BOTH`` of dyes in a solvent: of one dye numbers, of several arrays, as ``dye`` (by the names of ``_DYE``, "stretch" and "atoms") has them."""
    stretch, zwitterion = dye["stretch"], dye["zwitterion"]
    return [
        scales.polarity * dye["dipole_product"] * stretch / dye["atoms"],
        scales.induction * dye["dipole_change"] ** 2 * stretch / dye["atoms"],
        scales.induction * stretch,
        scales.acidity * dye["acceptor_change"] * stretch,
        scales.acidity * dye["acceptor_charge"] * stretch,
        scales.basicity * dye["donor_change"] * stretch,
        zwitterion * scales.orientation * stretch,
        zwitterion * scales.acidity * stretch,
    ]


def _positions(mol: Chem.Mol) -> NDArray[np.float64]:
    """Coordinates of the atoms in a flat drawing, Å, shape (atoms, 2)."""
    flat = Chem.Mol(mol)
    rdDepictor.Compute2DCoords(flat)
    found: Sequence[Sequence[float]] = flat.GetConformer().GetPositions()
    return np.asarray(found, dtype=np.float64)[:, :2]
