"""The calibration of quantum chemistry: reference values, raw values of the method, and the straight lines between them.

    python -m evals.quantum_calibration [--only NAME ...] [--qm9 FILE] [--henry FILE] [--dipoles FILE]

Measured ionisation energies, electron affinities and bond energies, and coupled-cluster triplet energies, lie in ``evals/data/quantum`` with the source of each row. What is too large
or not ours to ship is read from a file: QM9 (columns ``SMILES``, ``HOMO_au``, ``LUMO_au``; orbitals), Sander's Henry constants (``smiles``,
``h_cp_mol_m3_pa``; hydration), dipole moments (``smiles``, ``dipole_moment`` in D). A line whose file is not given stays as it is. Raw values are kept in the file
that ``--keep`` names, so that a second run goes on where the first was stopped. Single-threaded: set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.errors import UsageError
from tools.calculators.quantum.bonds import broken, pair_of
from tools.calculators.quantum.calculators import dipole_line, unfit
from tools.calculators.quantum.calibration import FILE, Line, lines
from tools.calculators.quantum.electronic import electronic, triplet_gap
from tools.calculators.quantum.geometry import NoGeometry, embedded, frame_of, relaxed
from tools.calculators.quantum.solvation import solvation
from tools.calculators.quantum.tight_binding import EV_PER_HARTREE, NotConverged, installed

TABLES = Path(__file__).resolve().parent / "data" / "quantum"
LINES = Path(__file__).resolve().parent.parent / "tools" / "calculators" / "quantum" / FILE
SEED, SAMPLE, LARGEST = 0, 400, 16
#: Gas constant in kcal/(mol K), in J/(mol K), and the temperature in K.
R_KCAL, R_J, KELVIN = 0.00198720426, 8.31446262, 298.15
#: Reference values of a pair of elements from which its own offset is taken; bonds of rarer pairs have no line.
FEWEST = 2
#: So many values count the errors of all pairs of elements as much as those of a pair itself.
PRIOR = 4
#: Raw LUMO energy in eV from which an unoccupied orbital is no π orbital; there the line has another slope.
KNEE = -5.0

#: What is another substance in water: formaldehyde is a diol there.
REACTS = ("C=O",)

#: What the reference values of each property are, as docs/quantum.md prints it.
REFERENCES = {
    "homo": "B3LYP/6-31G(2df,p): QM9 (10.1038/sdata.2014.22) and conjugated molecules by PySCF",
    "lumo": "B3LYP/6-31G(2df,p): QM9 (10.1038/sdata.2014.22) and conjugated molecules by PySCF",
    "orbital_gap": "B3LYP/6-31G(2df,p): QM9 (10.1038/sdata.2014.22) and conjugated molecules by PySCF",
    "ionisation_energy": "measured, NIST (10.1021/acs.jctc.6b01150 and CCCBDB)",
    "electron_affinity": "measured, adiabatic (10.1063/1.446438, 10.1139/v89-249 and others)",
    "dipole_moment": "measured, NIST CCCBDB",
    "hydration_free_energy": "measured Henry constants (Sander, Atmos. Chem. Phys. 2023, 23, 10901)",
    "triplet_energy": "coupled cluster, QUESTDB (10.1002/wcms.1517)",
}
BOND_REFERENCE = "measured enthalpies of formation, ATcT 1.112; with S, Si, P those of the G2/97 set (10.1063/1.477422)"

#: LUMO energies below and HOMO energies above these (eV) are those of acceptors and donors.
ACCEPTOR, DONOR = -2.0, -5.4

Row = tuple[Any, ...]
Pair = tuple[float, float]
"""Raw value and reference value."""


def fit(
    pairs: Sequence[Pair],
    reference: str,
    *,
    slope: float | None = None,
    sigma: float | None = None,
    same: bool = True,
    knee: float | None = None,
) -> Line:
    """The least-squares line through ``pairs``; ``slope``: not fitted; ``sigma``: taken from elsewhere; ``same``: raw and reference value mean the same;
    ``knee``: where the line may change its slope, in the unit of the raw values.

    ValueError for fewer than two pairs.
    """
    raw, wanted = np.array(pairs, dtype=float).T
    if len(raw) < 2:
        raise ValueError("a line needs two reference values")
    columns = [raw] if knee is None else [np.minimum(raw, knee), np.maximum(raw - knee, 0.0)]
    design = np.column_stack([*([] if slope is not None else columns), np.ones(len(raw))])
    target = wanted - slope * raw if slope is not None else wanted
    weights = np.linalg.lstsq(design, target, rcond=None)[0]
    leverage = np.einsum("ij,jk,ik->i", design, np.linalg.pinv(design.T @ design), design)
    left_out = (target - design @ weights) / np.maximum(1 - leverage, 1e-9)
    return Line(
        slope=slope if slope is not None else float(weights[0]),
        intercept=float(weights[-1]),
        sigma=sigma if sigma is not None else float(np.quantile(np.abs(left_out), 0.9)) / 1.645,
        n=len(raw),
        mean=float(raw.mean()),
        spread=float(((raw - raw.mean()) ** 2).sum()) if slope is None else 1e12,
        low=float(raw.min()),
        high=float(raw.max()),
        rmse=float(np.sqrt((left_out**2).mean())),
        mae=float(np.abs(left_out).mean()),
        reference=reference,
        raw_rmse=float(np.sqrt(((wanted - raw) ** 2).mean())) if same else None,
        knee=knee,
        slope_above=None if knee is None else float(weights[1]),
    )


def table(name: str) -> list[dict[str, str]]:
    """The rows of a shipped table of reference values."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


