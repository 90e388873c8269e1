"""What the optimiser of `molwright optimise` costs: threads of its Gaussian process, and memory."""

from __future__ import annotations

from pathlib import Path

from evals.performance.process import run
from evals.performance.row import Row

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: Fits the surrogate to 600 compounds that ship, six times.
_FIT = """
from tools.surrogate.process import Surrogate
from tools.surrogate.features import block, features
import numpy
from rdkit import Chem
from tools.proposers.library.known import known_compounds
mols = [Chem.MolFromSmiles(k.smiles) for k in known_compounds()[:600]]
rows, scores = block([features(m) for m in mols]), numpy.array([m.GetNumHeavyAtoms() / 30 for m in mols])
surrogate = Surrogate()
for _ in range(6):
    surrogate.fit(rows, scores)
"""
#: An optimisation of 3,000 scores, of which the sum of atoms of a kind is the scorer: it asks for what there is, round by round.
_OPTIMISE = """
from rdkit import Chem
from tools.optimise.optimiser import Optimiser
from tools.proposers.library.known import known_compounds
optimiser = Optimiser([k.smiles for k in known_compounds()], budget=3000)
while optimiser.archive.told < 3000:
    asked = optimiser.ask()
    if not asked:
        break
    mols = [Chem.MolFromSmiles(smiles) for smiles in asked]
    optimiser.tell(asked, [sum(a.GetAtomicNum() == 7 for a in m.GetAtoms()) / (1 + m.GetNumAtoms()) for m in mols])
"""


def _threads(tree: Path) -> float:
    """Processor seconds where the environment says nothing of threads, over those with one thread: the least of three each."""
    free = [run(tree, ["-c", _FIT], variables=dict.fromkeys(_THREADS)).seconds for _ in range(3)]
    one = [run(tree, ["-c", _FIT], variables=dict.fromkeys(_THREADS, "1")).seconds for _ in range(3)]
    return min(free) / min(one)


def _memory(tree: Path) -> float:
    return run(tree, ["-c", _OPTIMISE]).peak


ROWS = (
    Row("one-thread", 30, "fits of the surrogate in a fresh process, over the same with one thread", "", 1.2, _threads, earlier="3–9"),
    Row("optimise-memory", 70, "peak memory of an optimisation of 3,000 scores", "MB", 350, _memory, earlier="555–880 MB"),
)
