"""The last calls of a run with costly properties: whatever would be listed is computed, until all of the list is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from core.candidate import Candidate
from core.spec import DesignSpec
from graphs.context import DesignContext, DesignState, spec_of
from graphs.costly import CONFIRM, Step, asked, made, wanted_of
from graphs.user_inputs import known_set
from tools.evaluation.judge import checked
from tools.ranking.lean import lean
from tools.ranking.novelty import what_is_known
from tools.ranking.rank import rank
from tools.search.costly import Learnt, Tried, calls_of
from tools.search.state import fittest

#: Of the structures of the run, so many of the fittest by the last estimates are looked at.
POOL = 2000
#: Candidates whose values are estimated together.
PAGE = 400


def confirm(state: DesignState, context: DesignContext) -> DesignState:
    """Compute what would be listed and was only estimated, estimate the others anew, and again, until the list is computed or the calls are spent.

    Every estimate of the run is renewed from all that was computed, so that the list does not depend on when something was estimated.
    """
    spec, needed = spec_of(state, context), wanted_of(state, context)
    tried = {of.costly.name: made(of, context, before=state["generation"]) for of in needed}
    pool = fittest(_revalued(tried, state, context), spec, POOL, calculators=context.workspace.calculators)
    while True:
        open_ = [c for c in _to_list(pool, state, spec, context) if c.estimated_only(spec.property_names())]
        before = sum(map(len, tried.values()))
        for of in needed:
            so_far = tried[of.costly.name]
            missing = [c for c in open_ if not Learnt(of, so_far).answered(c)]
            step = Step(CONFIRM, state["generation"])
            tried[of.costly.name] = [*so_far, *asked(of, missing, so_far, calls_of(spec, of), step, spec, context)]
        if sum(map(len, tried.values())) == before:
            break
        pool = _judged(pool, tried, state, context)
    context.store.save_candidates(context.lease, pool)
    values = [[c.key, c.status, {n: v.value for n, v in c.properties.items() if v.basis is not None}] for c in pool]
    context.recorder.step(CONFIRM, state["generation"], values)
    return {}


def _to_list(pool: Sequence[Candidate], state: DesignState, spec: DesignSpec, context: DesignContext) -> list[Candidate]:
    """What would be listed if every estimate were right, best first."""
    kept = [lean(c, spec.property_names()) for c in pool if c.status == "kept"]
    known = what_is_known(kept, spec, known_set(state, context))
    listed = rank(kept, spec, state["evaluated"], known=known, calculators=context.workspace.calculators).ranked
    whole = {c.key: c for c in pool}
    return [whole[c.key] for c in listed]


def _revalued(tried: dict[str, list[Tried]], state: DesignState, context: DesignContext) -> Iterator[Candidate]:
    """Every structure that came to its estimates, judged by the values that there are now."""
    estimated = (c for c in context.store.each_candidate(context.run_id) if c.requirements or c.status == "kept")
    while page := list(islice(estimated, PAGE)):
        yield from _judged(page, tried, state, context)


def _judged(candidates: Sequence[Candidate], tried: dict[str, list[Tried]], state: DesignState, context: DesignContext) -> list[Candidate]:
    spec, done = spec_of(state, context), list(candidates)
    for of in wanted_of(state, context):
        found = tried[of.costly.name]
        learnt = context.once(f"learnt {of.costly.name} {len(found)}", partial(Learnt, of, found))
        done = learnt.valued(done)
    return [checked(c, spec, calculators=context.workspace.calculators) for c in done]
