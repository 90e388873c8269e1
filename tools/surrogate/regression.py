"""The surrogate as a regression: what it makes of a quantity that was computed for some structures and not for others, with an error that holds.

The Gaussian process of the optimiser (:mod:`tools.surrogate.process`), on the values as they are. Its error is scaled so that nine of ten
computed values lie in the 90 % interval that it gives when it has not learnt from them (leave-one-out).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rdkit import Chem, DataStructs, rdBase

from tools.structures.similarity import morgan_fingerprint
from tools.surrogate.features import Features, block, features
from tools.surrogate.process import Surrogate

#: Fewer values than this teach it nothing.
ENOUGH = 8
#: At most so many are learnt from, the last ones.
MOST = 900
#: Fewer values than this cannot show that the process overstates its error.
MANY = 20
#: Its error is never taken for less than this part of what the process says.
LEAST = 0.3
#: Significant digits of what it says, so that the last bits of a sum decide nothing.
DIGITS = 4


@dataclass(frozen=True)
class Estimate:
    """What the surrogate makes of one structure.

    Attributes:
        value, sigma: mean and one standard deviation, in the unit of the values.
        nearest: place of the most similar structure that it learnt from; ``similarity`` (Tanimoto, 0 to 1) to it.
    """

    value: float
    sigma: float
    nearest: int
    similarity: float


class Regression:
    """Learns a quantity from ``known``: (SMILES, value) of structures that can be read. Deterministic for given data and order."""

    def __init__(self, known: Sequence[tuple[str, float]]) -> None:
        self._known = known[-MOST:]
        self._first = len(known) - len(self._known)
        with rdBase.BlockLogs():
            mols = [Chem.MolFromSmiles(smiles) for smiles, _ in self._known]
        values = np.array([value for _, value in self._known], dtype=np.float64)
        self._prints = [morgan_fingerprint(mol) for mol in mols]
        self._process = Surrogate(logarithms=False)
        self._process.fit(block([features(mol) for mol in mols]), values)
        errors, deviations = self._process.left_out()
        share = min(1.0, 0.9 * (len(values) + 1) / len(values))  # as for a structure that is one more of the same kind
        nine_of_ten = float(np.quantile(np.abs(errors / deviations), share)) / 1.645
        self._factor = max(nine_of_ten, 1.0 if len(values) < MANY else LEAST)
        #: Root mean square of the leave-one-out errors, in the unit of the values.
        self.error = _rounded(float(np.sqrt(np.mean(self._process.in_units(errors, errors)[1] ** 2))))

    def estimates(self, asked: Sequence[str]) -> list[Estimate]:
        """One for each SMILES of ``asked``, all of which can be read; [] for none."""
        if not asked:
            return []
        with rdBase.BlockLogs():
            mols = [Chem.MolFromSmiles(smiles) for smiles in asked]
        seen: list[Features] = [features(mol) for mol in mols]
        found = []
        for begin in range(0, len(seen), 500):
            means, deviations = self._process.in_units(*self._process.predict(block(seen[begin : begin + 500])))
            for mol, mean, deviation in zip(mols[begin : begin + 500], means, deviations, strict=True):
                near = np.array(DataStructs.BulkTanimotoSimilarity(morgan_fingerprint(mol), self._prints))
                place = int(near.argmax())
                sigma = _rounded(float(deviation) * self._factor)
                found.append(Estimate(_rounded(float(mean)), sigma, place + self._first, round(float(near[place]), 3)))
        return found


def can_learn(values: Sequence[float]) -> bool:
    """Whether there are enough values, in whatever unit, and not all the same."""
    return len(values) >= ENOUGH and max(values) > min(values)


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
