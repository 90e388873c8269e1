"""The second half of a screen whose goal needs what costs a call: of the structures that meet everything else, those likeliest to meet the goal are computed.

The library is first held against all that is cheap (:func:`cheap_part`). Then each costly calculator, the cheaper first, is called for at most as many structures as the spec says: where more than
that are left, a surrogate learns from every answer and says which come next, as in a design run (``tools/search/costly.py``). Each answer is in the journal at once, so that a killed screen
makes no call twice. What was not computed meets nothing and misses nothing: it is counted and listed apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from core.candidate import Candidate
from core.report import CostlyUse
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.calculators.costly.adapter import Wanted, in_words, wanted
from tools.calculators.costly.pool import Callers
from tools.calculators.costly.protocol import Call
from tools.catalogue.kinds import kind_of
from tools.evaluation.judge import checked
from tools.evaluation.score import score_candidates
from tools.screening.journal import Journal
from tools.screening.report import judged
from tools.search.costly import CORES, Learnt, Tried, calls_of, chosen, costs, default_calls, hopeless, overtime, told_of_costs
from tools.search.costly import LEAST as FEWEST
from tools.surrogate.regression import ENOUGH

#: Places of the list by which the default number of calls is reckoned; a screen may list many more.
LIST = 10
#: Of the structures that pass all that is cheap the best are looked at for calls: so many for each call, and at least as many as this.
POOL, LEAST = 20, 500
#: Part of the calls that is made before the surrogate is asked again which come next.
ROUND = 0.125

Progress = Callable[[str, int, int], None]
"""Hears the calculator, how many calls are made, and how many may be."""


@dataclass
class Dear:
    """What came of it.

    Attributes:
        met: those that meet every requirement, with their values, by key.
        failed: what the others missed, by requirement id.
        left: keys of those that meet everything else and were not computed.
        uses: what each calculator did.
        stopped: why calls were left over, in words.
    """

    met: dict[str, Candidate] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    left: set[str] = field(default_factory=set)
    uses: list[CostlyUse] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        """What a person should know."""
        yield from self.stopped
        if self.left:
            yield f"{len(self.left):,} structures that meet everything else were not computed, and are no hits; --calls (in the API: calls) allows more"


def cheap_part(spec: DesignSpec, calculators: Calculators) -> DesignSpec:
    """``spec`` without what needs a call; itself where nothing does."""
    names = {name for of in wanted(spec, calculators) for name in of.names}
    if not names:
        return spec
    return spec.model_copy(
        update={
            "requirements": [r for r in spec.requirements if kind_of(r).property_name(r) not in names],
            "objectives": [o for o in spec.objectives if o.property not in names],
        }
    )


def with_screen_calls(spec: DesignSpec, calls: int | None, calculators: Calculators) -> DesignSpec:
    """``spec`` with the number of calls of each costly calculator that it needs, and an assumption that says what that means for a screen.

    ``calls``: what the user wants; None: what the spec says, else what follows from the cost.
    """
    found, told = {}, []
    for of in wanted(spec, calculators):
        inner = of.costly.inner
        number = found[inner.name] = calls or spec.calls.get(inner.name) or default_calls(inner.seconds, LIST)
        meaning = (
            f"of the structures that meet everything else at most {number} are computed, first those that are likeliest to meet the goal or teach most, about "
            f"{in_words(number * inner.seconds / CORES)} on {CORES} cores; what is not computed is no hit"
        )
        told.append(costs(of, meaning))
    before = told_of_costs(spec, found)
    kept = [a for a in spec.assumptions if a not in before]
    return spec.model_copy(update={"calls": found, "assumptions": [*kept, *told]})


def computed(
    journal: Journal,
    spec: DesignSpec,
    callers: Callers | None,
    *,
    progress: Progress = lambda name, made, most: None,
    calculators: Calculators,
) -> Dear:
    """The hits of the cheap part of ``spec``, which ``journal`` holds, held against the whole of it.

    ``callers``: who calls; None: nobody, and only what is in the journal counts. ``progress`` is told after every call, and may raise. ConfigurationError where a calculator cannot be called here.
    """
    done, needed = Dear(), wanted(spec, calculators)
    pool: list[Candidate] | None = None
    for place, of in enumerate(needed):
        calls = calls_of(spec, of)
        if pool is None:
            rows = list(journal.hits(max(LEAST, POOL * calls)))
            done.left |= {str(hit["key"]) for hit in journal.hits()} - {str(hit["key"]) for hit in rows}
            pool = judged(rows, spec, calculators=calculators)
        tried = _called(journal, pool, spec, of, needed[place + 1 :], callers, progress, calculators)
        learnt = Learnt(of, tried)
        answered = [c for c in pool if learnt.answered(c)]
        done.left |= {c.key for c in pool} - {c.key for c in answered}
        done.uses.append(_use(of, tried, calls, len(pool) - len(answered)))
        if len(answered) < len(pool) and (why := _over(of, tried, calls)):
            done.stopped.append(f"{of.costly.name} was not called any more: {why}")
        pool = []
        for candidate in learnt.valued(answered):
            missed = _missed(candidate, spec, of, calculators)
            if missed:
                done.failed[missed] += 1
            else:
                pool.append(candidate)
    whole = [checked(c.model_copy(update={"requirements": []}), spec, calculators=calculators) for c in pool or ()]
    for candidate in score_candidates(whole, spec, calculators=calculators):
        if candidate.status == "kept":
            done.met[candidate.key] = candidate
        else:
            done.failed[candidate.rejected_by.removeprefix("requirement:")] += 1
    return done


def _called(
    journal: Journal,
    pool: Sequence[Candidate],
    spec: DesignSpec,
    of: Wanted,
    later: Sequence[Wanted],
    callers: Callers | None,
    progress: Progress,
    calculators: Calculators,
) -> list[Tried]:
    """Every call that was made of a calculator, earlier ones first."""
    inner, calls = of.costly.inner, calls_of(spec, of)
    known = f"{inner.name} {inner.version}"
    tried = [t for t in journal.calls(known) if set(of.names) <= set(t.outcomes)]
    while callers is not None and len(tried) < calls and not _over(of, tried, calls):
        learnt = Learnt(of, tried)
        open_ = [c for c in pool if not learnt.answered(c)]
        room = calls - len(tried)
        if not open_:
            break
        if len(open_) > room:
            number = min(room, max(ENOUGH, round(ROUND * calls)))
            open_ = chosen(learnt.valued(open_), spec, number, of, later, calculators=calculators)
        requests = [Call(c.smiles, of.names, c.candidate_class, spec.conditions) for c in open_]
        with closing(callers.answers(inner, requests, lambda: progress(inner.name, len(tried), calls))) as answers:
            for answer in answers:
                candidate = open_[answer.place]
                tried.append(Tried(candidate.key, candidate.smiles, answer.outcomes, answer.seconds))
                journal.keep_call(known, tried[-1])
                progress(inner.name, len(tried), calls)
                if _over(of, tried, calls):
                    break
    return tried


def _over(of: Wanted, tried: Sequence[Tried], calls: int) -> str:
    """Why a calculator is not called any more although calls are left; ''. A few slow calls on a busy machine are no reason."""
    if hopeless(tried):
        return "its last calls all failed"
    return "its calls took longer than was foreseen" if overtime(tried, of.costly.inner.seconds, max(calls, FEWEST)) else ""


def _missed(candidate: Candidate, spec: DesignSpec, of: Wanted, calculators: Calculators) -> str:
    """The id of the first requirement on a calculator's properties that a structure misses; ''."""
    results = checked(candidate.model_copy(update={"requirements": []}), spec, calculators=calculators).requirements
    pairs = zip(spec.requirements, results, strict=True)
    return next((r.id for requirement, r in pairs if not r.met and kind_of(requirement).property_name(requirement) in of.names), "")


