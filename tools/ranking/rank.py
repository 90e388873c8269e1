"""The ranking of a run: arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.candidate import Candidate
from core.model import Model
from core.novelty import novelty_rule
from core.report import BindingRequirement, Choice, WeightSensitivity
from core.spec import DesignSpec
from tools.against.reasons import unfit
from tools.calculators.collection import Calculators
from tools.evaluation.fitness import checked
from tools.evaluation.score import DECIMALS, scored_with_table
from tools.evaluation.selection import ErrorModel, error_model
from tools.evaluation.table import ScoringTable, predicted_names
from tools.ranking.binding import binding_requirement, by_closeness
from tools.ranking.diversity import diverse, similarity_limit
from tools.ranking.pareto import pareto_fronts
from tools.ranking.shortlist import NOTHING_KNOWN, Known, shortlist
from tools.ranking.uncertainty import order_certainty
from tools.structures.naming import name_of

Array = NDArray[np.float64]

#: Relative changes of a weight that are tried.
CHANGES = (-0.2, 0.2)
#: Pareto fronts are drawn within this many of the best-scored candidates.
PARETO_POOL = 2000


class RankingResult(Model):
    """The ranked shortlist and what a reader needs to judge it."""

    ranked: list[Candidate] = Field(description="The shortlist, best first; every requirement of each is met.")
    closest: list[Candidate] = Field(description="Those that come closest without meeting every requirement.")
    sensitivity: list[WeightSensitivity] = Field(description="Effect of ±20 % on each objective's weight; empty with fewer than two.")
    tied: list[list[str]] = Field(description="Keys of listed candidates that are tied within error, by group.")
    binding: BindingRequirement | None = Field(default=None, description="The requirement that keeps most structures out, if any fails.")
    order: list[tuple[str, float]] = Field(
        default_factory=list, description="Key and score of every candidate that meets every requirement, best first."
    )
    kept: int = Field(default=0, ge=0, description="How many candidates meet every requirement.")
    evaluated: int = Field(default=0, ge=0, description="How many distinct structures were evaluated in the run.")
    choice: Choice = Field(default_factory=Choice, description="What the shortlist was compared with, and what it passed over.")


def rank(
    candidates: Sequence[Candidate],
    spec: DesignSpec,
    evaluated: int,
    *,
    errors: ErrorModel | None = None,
    known: Known = NOTHING_KNOWN,
    calculators: Calculators,
) -> RankingResult:
    """The shortlist of ``spec.candidates`` structures out of the evaluated ones, and the closest of the others.

    ``p_meets`` is the probability that all requirements hold together under the joint distribution of the prediction errors, corrected
    for selection (see ``tools.evaluation.selection``); ``score`` is p_meets times the weighted geometric mean of the desirabilities.
    Candidates that the guard blocked, or that were never estimated, are left out; requirements not yet checked are checked. The order
    is by score rounded to 9 decimals, then p_meets, then whether a route is known, then key; those in whose structure something speaks against the
    use that the goal names (``tools.against``) stand behind all others. Near duplicates and known structures are
    passed over (see ``tools.ranking.shortlist``); a known one that is listed says so in its notes. The result does not depend on the
    order of ``candidates``. ``evaluated`` is the number of distinct structures of the run. ``errors``: the error model; that of the
    shipped predictors if None. ``known``: what is known already. Raises PredictorError where the error model is missing, SpecError for
    a spec that names what does not exist.
    """
    usable = [
        checked(candidate, spec, calculators=calculators) for candidate in sorted(candidates, key=lambda c: c.key) if _usable(candidate)
    ]
    errors = errors or error_model(predicted_names(spec, catalogue=calculators.catalogue), calculators=calculators)
    scored, table = scored_with_table(usable, spec, errors, calculators=calculators)
    kept = [i for i, candidate in enumerate(scored) if all(result.met for result in candidate.requirements)]
    listed = listing(table, scored, kept, known)
    keeps = set(kept)
    missing = [c for i, c in enumerate(scored) if i not in keeps and c.dedup_key not in known.excluded]
    others = by_closeness(missing, spec, catalogue=calculators.catalogue)
    return RankingResult(
        ranked=[marked(candidate, known) for candidate in listed.ranked],
        closest=[others[i] for i in diverse(others[: 50 * spec.candidates], spec.candidates)],
        sensitivity=_sensitivity(table, scored, kept, listed.rows, known),
        tied=listed.tied,
        binding=binding_requirement(usable, spec, catalogue=calculators.catalogue),
        order=[(scored[i].key, scored[i].score or 0.0) for i in listed.order],
        kept=len(kept),
        evaluated=max(evaluated, len(usable)),
        choice=listed.choice,
    )


@dataclass(frozen=True)
class Listing:
    """The shortlist of scored candidates.

    Attributes:
        ranked: the listed, best first, with rank, its interval and Pareto front.
        rows: their indices.
        order: the indices of all that might have been listed, best first.
        tied: keys of listed candidates that are tied within error, by group.
        choice: what was passed over while the list was filled.
    """

    ranked: list[Candidate]
    rows: list[int]
    order: list[int]
    tied: list[list[str]]
    choice: Choice


def listing(table: ScoringTable, scored: Sequence[Candidate], kept: Sequence[int], known: Known) -> Listing:
    """The shortlist out of the rows ``kept`` (indices from 0) of ``scored``, whose numbers are those of ``table``; empty where none is kept."""
    order = _in_order(scored, kept, table.spec)
    chosen = shortlist([scored[i] for i in order], table.spec, known)
    rows = [order[i] for i in chosen.positions]
    fronts = _fronts(table, scored, order)
    doubtful = [unfit(scored[row], table.spec) for row in rows]
    intervals, tied = _certainty(table, scored, rows, _cuts(doubtful, chosen.first))
    ranked = [
        scored[row].model_copy(update={"rank": i + 1, "rank_interval": intervals[i], "pareto_front": fronts.get(row)})
        for i, row in enumerate(rows)
    ]
    choice = Choice(
        similarity_limit=similarity_limit(table.spec),
        similar_left_out=len(chosen.similar),
        relaxed_to=chosen.limit if chosen.relaxed else None,
        relaxed_listed=len(chosen.relaxed),
        known_left_out=len(chosen.known_shipped),
        user_known_left_out=len(chosen.known_user),
        measured_left_out=len(chosen.known_measured),
        known_listed=sum(bool(known.name(c.key)) for c in ranked),
        unfit_listed=sum(doubtful),
        new_listed=sum(not known.name(c.key) for c in ranked),
        rule=novelty_rule(table.spec),
    )
    return Listing(ranked, rows, order, [[ranked[i].key for i in group] for group in tied], choice)


def _certainty(
    table: ScoringTable, scored: Sequence[Candidate], rows: Sequence[int], cuts: Sequence[int]
) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Interval of each rank from 1, and groups of tied places from 0. What stands on either side of a cut (a place from 0) is no matter of scores, and ranked apart."""
    intervals: list[tuple[int, int]] = []
    tied: list[list[int]] = []
    edges = [0, *cuts, len(rows)]
    for start, part in ((a, rows[a:b]) for a, b in pairwise(edges)):
        found = order_certainty(_rows(table, part), np.array([scored[row].score or 0.0 for row in part]))
        intervals += [(low + start, high + start) for low, high in found.intervals]
        tied += [[start + i for i in group] for group in found.tied]
    return intervals, tied


