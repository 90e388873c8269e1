"""What PMO counts: every new canonical SMILES is one call; the figure is the area under the curve of the mean of the ten best.

Definition: Gao et al. 2022, arXiv 2206.12411, and its code (wenhao-gao/mol_opt, ``main/utils/metrics.py`` in spirit): trapezoids every 100
calls from height 0, padded with the last height when the run ends early, divided by the budget.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from evals.benchmarks.pmo.oracles import Score

BUDGET = 10_000
STEP = 100


@dataclass
class Ledger:
    """Scores SMILES at the price of one call for each new canonical one.

    Attributes:
        score: the oracle.
        budget: calls that may be spent.
        smiles, scores: what was paid for, in order.
    """

    score: Score
    budget: int = BUDGET
    smiles: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    _paid: dict[str, float] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Calls spent."""
        return len(self.smiles)

    @property
    def done(self) -> bool:
        """Whether the budget is spent."""
        return self.calls >= self.budget

    def __call__(self, batch: Sequence[str]) -> list[float | None]:
        """A score for each SMILES; None for what cannot be read (free) and for what the budget no longer covers. Repeats are free."""
        found: list[float | None] = []
        with rdBase.BlockLogs():
            for text in batch:
                mol = Chem.MolFromSmiles(text) if text else None
                if mol is None or mol.GetNumAtoms() == 0:
                    found.append(None)
                    continue
                canonical = Chem.MolToSmiles(mol)
                if canonical not in self._paid:
                    if self.done:
                        found.append(None)
                        continue
                    self._paid[canonical] = self.score(mol)
                    self.smiles.append(canonical)
                    self.scores.append(self._paid[canonical])
                found.append(self._paid[canonical])
        return found


def auc_top(scores: Sequence[float], k: int = 10, budget: int = BUDGET, step: int = STEP) -> float:
    """Area under the curve of the mean of the ``k`` best of ``scores`` (in order of calls), 0..1; 0 for no calls at all."""
    best: list[float] = []
    area = height = 0.0
    last = 0
    scores = scores[:budget]
    for number, score in enumerate(scores, 1):
        if len(best) < k:
            heapq.heappush(best, score)
        elif score > best[0]:
            heapq.heapreplace(best, score)
        if number % step == 0 or number == len(scores):
            now = sum(best) / len(best)
            area += (number - last) * (now + height) / 2
            height, last = now, number
    return (area + (budget - last) * height) / budget


def only_good(smiles: Sequence[str], scores: Sequence[float], good: Callable[[str], bool], k: int = 10) -> list[float]:
    """``scores`` with those of structures that are not ``good`` set to 0. Asked only where a structure could enter the ``k`` best so far."""
    best: list[float] = []
    kept: list[float] = []
    for text, score in zip(smiles, scores, strict=True):
        counts = score > 0 and (len(best) < k or score > best[0]) and good(text)
        kept.append(score if counts else 0.0)
        if counts:
            heapq.heappush(best, score)
            if len(best) > k:
                heapq.heappop(best)
    return kept