class Raw:
    """Raw values by what they are of; each is computed once and kept in a file, if one is named."""

    def __init__(self, kept: Path | None) -> None:
        self.kept = kept
        self.values: dict[str, dict[str, float] | None] = (
            json.loads(kept.read_text(encoding="utf-8")) if kept is not None and kept.exists() else {}
        )
        self.saved = time.monotonic()

    def of(self, what: str, smiles: str) -> Mapping[str, float]:
        """Raw values of a structure, each in the unit of its property; {} where there are none."""
        key = f"{what} {smiles}"
        if key not in self.values:
            try:
                self.values[key] = _computed(what, smiles)
            except (NoGeometry, NotConverged, ValueError) as error:
                print(f"{key}: {error}", file=sys.stderr)
                self.values[key] = None
            if self.kept is not None and time.monotonic() - self.saved > 20:
                self.save()
        return self.values[key] or {}

    def save(self) -> None:
        """Write what has been computed."""
        if self.kept is not None:
            self.kept.write_text(json.dumps(self.values), encoding="utf-8")
            self.saved = time.monotonic()


def _computed(what: str, smiles: str) -> dict[str, float]:
    if what == "bond":
        return {"bond": _broken(smiles)}
    mol = Chem.MolFromSmiles(smiles)
    reason = "cannot be read" if mol is None else unfit(mol, "molecule")
    if reason:
        raise ValueError(reason)
    if what == "triplet":
        return {"triplet_energy": triplet_gap(smiles)}
    if what == "hydration":
        return {"hydration_free_energy": solvation(smiles, "water")}
    begun = time.monotonic()
    found = electronic(smiles)
    return {
        "homo": found.homo,
        "lumo": found.lumo,
        "ionisation_energy": found.ionisation,
        "electron_affinity": found.affinity,
        "dipole_moment": found.dipole,
        "seconds": time.monotonic() - begun,
        "heavy_atoms": float(mol.GetNumHeavyAtoms()),
    }


def marked(smiles: str) -> tuple[Chem.Mol, int, int]:
    """A molecule with its hydrogen atoms, and the index of the atoms that carry the marks 1 and 2 in ``smiles``; never without them."""
    settings = Chem.SmilesParserParams()
    settings.removeHs = False
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles, settings))
    first, second = (next(a.GetIdx() for a in mol.GetAtoms() if a.GetAtomMapNum() == n) for n in (1, 2))
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(0)
    return mol, first, second


