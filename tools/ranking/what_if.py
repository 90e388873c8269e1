"""The list that other weights of the objectives would give: stored values only, nothing estimated, nothing stored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.candidate import Candidate
from core.errors import UsageError
from core.report import Choice
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.evaluation.fitness import checked
from tools.evaluation.score import DECIMALS, score_candidates
from tools.evaluation.selection import error_model
from tools.evaluation.table import ScoringTable, build_table, predicted_names
from tools.ranking.lean import lean
from tools.ranking.rank import listing
from tools.ranking.shortlist import Known

#: Largest weight that may be asked for.
MOST_WEIGHT = 1000.0


@dataclass(frozen=True)
class Pool:
    """What a re-ranking reads of a run: its structures that meet every requirement, in the order of their keys, and their numbers.

    ``chance``: (n,) probability that all requirements hold together; no weight changes it.
    """

    spec: DesignSpec
    candidates: Sequence[Candidate]
    table: ScoringTable
    chance: NDArray[np.float64]
    known: Known


@dataclass(frozen=True)
class Reweighted:
    """The list under other weights.

    Attributes:
        spec: the spec with these weights, without the objectives whose weight is 0.
        ranked: the listed candidates in their lean form (:mod:`tools.ranking.lean`), with score, rank, its interval and Pareto front.
        tied: keys of listed candidates that are tied within error, by group.
        choice: what was passed over while the list was filled.
    """

    spec: DesignSpec
    ranked: list[Candidate]
    tied: list[list[str]]
    choice: Choice


def pool(kept: Iterable[Candidate], spec: DesignSpec, known: Known, *, calculators: Calculators) -> Pool:
    """What :func:`reweighted` needs of the candidates that meet every requirement of ``spec``. Raises as :func:`tools.ranking.rank.rank`."""
    names = spec.property_names()
    found = sorted((lean(checked(c, spec, calculators=calculators), names) for c in kept), key=lambda c: c.key)
    usable = [c for c in found if not (c.safety and c.safety.verdict == "block") and all(r.met for r in c.requirements)]
    errors = error_model(predicted_names(spec, catalogue=calculators.catalogue), calculators=calculators)
    table = build_table(usable, spec, errors, calculators=calculators)
    chance = np.round(table.p_meets(), DECIMALS)
    scored = [c.model_copy(update={"p_meets": float(p)}) for c, p in zip(usable, chance, strict=True)]
    return Pool(spec, scored, table, chance, known)


def checked_weights(spec: DesignSpec, weights: Mapping[str, float]) -> dict[str, float]:
    """A weight for each objective of ``spec`` by its id: that of ``weights``, else its own.

    Raises UsageError for an id that the spec has not, a weight that is no number from 0 to 1000, or where all would be 0.
    """
    own = {o.id: o.weight for o in spec.objectives}
    for name, weight in weights.items():
        if name not in own:
            raise UsageError(f"the spec has no objective {name[:40]!r}; it has {', '.join(own) or 'none'}")
        if not math.isfinite(weight) or not 0 <= weight <= MOST_WEIGHT:
            raise UsageError(f"the weight of {name} has to be a number from 0 to {MOST_WEIGHT:g}")
    found = {**own, **weights}
    if found and not any(found.values()):
        raise UsageError("at least one weight has to be above 0")
    return found


def weighted_spec(spec: DesignSpec, weights: Mapping[str, float]) -> DesignSpec:
    """``spec`` with other weights (dimensionless), by the id of the objective; one of weight 0 is left out. UsageError as :func:`checked_weights`."""
    asked = checked_weights(spec, weights)
    objectives = [o.model_copy(update={"weight": asked[o.id]}) for o in spec.objectives if asked[o.id]]
    return spec.model_copy(update={"objectives": objectives})


def reweighted(pool: Pool, weights: Mapping[str, float]) -> Reweighted:
    """The list that the weights give, chosen as :func:`tools.ranking.rank.rank` does. UsageError as :func:`checked_weights`.

    ``weights``: by the id of the objective, 0 to 1000; an objective that is missing keeps its own. Ranks are numbers from 1, scores 0 to 1; the
    list is empty where nothing meets every requirement. An opinion of a language model has no part in it. The intervals of the ranks come
    from the same draws of the prediction errors.
    """
    table = _table(pool.table, weighted_spec(pool.spec, weights))
    desire = np.round(table.desirability(), DECIMALS)
    score = np.round(pool.chance * desire, DECIMALS)
    scored = [
        c.model_copy(update={"desirability": float(d), "score": float(s)}) for c, d, s in zip(pool.candidates, desire, score, strict=True)
    ]
    listed = listing(table, scored, range(len(scored)), pool.known)
    return Reweighted(table.spec, listed.ranked, listed.tied, listed.choice)


def rescored(candidates: Sequence[Candidate], spec: DesignSpec, *, calculators: Calculators) -> list[Candidate]:
    """Candidates that miss a requirement with the desirability and the score that the weights of ``spec`` give them, in the same order."""
    return [
        c.model_copy(update={"p_meets": s.p_meets, "desirability": s.desirability, "score": s.score})
        for c, s in zip(candidates, score_candidates(candidates, spec, calculators=calculators), strict=True)
    ]


def _table(table: ScoringTable, spec: DesignSpec) -> ScoringTable:
    """The numbers for a spec that has some of the objectives, perhaps with other weights."""
    ids = [o.id for o in table.spec.objectives]
    pick = [ids.index(o.id) for o in spec.objectives]
    return replace(table, spec=spec, values=table.values[:, pick], columns=tuple(table.columns[i] for i in pick))
