"""What a run has stored that its prose may state: numbers with their unit, kind and subject, names, and references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.roles.fact_check.numbers import numbers_in
from agent.roles.fact_check.words import COUNTED, FactKind
from agent.roles.proposer import MODEL
from agent.roles.reporter.sentences import ending, outcome
from core.candidate import Candidate, Citation, PropertyValue
from core.report import Report
from core.spec import Condition, DesignSpec
from tools.calculators.collection import Calculators
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import kind_of
from tools.literature.terms import words


@dataclass(frozen=True)
class Fact:
    """One stored number.

    Attributes:
        value: the number, in ``unit``.
        unit: its unit; '' for a plain number.
        kind: what sort of number it is; the words that must stand beside it in a sentence depend on this.
        what: registered property that it belongs to, or ''.
        subject: key of the candidate that it belongs to; '' for the run as a whole.
        fraction: whether it lies between 0 and 1 and may be said in per cent.
        near: stems of which one must stand close to the number; empty: none is needed.
    """

    value: float
    unit: str = ""
    kind: FactKind = "count"
    what: str = ""
    subject: str = ""
    fraction: bool = False
    near: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Everything that a text may state.

    Attributes:
        facts: the stored numbers.
        subjects: name, SMILES, InChIKey and key of each candidate, with its key.
        ranks: key of each listed candidate by its rank.
        names: other structures and names that may occur: parents, references, materials.
        citations: references that a text may cite as [n].
        about: the candidate that a text without another subject speaks of; '' for the run.
        structures: SMILES of the candidates.
    """

    facts: tuple[Fact, ...]
    subjects: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[int, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    citations: Mapping[int, Citation] = field(default_factory=dict)
    about: str = ""
    structures: frozenset[str] = frozenset()


_LISTED, _EVALUATED, _REJECTED = COUNTED["listed"], COUNTED["evaluated"], COUNTED["rejected"]
#: Stems of which one stands near the probability of all requirements together, and near an end of a rank's interval.
_TOGETHER, _WITHIN = frozenset(words(COUNTED["together"])), frozenset(words(COUNTED["rank_interval"]))


def report_facts(report: Report, *, calculators: Calculators) -> Facts:
    """What the summary of ``report`` may state: counts, values, and the numbers that the built-in sentences hold."""
    binding = report.binding_requirement
    extra = [
        *_counts(_LISTED, len(report.candidates), sum(1 for c in report.candidates if (c.p_meets or 0) < 0.5)),
        *_counts(f"{_LISTED} closest come miss", len(report.closest)),
        *_counts(f"{_LISTED} asked wanted", report.spec.candidates),
        *_counts(_EVALUATED, report.evaluated),
        *_counts(f"{_EVALUATED} budget", report.spec.budget),
        *_counts(_REJECTED, sum(report.rejected.values()), *report.rejected.values()),
        *_counts("requirements conditions criteria", len(report.spec.requirements)),
        *_counts("objectives wishes", len(report.spec.objectives)),
        *_counts("phrases words checked", len(report.unchecked)),
        *_counts("references citations sources passages publications papers", len(report.citations)),
        *_counts("proposers generators", len(report.proposers)),
        *(f for name, row in report.proposers.items() for f in _counts(f"{name} proposed proposer", *row.values())),
        *_said(f"{outcome(report, calculators=calculators)} {ending(report)}", catalogue=calculators.catalogue),
    ]
    if binding:
        extra += _counts(_REJECTED, binding.failed, binding.failed_alone)
        extra += _counts(_EVALUATED, binding.evaluated)
    if binding and isinstance(binding.best, (int, float)):
        name = next((kind_of(r).property_name(r) for r in report.spec.requirements if r.id == binding.id), "")
        extra.append(Fact(float(binding.best), calculators.catalogue[name].unit if name in calculators.catalogue else "", "value", name))
    return _facts([*report.candidates, *report.closest], report.spec, report.citations, extra, catalogue=calculators.catalogue)


def candidate_facts(
    candidate: Candidate, shortlist: Sequence[Candidate], spec: DesignSpec, citations: Iterable[Citation], *, catalogue: Catalogue
) -> Facts:
    """What the reasons given for ``candidate`` may state; ``citations`` are those that bear on it."""
    extra = [
        *_counts(f"{_LISTED} asked wanted", spec.candidates),
        *_counts("requirements conditions criteria", len(spec.requirements)),
        *_counts(_LISTED, sum(c.rank is not None for c in shortlist)),
    ]
    return _facts(shortlist, spec, citations, extra, about=candidate.key, catalogue=catalogue)


def _counts(nouns: str, *numbers: int, subject: str = "") -> list[Fact]:
    """Counts of what ``nouns`` name."""
    near = frozenset(words(nouns))
    return [Fact(float(n), kind="count", subject=subject, near=near) for n in dict.fromkeys(numbers)]


def _said(text: str, *, catalogue: Catalogue) -> list[Fact]:
    """The numbers of a built-in text, each with the words that follow it there."""
    found = []
    for number in numbers_in(text, catalogue=catalogue):
        near = frozenset(words(text[number.end : number.end + 40])[:3])
        found.append(Fact(number.value, number.unit, "count", near=near))
    return found


def _facts(
    candidates: Sequence[Candidate],
    spec: DesignSpec,
    citations: Iterable[Citation],
    extra: Sequence[Fact],
    about: str = "",
    *,
    catalogue: Catalogue,
) -> Facts:
    facts = [*extra, *_spec_facts(spec, catalogue=catalogue)]
    subjects: dict[str, str] = {}
    names: set[str] = {spec.reference.name, spec.reference.smiles} if spec.reference else set()
    names |= {spec.conditions.solvent_smiles}
    properties = {r.id for r in spec.requirements if kind_of(r).property_name(r)}
    for candidate in candidates:
        facts += _candidate_facts(candidate, properties, catalogue=catalogue)
        for label in (candidate.name, candidate.smiles, candidate.inchikey, candidate.key):
            if len(label) > 1:
                subjects.setdefault(label, candidate.key)
        names |= set(candidate.origin.parent_smiles) | {v.nearest or "" for v in candidate.properties.values()}
        if candidate.route:
            names |= {m.name for m in candidate.route.starting_materials} | {m.smiles for m in candidate.route.starting_materials}
            names |= {s for step in candidate.route.steps for s in (*step.reactants, step.product)}
    for requirement in spec.requirements:
        names |= set(kind_of(requirement).names(requirement))
    found = list(citations)
    facts += [Fact(float(c.year), kind="year") for c in found if c.year]
    return Facts(
        facts=tuple(dict.fromkeys(facts)),
        subjects=subjects,
        ranks={c.rank: c.key for c in candidates if c.rank is not None},
        names=frozenset(n for n in names if len(n) > 1),
        citations={c.number: c for c in found},
        about=about,
        structures=frozenset(c.smiles for c in candidates),
    )


def _limits(condition: Condition | None, name: str, fraction: bool = False, *, catalogue: Catalogue) -> list[Fact]:
    """The numbers of a condition, on the property ``name`` where there is one."""
    unit = catalogue[name].unit if name in catalogue else ""
    numbers = [condition.value, condition.low, condition.high] if condition is not None else []
    return [Fact(n, unit, "limit", name, fraction=fraction) for n in numbers if n is not None]


def _spec_facts(spec: DesignSpec, *, catalogue: Catalogue) -> list[Fact]:
    facts = [Fact(spec.met_probability, kind="probability", fraction=True), Fact(spec.conditions.temperature_c, "°C", "limit")]
    for requirement in spec.requirements:
        kind = kind_of(requirement)
        facts += _limits(kind.condition(requirement), kind.property_name(requirement), kind.fraction, catalogue=catalogue)
    for wanted in spec.set_requirements:
        facts += _limits(wanted.condition, wanted.property, catalogue=catalogue)
    for objective in spec.objectives:
        unit = catalogue[objective.property].unit if objective.property in catalogue else ""
        numbers = [n for n in (objective.low, objective.high, objective.target) if n is not None]
        facts += [Fact(n, unit, "limit", objective.property) for n in numbers] + [
            Fact(objective.weight, kind="limit", near=frozenset(words("weight weights weighted")))
        ]
    return facts


def _candidate_facts(candidate: Candidate, properties: set[str], *, catalogue: Catalogue) -> list[Fact]:
    """The numbers of one candidate; results of the requirements ``properties`` are left out, being properties already."""
    key = candidate.key
    facts: list[Fact] = []
    for name, value in candidate.properties.items():
        facts += _value_facts(name, value, key, catalogue=catalogue)
    for result in candidate.requirements:
        facts.append(
            Fact(result.probability, kind="probability", subject=key, fraction=True, near=frozenset(words(result.text)) - _TOGETHER)
        )
        if isinstance(result.value, (int, float)) and result.id not in properties:
            facts.append(Fact(float(result.value), result.unit, "value", subject=key, near=frozenset(words(result.text))))
    for number, kind in ((candidate.p_meets, "probability"), (candidate.desirability, "score"), (candidate.score, "score")):
        if number is not None:
            facts.append(Fact(number, kind="probability" if kind == "probability" else "score", subject=key, fraction=True))
    if candidate.rank is not None:
        facts.append(Fact(float(candidate.rank), kind="rank", subject=key))
    facts += [Fact(float(end), kind="rank", subject=key, near=_WITHIN) for end in candidate.rank_interval or ()]
    if candidate.pareto_front is not None:
        facts += _counts("front pareto", candidate.pareto_front, subject=key)
    facts += _counts("generation generations", candidate.origin.generation, subject=key)
    facts += [Fact(change, catalogue[n].unit if n in catalogue else "", "change", n, key) for n, change in candidate.origin.changes.items()]
    if candidate.route and candidate.route.steps:
        facts += _counts("steps step reactions", len(candidate.route.steps), subject=key)
        facts += _counts("starting materials building blocks monomers", len(candidate.route.starting_materials), subject=key)
    facts += _counts("stereocentres stereocentre stereocenters", candidate.undefined_stereocentres, subject=key)
    if candidate.origin.proposer != MODEL:
        facts += [replace(fact, subject=key) for fact in _said(candidate.origin.rationale, catalogue=catalogue)]
    return facts


def _value_facts(name: str, value: PropertyValue, key: str, *, catalogue: Catalogue) -> list[Fact]:
    facts: list[Fact] = []
    if value.number is not None:
        facts.append(Fact(value.number, value.unit, "value", name, key, fraction=name in catalogue and catalogue[name].fraction))
    if value.sigma:
        facts.append(Fact(value.sigma, value.unit, "spread", name, key))
    facts += [Fact(end, value.unit, "interval", name, key) for end in (value.lower, value.upper) if end is not None]
    if value.nearest_value is not None:
        facts.append(Fact(value.nearest_value, value.unit, "nearest", name, key))
    if value.measured is not None and value.measured.value is not None:
        facts.append(Fact(value.measured.value, value.unit, "value" if value.basis == "measured" else "nearest", name, key))
    if value.fitted is not None:
        facts.append(Fact(value.fitted, value.unit, "value", name, key))
    if value.similarity is not None:
        facts.append(Fact(value.similarity, kind="similarity", subject=key, fraction=True))
    return facts