def _broken(smiles: str) -> float:
    mol, i, j = marked(smiles)
    mol = embedded(mol)
    frame, energy = relaxed(frame_of(mol))
    return broken(mol, frame, energy, i, j).energy


def from_tables(raw: Raw) -> Iterator[tuple[str, Line]]:
    """The lines of what ships with its reference values."""
    for name, what in (("ionisation_energy", "electrons"), ("electron_affinity", "electrons"), ("triplet_energy", "triplet")):
        pairs = [(found[name], float(row["value"])) for row in table(name) if (found := raw.of(what, row["smiles"]))]
        yield name, fit(pairs, REFERENCES[name])
    yield from bond_lines([(row["smiles"], float(row["value"])) for row in table("bond_energy")], raw)


def bond_lines(rows: Sequence[tuple[str, float]], raw: Raw) -> Iterator[tuple[str, Line]]:
    """A line of one common slope for each pair of elements with at least ``FEWEST`` reference values (kcal/mol).

    The error of a pair lies between its own and that of all pairs together, nearer to its own the more values it has.
    """
    by_pair: dict[str, list[Pair]] = {}
    for smiles, value in rows:
        found = raw.of("bond", smiles)
        if found:
            by_pair.setdefault(pair_of(*marked(smiles)), []).append((found["bond"], value))
    many = {pair: np.array(pairs) for pair, pairs in by_pair.items() if len(pairs) >= FEWEST}
    inside = np.concatenate([values - values.mean(axis=0) for values in many.values()])
    slope = float((inside[:, 0] * inside[:, 1]).sum() / (inside[:, 0] ** 2).sum())
    left_out = {pair: _left_out(values, slope) for pair, values in many.items()}
    together = float((np.concatenate(list(left_out.values())) ** 2).mean())
    for pair in sorted(many):
        squares = left_out[pair] ** 2
        sigma = math.sqrt((PRIOR * together + float(squares.sum())) / (PRIOR + len(squares)))
        yield f"bond {pair}", fit(by_pair[pair], BOND_REFERENCE, slope=slope, sigma=sigma)