def _cuts(doubtful: Sequence[bool], first: int) -> list[int]:
    """The places (from 0) at which a list changes for another reason than scores: behind the ``first`` so many, and where unfit ones begin on either side of it."""
    changes = [i for i in range(1, len(doubtful)) if doubtful[i] != doubtful[i - 1]]
    return sorted({first, *changes})


def _usable(candidate: Candidate) -> bool:
    """Whether a candidate got as far as its estimates and was not blocked by the guard."""
    blocked = candidate.safety is not None and candidate.safety.verdict == "block"
    return not blocked and (candidate.status in ("estimated", "kept") or (candidate.status == "rejected" and bool(candidate.requirements)))


def _in_order(scored: Sequence[Candidate], rows: Sequence[int], spec: DesignSpec) -> list[int]:
    """``rows`` (indices from 0) of ``scored``, best first: unfit ones last, then by score, p_meets, whether a route is known, key; [] for none.

    A score that is unknown counts as 0.
    """
    doubtful = {i: unfit(scored[i], spec) for i in rows}
    return sorted(
        rows, key=lambda i: (doubtful[i], -(scored[i].score or 0.0), -(scored[i].p_meets or 0.0), not _has_route(scored[i]), scored[i].key)
    )


def marked(candidate: Candidate, known: Known) -> Candidate:
    """``candidate`` with its name, where one ships and it has none, and with a note if it is known: 'Known already: it stands in ...'."""
    where = known.name(candidate.key)
    note = f"Known already: {where}."
    notes = [note] if where and note not in candidate.notes else []
    return candidate.model_copy(update={"name": candidate.name or name_of(candidate.key), "notes": [*candidate.notes, *notes]})


