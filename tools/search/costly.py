"""How a search spends the calls of a costly calculator: which structures are computed, and what is made of the others.

Everything here is a function of candidates and of the answers so far, so that a replay chooses the same.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.candidate import ESTIMATED, Candidate, PropertyValue
from core.spec import Assumption, DesignSpec
from tools.calculators.collection import Calculators
from tools.calculators.costly.adapter import NINETY, Wanted, in_words, wanted
from tools.calculators.costly.protocol import Outcome
from tools.catalogue.kinds import kind_of
from tools.evaluation.fitness import checked, fitness
from tools.evaluation.structure import candidate_mol
from tools.ranking.diversity import Picker
from tools.search.policy import SearchPolicy
from tools.surrogate.regression import ENOUGH, Regression, can_learn

#: Seconds of wall time that the calls of a default run may take on so many cores; with the rest of the run about ten minutes.
SECONDS, CORES = 480.0, 2
#: A default run makes at least and at most so many calls.
LEAST, MOST = 20, 400
#: Part of the calls that is kept for the end, where whatever is to be listed is computed; at least as many as are listed, if half of the calls are.
RESERVE = 0.2
#: Part of the calls of the search that its first generation may spend: what the surrogate learns from first.
FIRST = 0.3
#: One in so many calls goes to the most informative structure in place of the best.
INFORMATIVE = 4
#: Largest similarity of two structures that are computed in one go.
ALIKE = 0.8
#: The same while nothing is learnt yet: what is computed first should differ.
UNLIKE = 0.5
#: A calculator is not asked any more where so many calls in a row have failed.
HOPELESS = 8
#: The calls may take this much longer than was declared before no more are made.
OVERTIME = 1.5


@dataclass(frozen=True)
class Tried:
    """A call that was made.

    Attributes:
        key, smiles: of the candidate.
        outcomes: what was found, by property.
        seconds: what it took; 0 where an earlier run had made the call.
    """

    key: str
    smiles: str
    outcomes: Mapping[str, Outcome]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether it brought no value at all."""
        return all(outcome.value is None for outcome in self.outcomes.values())


def default_calls(seconds: float, candidates: int) -> int:
    """How many calls of ``seconds`` each fit into a default run: about eight minutes on two cores, but enough for a list of ``candidates``."""
    return min(MOST, max(LEAST, 2 * candidates, int(SECONDS * CORES / max(seconds, 1e-3))))


def calls_of(spec: DesignSpec, of: Wanted) -> int:
    """How many calls the run may make, at least 1: what the spec says, else what a default run has time for."""
    return spec.calls.get(of.costly.name) or default_calls(of.costly.inner.seconds, spec.candidates)


def with_calls(spec: DesignSpec, calls: int | None, calculators: Calculators) -> DesignSpec:
    """``spec`` with the number of calls of each costly calculator that it needs, and an assumption that says what that means.

    ``calls``: what the user wants in place of what follows from the cost; None: nothing. A number that the spec has stays.
    """
    needed = wanted(spec, calculators)
    if not needed:
        return spec
    found = {w.costly.name: spec.calls.get(w.costly.name) or calls or calls_of(spec, w) for w in needed}
    told = [_told(w, found[w.costly.name]) for w in needed]
    new = [a for a in told if a not in spec.assumptions]
    return spec.model_copy(update={"calls": found, "assumptions": [*spec.assumptions, *new]})


def _told(of: Wanted, calls: int) -> Assumption:
    of_calls = f"at most {calls} structures are computed, about {in_words(calls * of.costly.inner.seconds / CORES)} on {CORES} cores"
    return costs(of, f"{of_calls}, and the others estimated from them; what is listed is computed")


def costs(of: Wanted, meaning: str) -> Assumption:
    """What a call of a calculator costs, and what that means here. :func:`told_of_costs` finds it again."""
    return Assumption(phrase="", text=f"{_costs(of.costly.name)} {in_words(of.costly.inner.seconds)} a call: {meaning}")


def told_of_costs(spec: DesignSpec, names: Iterable[str]) -> list[Assumption]:
    """The assumptions of ``spec`` that say what calls of the calculators ``names`` cost."""
    begun = tuple(map(_costs, names))
    return [a for a in spec.assumptions if a.text.startswith(begun)]