def _left_out(values: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
    residuals = values[:, 1] - slope * values[:, 0]
    return np.asarray((residuals - residuals.mean()) * len(values) / (len(values) - 1), dtype=np.float64)


def sampled(rows: Sequence[Row], most: int = SAMPLE) -> list[Row]:
    """At most ``most`` of ``rows`` (SMILES first) that the method has an answer for and that have carbon and at most 16 heavy atoms, by a fixed seed; [] of none."""
    kept: list[Row] = []
    for n in np.random.default_rng(SEED).permutation(len(rows)):
        mol = Chem.MolFromSmiles(rows[n][0])
        if mol is None or unfit(mol, "molecule", LARGEST) or not any(a.GetAtomicNum() == 6 for a in mol.GetAtoms()):
            continue
        kept.append((Chem.MolToSmiles(mol), *rows[n][1:]))
        if len(kept) == most:
            break
    return kept


def orbitals(file: Path, raw: Raw) -> Iterator[tuple[str, Line]]:
    """The lines of HOMO, LUMO and gap (eV) from a file of QM9 and the table of conjugated molecules; the gap's is over the difference of the other two.

    Most of QM9 is saturated, so half of the sample is of molecules with a low LUMO or a high HOMO.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [(r["SMILES"], float(r["HOMO_au"]) * EV_PER_HARTREE, float(r["LUMO_au"]) * EV_PER_HARTREE) for r in csv.DictReader(opened)]
    acceptors, donors = [r for r in rows if r[2] < ACCEPTOR], [r for r in rows if r[1] > DONOR]
    taken = {r[0]: r for part, most in ((rows, SAMPLE // 2), (acceptors, SAMPLE // 4), (donors, SAMPLE // 4)) for r in sampled(part, most)}
    taken |= {r["smiles"]: (r["smiles"], float(r["homo"]), float(r["lumo"])) for r in table("conjugated_orbitals")}
    known = [(found, homo, lumo) for smiles, homo, lumo in taken.values() if (found := raw.of("electrons", smiles))]
    lines_of = {
        "homo": fit([(found["homo"], homo) for found, homo, _ in known], REFERENCES["homo"], same=False),
        "lumo": fit([(found["lumo"], lumo) for found, _, lumo in known], REFERENCES["lumo"], same=False, knee=KNEE),
    }
    gaps = [(lines_of["lumo"](found["lumo"])[0] - lines_of["homo"](found["homo"])[0], lumo - homo) for found, homo, lumo in known]
    yield from lines_of.items()
    yield "orbital_gap", fit(gaps, REFERENCES["orbital_gap"])


def hydration(file: Path, raw: Raw) -> Iterator[tuple[str, Line]]:
    """The line of the hydration free energy from a file of Henry's constants; substances with four values that agree within 0.3 log units."""
    with file.open(encoding="utf-8", newline="") as opened:
        by_smiles: dict[str, list[float]] = {}
        for row in csv.DictReader(opened):
            if float(row["h_cp_mol_m3_pa"] or 0) > 0:
                by_smiles.setdefault(row["smiles"], []).append(math.log(float(row["h_cp_mol_m3_pa"]) * R_J * KELVIN))
    agreed = [
        (s, str(-R_KCAL * KELVIN * float(np.median(v))))
        for s, v in sorted(by_smiles.items())
        if len(v) >= 4 and np.std(v, ddof=1) < 0.3 * math.log(10)
    ]
    pairs = [
        (found["hydration_free_energy"], float(value))
        for smiles, value in sampled(agreed)
        if smiles not in REACTS and (found := raw.of("hydration", smiles))
    ]
    yield "hydration_free_energy", fit(pairs, REFERENCES["hydration_free_energy"])


def dipoles(file: Path, raw: Raw) -> Iterator[tuple[str, Line]]:
    """The lines of the dipole moment (D) from a file of measured ones."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = sampled([(r["smiles"], r["dipole_moment"]) for r in csv.DictReader(opened)])
    pairs: dict[str, list[Pair]] = {}
    for smiles, value in rows:
        found = raw.of("electrons", smiles)
        if found:
            pairs.setdefault(dipole_line(smiles), []).append((found["dipole_moment"], float(value)))
    for name, some in pairs.items():
        yield name, fit(some, REFERENCES["dipole_moment"])


def written(found: Mapping[str, Line]) -> str:
    """The lines as the file that the calculators read; never empty."""
    parts = ["# Written by python -m evals.quantum_calibration; tools/calculators/quantum/calibration.py says what each number is.\n"]
    for name in sorted(found):
        fields = {k: v for k, v in asdict(found[name]).items() if v is not None}
        rows = [f"{key} = {json.dumps(value) if isinstance(value, str) else f'{value:.6g}'}" for key, value in fields.items()]
        parts.append(f'["{name}"]\n' + "\n".join(rows) + "\n")
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Fit the lines and write them; returns the exit code, 2 where tblite is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--qm9", type=Path, default=None)
    parser.add_argument("--henry", type=Path, default=None)
    parser.add_argument("--dipoles", type=Path, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="file in which raw values are kept from run to run")
    given = parser.parse_args(arguments)
    if not installed():
        raise UsageError("tblite is not installed: pip install 'molwright[quantum]'")
    raw = Raw(given.keep)
    found = dict(lines()) if LINES.exists() else {}
    found = {name: line for name, line in found.items() if not name.startswith("bond ")}
    found.update(from_tables(raw))
    for file, read in ((given.qm9, orbitals), (given.henry, hydration), (given.dipoles, dipoles)):
        if file is not None:
            found.update(read(file, raw))
    raw.save()
    LINES.write_text(written(found), encoding="utf-8")
    for name in sorted(found):
        line = found[name]
        print(
            f"{name:24s} n {line.n:4d}  slope {line.slope:6.3f}  intercept {line.intercept:7.3f}  RMSE {line.rmse:.3f}  MAE {line.mae:.3f}  sigma {line.sigma:.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