def _use(of: Wanted, tried: Sequence[Tried], calls: int, left: int) -> CostlyUse:
    reasons = Counter(o.reason for t in tried if t.failed for o in t.outcomes.values())
    return CostlyUse(
        calculator=of.costly.name,
        version=of.costly.inner.version,
        properties=list(of.names),
        calls=len(tried),
        allowed=calls,
        failed=sum(t.failed for t in tried),
        seconds=round(sum(t.seconds for t in tried), 1),
        not_computed=left,
        reasons=[reason for reason, _ in reasons.most_common(3)],
    )


def rows(journal: Journal, done: Dear) -> Iterator[dict[str, Any]]:
    """The rows of those that meet everything, as :meth:`Journal.hits` gives them, best score first."""
    found = [_row(hit, done.met[hit["key"]]) for hit in journal.hits() if hit["key"] in done.met]
    yield from sorted(found, key=lambda hit: (-hit["score"], -hit["p_meets"], hit["record"]))


def _row(hit: Mapping[str, Any], candidate: Candidate) -> dict[str, Any]:
    values = {name: value.value if value.number is None else round(value.number, 6) for name, value in candidate.properties.items()}
    return {**hit, "score": candidate.score or 0.0, "p_meets": candidate.p_meets or 0.0, "values": values}
