"""The case against a candidate: every reason that code finds not to make it, the strongest first; there is always one."""

from __future__ import annotations

from collections.abc import Iterator

from rdkit import Chem, rdBase

from core.against import Reason
from core.candidate import Candidate, format_probability
from core.spec import DesignSpec, use_in_words
from tools.against.disqualify import tripped
from tools.structures.naming import catalogued
from tools.structures.plausibility import violations

#: A requirement that holds less surely than this speaks against a candidate, as a probability.
SURE = 0.8
#: A requirement that holds at least as surely as this is no reason against a candidate, not even the weakest.
CERTAIN = 0.95
#: What is said of a structure that is known to nobody.
UNPROVEN = "; nobody is known to have made or measured it"
#: Synthetic accessibility (1 easy to 10 hard, Ertl and Schuffenhauer) from which a structure is called hard to make.
HARD = 4.5


def with_reasons(candidate: Candidate, spec: DesignSpec) -> Candidate:
    """``candidate`` with the reasons against it, given what is known of it by now."""
    return candidate.model_copy(update={"against": reasons(candidate, spec)})


def reasons(candidate: Candidate, spec: DesignSpec) -> list[Reason]:
    """The reasons against ``candidate`` for what ``spec`` asks for, the strongest first; never empty.

    A hazard stands before what makes it unfit for the use by definition, that before a named list, that before what makes it probably unfit,
    then come requirements that are missed or in doubt, stability, plausibility, values outside a model's domain, a route that is not known, a use that
    nothing checks, a hard synthesis, and the requirement that is met by the least, where that is less than 95 % likely. Where nothing of these speaks against it, it is said that it is unproven.
    """
    found = [*_found(candidate, spec)]
    return found or [Reason(kind="unproven", text=f"nothing that is checked here speaks against it{'' if _known(candidate) else UNPROVEN}")]


def unfit(candidate: Candidate, spec: DesignSpec) -> bool:
    """Whether something in the structure of ``candidate`` speaks against the use that ``spec`` names."""
    return bool(tripped(candidate.given or candidate.smiles, spec))


def _found(candidate: Candidate, spec: DesignSpec) -> Iterator[Reason]:
    rules = candidate.safety.rules if candidate.safety else []
    for hit in sorted(rules, key=lambda h: h.verdict != "block"):
        if hit.verdict != "allow":
            yield Reason(kind="safety", text=f"{hit.name}: {hit.reason}", source=hit.source, rule=hit.id)
    against = tripped(candidate.given or candidate.smiles, spec)
    yield from (Reason(kind="unfit", text=r.said_to_person, source=r.source, rule=r.id) for r in against if r.strong)
    yield from (Reason(kind="named list", text=s.text, source=s.source, rule=s.id) for s in candidate.lists if s.on)
    yield from (Reason(kind="probably unfit", text=r.said_to_person, source=r.source, rule=r.id) for r in against if not r.strong)
    yield from _requirements(candidate)
    yield from _stability(candidate)
    yield from _doubts(candidate, spec)
    yield from _least(candidate)


def _known(candidate: Candidate) -> bool:
    """Whether somebody is known to have made or measured it."""
    measured = any(v.measured is not None for v in candidate.properties.values())
    return measured or candidate.key in catalogued() or any("Known already" in note for note in candidate.notes)


def _requirements(candidate: Candidate) -> Iterator[Reason]:
    for r in sorted((r for r in candidate.requirements if not r.met or r.probability < SURE), key=lambda r: (r.met, r.probability)):
        chance = f" ({format_probability(r.probability)} likely to hold)" if 0 < r.probability < (1 if r.met else 0.5) else ""
        yield Reason(kind="requirement", text=f"{'in doubt' if r.met else 'it misses'}: {r.text}{chance}", rule=r.id)


def _stability(candidate: Candidate) -> Iterator[Reason]:
    thermal = candidate.properties.get("thermal_stability")
    if thermal is not None and thermal.value in ("moderate", "high"):
        why = f": {thermal.reason}" if thermal.reason else ""
        yield Reason(kind="stability", text=f"the risk that heat decomposes it is {thermal.value}{why}")
    if "*" not in candidate.smiles:
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(candidate.smiles)
        for rule, text in violations(mol)[:1] if mol is not None else []:
            yield Reason(kind="plausibility", text=text, rule=rule)


def _doubts(candidate: Candidate, spec: DesignSpec) -> Iterator[Reason]:
    for name in spec.property_names():
        value = candidate.properties.get(name)
        if value is not None and value.in_domain is False:
            yield Reason(kind="domain", text=f"its {name.replace('_', ' ')} is predicted outside the model's domain")
    if candidate.route is not None and candidate.route.status == "none known":
        yield Reason(kind="route", text="no route to it is known")
    if use := use_in_words(spec):
        yield Reason(kind="use not checked", text=use)
    hard = candidate.properties.get("sa_score")
    if hard is not None and (score := hard.number) is not None and score >= HARD:
        yield Reason(kind="synthesis", text=f"it looks hard to make: synthetic accessibility {score:.1f} on a scale from 1 (easy) to 10")


def _least(candidate: Candidate) -> Iterator[Reason]:
    predicted = [r for r in candidate.requirements if SURE <= r.probability < CERTAIN]
    if predicted:
        least = min(predicted, key=lambda r: r.probability)
        yield Reason(
            kind="near the limit",
            text=f"its weakest point: {least.text} ({format_probability(least.probability)} likely to hold)",
            rule=least.id,
        )
