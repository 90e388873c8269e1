"""How strong the correction for selection must be on structures that nobody has measured: one model picks, another judges.

Run ``python -m tools.ranking.model_disagreement --data FILE.csv --smiles COLUMN --target COLUMN --pool FILE.smi``. Two models are trained on
disjoint halves of the data. Each picks the ten best of pools of unmeasured structures; the mean that the other predicts for them is an
unbiased stand-in for the truth, because its errors are independent of the choice. From both follows the strength that would have
corrected the first (see ``tools.evaluation.selection``).
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator
from rdkit.rdBase import BlockLogs

from core.errors import UsageError
from core.seeding import generator
from tools.calculators.descriptors import compute_descriptors

Array = NDArray[np.float64]

PICKED = 10
DESCRIPTORS = ("logp", "molar_refractivity", "tpsa", "molecular_weight", "hbd", "hba", "rotatable_bonds", "aromatic_rings", "fraction_csp3")
_PARAMETERS = {
    "objective": "regression",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "num_threads": 1,
    "verbose": -1,
    "seed": 0,
    "deterministic": True,
}


@dataclass(frozen=True)
class Pick:
    """The ten best of pools of ``size``, highest (``sign`` 1) or lowest (-1): mean by the model that picked and by the judge, in the unit
    of the target, and the strength that would have taken the first to the second (None where no shrinkage can)."""

    size: int
    sign: int
    picker: float
    judge: float
    strength: float | None


def describe(smiles: Sequence[str]) -> tuple[NDArray[np.float32], list[int]]:
    """Morgan counts and a few descriptors of the structures that can be used, and their positions; salts and single atoms are left out.

    Shape (n, 1024 + descriptors), and the index in ``smiles`` of each row; both empty where none can be used.
    """
    fingerprints = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=1024)
    rows, positions = [], []
    for position, text in enumerate(smiles):
        with BlockLogs():
            mol = Chem.MolFromSmiles(text)
        if mol is None or mol.GetNumHeavyAtoms() < 2 or len(Chem.GetMolFrags(mol)) > 1:
            continue
        counts = fingerprints.GetCountFingerprintAsNumPy(mol).astype(np.float32)
        rows.append(np.concatenate([counts, np.array(list(compute_descriptors(DESCRIPTORS, mol).values()), dtype=np.float32)]))
        positions.append(position)
    return (np.array(rows, dtype=np.float32) if rows else np.zeros((0, 1024 + len(DESCRIPTORS)), dtype=np.float32)), positions


def compare(
    x: NDArray[np.float32], y: Array, pool: NDArray[np.float32], sizes: Sequence[int], *, draws: int = 30, rounds: int = 300
) -> list[Pick]:
    """Picks in both directions by each of the two models. ``x`` (n, d) and ``y`` (n,) in random order; ``pool`` (p, d).

    Values are in the unit of ``y``. Raises LightGBMError for data that it cannot use.
    """
    import lightgbm

    half = len(y) // 2
    parts = (slice(0, half), slice(half, None))
    models = [lightgbm.train(_PARAMETERS, lightgbm.Dataset(x[part], y[part]), rounds) for part in parts]
    found = []
    for first, second, held_out in ((0, 1, parts[1]), (1, 0, parts[0])):
        error = float(np.mean((np.asarray(models[first].predict(x[held_out])) - y[held_out]) ** 2))
        mean, variance = float(y[held_out].mean()), float(y[held_out].var())
        picks, judges = np.asarray(models[first].predict(pool)), np.asarray(models[second].predict(pool))
        numbers = np.random.default_rng(generator(0, "two_models", first, "draws").getrandbits(64))
        for sign in (1, -1):
            for size in sizes:
                picker, judge = _top(picks, judges, size, sign, draws if size < len(pool) else 1, numbers)
                found.append(Pick(size, sign, picker, judge, implied_strength(picker, judge, mean, variance, error)))
    return found


def _top(picks: Array, judges: Array, size: int, sign: int, draws: int, numbers: np.random.Generator) -> tuple[float, float]:
    chosen, judged = [], []
    for _ in range(draws):
        rows = numbers.choice(len(picks), size=min(size, len(picks)), replace=False)
        best = rows[np.argsort(-sign * picks[rows], kind="stable")[:PICKED]]
        chosen.append(picks[best].mean())
        judged.append(judges[best].mean())
    return float(np.mean(chosen)), float(np.mean(judged))


def implied_strength(picker: float, judge: float, mean: float, variance: float, error: float) -> float | None:
    """The strength with which ``picker`` shrinks to ``judge`` under a prior (mean, variance) and a squared error; None if none does.

    The strength is dimensionless; the others are in the unit of the values, variance and error in its square.
    """
    if picker == mean or error <= 0:
        return None
    reliability = (judge - mean) / (picker - mean)
    return (1.0 / reliability - 1.0) * variance / error if reliability > 0 else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and the median strength (dimensionless); returns 0. Raises UsageError where too few structures can be used."""
    parser = argparse.ArgumentParser(prog="python -m tools.ranking.model_disagreement", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="CSV file of measured values")
    parser.add_argument("--smiles", default="smiles", help="its column of structures")
    parser.add_argument("--target", required=True, help="its column of values")
    parser.add_argument("--pool", type=Path, required=True, help="unmeasured structures, one SMILES a line")
    parser.add_argument("--rows", type=int, default=8000, help="most rows to train on")
    parser.add_argument("--size", type=int, default=6000, help="size of the largest pool")
    options = parser.parse_args(arguments)
    shuffler = generator(0, "two_models", 0, str(options.target))
    with options.data.open(encoding="utf-8", newline="") as file:
        table = [(row[options.smiles], float(row[options.target])) for row in csv.DictReader(file)]
    lines = [line.split()[0] for line in options.pool.read_text(encoding="utf-8").splitlines() if line.strip()]
    shuffler.shuffle(table)
    shuffler.shuffle(lines)
    x, kept = describe([smiles for smiles, _ in table[: options.rows]])
    pool, _ = describe(lines[: options.size])
    if len(kept) < 4 * PICKED or len(pool) < PICKED:
        raise UsageError("too few usable structures in the data or the pool")
    picks = compare(x, np.array([table[i][1] for i in kept]), pool, [100, 1000, len(pool)])
    for pick in picks:
        strength = "none" if pick.strength is None else f"{pick.strength:.2f}"
        print(
            f"{'highest' if pick.sign > 0 else 'lowest':8} of {pick.size:5d}: picked {pick.picker:8.2f} judged {pick.judge:8.2f} strength {strength}"
        )
    strengths = [pick.strength for pick in picks if pick.strength is not None]
    print(f"median strength {float(np.median(strengths)):.2f}" if strengths else "no strength")
    return 0


if __name__ == "__main__":
    sys.exit(main())