def _has_route(candidate: Candidate) -> bool:
    return candidate.route is not None and candidate.route.status != "none known"


def _rows(table: ScoringTable, rows: Sequence[int]) -> ScoringTable:
    """The table of these rows alone, indices from 0, in their order; an empty one of shape (0, m) for none."""
    pick = np.array(rows, dtype=np.int64)
    return ScoringTable(
        table.spec,
        table.mean[pick],
        table.sigma[pick],
        table.shape[pick],
        table.low[pick],
        table.high[pick],
        table.fixed[pick],
        table.correlation,
        table.values[pick],
        table.columns,
    )


def _fronts(table: ScoringTable, scored: Sequence[Candidate], order: Sequence[int]) -> dict[int, int]:
    """Number of the Pareto front (1 is not dominated) by row, over the objectives' desirabilities and p_meets, 0 to 1 each.

    Among the 2000 best-scored of ``order``; empty where there are none.
    """
    pool = list(order[:PARETO_POOL])
    if not pool:
        return {}
    parts = table.parts()[pool]
    chance = np.array([[scored[i].p_meets or 0.0] for i in pool])
    fronts = pareto_fronts(np.round(np.hstack([parts, chance]), DECIMALS))
    return {row: int(front) for row, front in zip(pool, fronts, strict=True)}


def _sensitivity(
    table: ScoringTable, scored: Sequence[Candidate], kept: Sequence[int], listed: Sequence[int], known: Known
) -> list[WeightSensitivity]:
    """What each weight changed by ±20 % does to the shortlist; with fewer than two objectives no weight matters."""
    objectives = table.spec.objectives
    if len(objectives) < 2 or not listed:
        return []
    before = {scored[row].key: place for place, row in enumerate(listed)}
    found = []
    for index, objective in enumerate(objectives):
        for change in CHANGES:
            weights = [o.weight * (1.0 + change) if i == index else o.weight for i, o in enumerate(objectives)]
            desire = table.desirability(weights=weights)
            chance = [c.p_meets or 0.0 for c in scored]
            changed = [
                c.model_copy(update={"score": round(p * float(d), DECIMALS)}) for c, p, d in zip(scored, chance, desire, strict=True)
            ]
            order = _in_order(changed, kept, table.spec)
            again = [order[i] for i in shortlist([changed[i] for i in order], table.spec, known).positions]
            after = {scored[row].key: place for place, row in enumerate(again)}
            moved = [key for key in [*before, *(key for key in after if key not in before)] if before.get(key) != after.get(key)]
            found.append(WeightSensitivity(objective=objective.id, change=change, top_changes=moved, first=scored[again[0]].key))
    return found