def _costs(name: str) -> str:
    return f"{name} costs about"


def reserve(calls: int, candidates: int) -> int:
    """How many of ``calls`` the search leaves for the end; at most half of them."""
    return min(calls // 2, max(candidates, round(RESERVE * calls)))


def quota(spec: DesignSpec, calls: int, made: int, evaluated: int, generation: int, policy: SearchPolicy) -> int:
    """How many calls a ``generation`` (from 0) may make, of ``calls`` of the run of which ``made`` are spent; 0 where none is left.

    ``evaluated``: structures evaluated before it.
    """
    left = calls - reserve(calls, spec.candidates) - made
    if generation == 0:
        return max(0, min(left, max(ENOUGH, round(FIRST * (calls - reserve(calls, spec.candidates))))))
    generations = max(1, math.ceil((spec.budget - evaluated) / policy.batch))
    return max(0, min(left, math.ceil(left / generations)))


def hopeless(tried: Sequence[Tried]) -> bool:
    """Whether the last calls all failed, so that more would be wasted."""
    return len(tried) >= HOPELESS and all(t.failed for t in tried[-HOPELESS:])


def overtime(tried: Sequence[Tried], declared: float, calls: int) -> bool:
    """Whether the calls have taken so much longer than the ``declared`` seconds each that no more are made."""
    return sum(t.seconds for t in tried) > OVERTIME * max(declared, 1.0) * calls


@dataclass(frozen=True, eq=False)
class Learnt:
    """What the surrogate has learnt of a costly calculator's properties from the calls ``tried``, in the order in which they were asked for."""

    wanted: Wanted
    tried: Sequence[Tried]

    @cached_property
    def _known(self) -> dict[str, list[tuple[str, float, str]]]:
        found: dict[str, list[tuple[str, float, str]]] = {name: [] for name in self.wanted.names}
        for t in self.tried:
            for name in self.wanted.names:
                outcome = t.outcomes.get(name)
                if outcome is not None and outcome.value is not None:
                    found[name].append((t.smiles, outcome.value, t.key))
        return found

    @cached_property
    def _regressions(self) -> dict[str, Regression]:
        rows = {name: [(smiles, value) for smiles, value, _ in found] for name, found in self._known.items()}
        return {name: Regression(known) for name, known in rows.items() if can_learn([value for _, value in known])}

    @cached_property
    def _tried(self) -> dict[str, Tried]:
        return {t.key: t for t in self.tried}

    def errors(self) -> dict[str, float]:
        """Root mean square of the surrogate's leave-one-out errors by property, in its unit; without what it cannot learn."""
        return {name: regression.error for name, regression in self._regressions.items()}

    def answered(self, candidate: Candidate) -> bool:
        """Whether a call was made for it, or is not possible: the calculator refuses it."""
        return candidate.key in self._tried or bool(self._refusal(candidate))

    def valued(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """``candidates`` with what was computed of each, the reason why nothing could be, or what the surrogate makes of it."""
        found = {c.key: self._answer(c) for c in candidates}
        open_ = [c for c in candidates if found[c.key] is None]
        for candidate, values in zip(open_, self._estimates(open_), strict=True):
            found[candidate.key] = values
        return [c.model_copy(update={"properties": {**c.properties, **(found[c.key] or {})}}) for c in candidates]

    def _answer(self, candidate: Candidate) -> dict[str, PropertyValue] | None:
        costly = self.wanted.costly
        if (made := self._tried.get(candidate.key)) is not None:
            return {name: value for name, value in costly.computed(made.outcomes).items() if name in self.wanted.names}
        if refusal := self._refusal(candidate):
            return {p.name: costly.missing(p, refusal) for p in costly.properties if p.name in self.wanted.names}
        return None

    def _refusal(self, candidate: Candidate) -> str:
        return self.wanted.costly.inner.refuses(candidate_mol(candidate), candidate.candidate_class)

    def _estimates(self, candidates: Sequence[Candidate]) -> list[dict[str, PropertyValue]]:
        costly = self.wanted.costly
        done: list[dict[str, PropertyValue]] = [{} for _ in candidates]
        for definition in (p for p in costly.properties if p.name in self.wanted.names):
            known, regression = self._known[definition.name], self._regressions.get(definition.name)
            if regression is None:
                why = f"not computed, and {len(known)} computed values are too few to estimate it from"
                for values in done:
                    values[definition.name] = costly.missing(definition, why).model_copy(update={"basis": ESTIMATED})
                continue
            for values, e in zip(done, regression.estimates([c.smiles for c in candidates]), strict=True):
                near, number, _ = known[e.nearest]
                values[definition.name] = PropertyValue(
                    value=e.value,
                    unit=definition.unit,
                    sigma=e.sigma,
                    lower=e.value - NINETY * e.sigma,
                    upper=e.value + NINETY * e.sigma,
                    method=f"surrogate of {costly.name}",
                    method_version=f"{len(known)} computed",
                    nearest=near,
                    nearest_value=number,
                    similarity=e.similarity,
                    basis=ESTIMATED,
                )
        return done


def may_be_listed(candidate: Candidate, needed: Sequence[Wanted]) -> bool:
    """Whether nothing costly of it is a mere estimate, and, if it would be ranked, nothing costly is unknown."""
    names = [name for of in needed for name in of.names]
    if candidate.estimated_only(names):
        return False
    values = [candidate.properties.get(name) for name in names]
    return candidate.status != "kept" or all(v is not None and v.value is not None for v in values)


def chosen(
    candidates: Sequence[Candidate], spec: DesignSpec, count: int, wanted: Wanted, later: Sequence[Wanted] = (), *, calculators: Calculators
) -> list[Candidate]:
    """Which of ``candidates``, none of them computed, are worth a call: at most ``count``, best first.

    Of every four, three are the fittest by what the surrogate makes of them and one the most uncertain of the better half. Structures that
    miss a requirement on something else are taken only where too few others are there to learn from; ``later``: calculators that are asked
    after this one, whose requirements nobody can miss yet. No two are more than 0.8 similar, or 0.5 where nothing is learnt yet, as long
    as that fills the places.
    """
    if count < 1 or not candidates:
        return []
    judged = [checked(c.model_copy(update={"requirements": []}), spec, calculators=calculators) for c in candidates]
    order = sorted(judged, key=lambda c: (-round(fitness(c, spec, calculators=calculators), 9), c.key))
    open_names = frozenset(name for w in (wanted, *later) for name in w.names)
    sound = [c for c in order if _only_missed(c, spec, open_names)]
    if (few := min(count, ENOUGH) - len(sound)) > 0:
        keys = {c.key for c in sound}
        sound += [c for c in order if c.key not in keys][:few]
    half = sound[: (len(sound) + 1) // 2]
    unsure = sorted((c for c in half if _spread(c, wanted)), key=lambda c: (-_spread(c, wanted), c.key))
    return _apart(_in_turn(sound, unsure), count, (ALIKE, 1.0) if unsure else (UNLIKE, ALIKE, 1.0))


def _in_turn(best: Sequence[Candidate], informative: Sequence[Candidate]) -> list[Candidate]:
    """All of ``best`` in their order, every fourth place going to the next of ``informative``, who are among them."""
    turns: dict[str, Candidate] = {}
    sources = iter(best), iter(informative)
    while len(turns) < len(best):
        second = (len(turns) + 1) % INFORMATIVE == 0
        for source in (sources[1], sources[0]) if second else (sources[0],):
            if taken := next((c for c in source if c.key not in turns), None):
                turns[taken.key] = taken
                break
    return list(turns.values())


def _apart(ordered: list[Candidate], count: int, limits: Sequence[float]) -> list[Candidate]:
    picker = Picker()
    for limit in limits:
        picker.take(ordered, range(len(ordered)), count, limit)
    return [ordered[i] for i in picker.chosen]


def _only_missed(candidate: Candidate, spec: DesignSpec, names: Collection[str]) -> bool:
    """Whether everything that is asked for beside the properties ``names`` is met."""
    pairs = zip(spec.requirements, candidate.requirements, strict=True)
    return all(result.met or kind_of(requirement).property_name(requirement) in names for requirement, result in pairs)


def _spread(candidate: Candidate, wanted: Wanted) -> float:
    """The largest sigma of its estimated values that are wanted, in their unit; 0 without one. Of one calculator's values that is a good enough order."""
    values = (candidate.properties.get(name) for name in wanted.names)
    return max((v.sigma or 0.0 for v in values if v is not None and v.basis == ESTIMATED), default=0.0)
