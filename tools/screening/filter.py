"""The requirements of a spec as a chain of tests on a molecule, the cheapest first; the first that fails ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, DataStructs

from core.spec import (
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.calculators.descriptors import compute_descriptor
from tools.calculators.rule_sets import violations
from tools.catalogue.registry import REGISTRY
from tools.evaluation.structure import count_element, count_smarts, foreign_elements, has_smarts, is_edit, keeps_scaffold, reference_mol
from tools.structures.similarity import morgan_fingerprint

Values = dict[str, float]
Test = Callable[[Chem.Mol, Values], bool]

#: Microseconds of a computed property whose cost is not measured, and of other tests, for a molecule of ordinary size.
_DEFAULT_COST, _SMARTS_COST, _SIMILARITY_COST, _RULE_SET_COST = 50, 20, 40, 260


@dataclass(frozen=True)
class Step:
    """One requirement: its id, its words, what it costs in microseconds, and the test."""

    id: str
    text: str
    cost: float
    test: Test


def exact_steps(spec: DesignSpec) -> list[Step]:
    """The requirements that are computed from the structure without error, cheapest first; predictions are not among them."""
    steps = [Step(r.id, r.text, cost, test) for r in spec.requirements for cost, test in [_step(r)] if test is not None]
    return sorted(steps, key=lambda s: (s.cost, s.id))


def best_order(steps: Sequence[Step], sample: Sequence[Chem.Mol]) -> tuple[str, ...]:
    """Ids of ``steps`` in the order that rejects most for its cost, judged by ``sample``; that of the steps for an empty sample.

    One after the other: the step with the least cost for each structure that it rejects of those that the steps before it let through.
    """
    fails = {step.id: {i for i, mol in enumerate(sample) if not step.test(mol, {})} for step in steps}
    left, rest, order = set(range(len(sample))), list(steps), []
    while rest:
        best = min(rest, key=lambda s: (s.cost * (len(left) + 2) / (len(fails[s.id] & left) + 1), s.cost, s.id))
        order.append(best.id)
        rest.remove(best)
        left -= fails[best.id]
    return tuple(order)


def is_predicted(requirement: Requirement) -> bool:
    """Whether a requirement needs a predictor or the thermal rules."""
    return isinstance(requirement, LevelRequirement) or (
        isinstance(requirement, PropertyRequirement) and REGISTRY[requirement.property].kind != "computed"
    )


def _step(r: Requirement) -> tuple[float, Test | None]:
    """(cost, test) of one requirement; no test for a predicted one."""
    if is_predicted(r):
        return 0.0, None
    if isinstance(r, PropertyRequirement):
        cost = REGISTRY[r.property].microseconds
        return float(_DEFAULT_COST if cost is None else cost), _property(r)
    if isinstance(r, CountRequirement):
        if r.what == "element":
            return 10.0, lambda mol, known: r.condition.holds(count_element(mol, r.name))
        return float(_SMARTS_COST), lambda mol, known: r.condition.holds(count_smarts(mol, r.smarts))
    if isinstance(r, MotifRequirement):
        return float(_SMARTS_COST), lambda mol, known: has_smarts(mol, r.smarts) == r.wanted
    if isinstance(r, ElementsRequirement):
        return 10.0, lambda mol, known: not foreign_elements(mol, r.allowed)
    if isinstance(r, SimilarityRequirement):
        wanted = _reference_print(r.reference)
        return float(_SIMILARITY_COST), lambda mol, known: r.condition.holds(
            DataStructs.TanimotoSimilarity(morgan_fingerprint(mol), wanted)
        )
    if isinstance(r, RuleSetRequirement):
        return float(_RULE_SET_COST), lambda mol, known: len(violations(mol, r.rule_set)) <= r.allowed_violations
    if isinstance(r, ScaffoldRequirement):
        return 2.0 * _SMARTS_COST, lambda mol, known: keeps_scaffold(mol, r.smarts)
    assert isinstance(r, EditRequirement)
    return float(_DEFAULT_COST), lambda mol, known: is_edit(mol, r)


@lru_cache(maxsize=16)
def _reference_print(smiles: str) -> DataStructs.ExplicitBitVect:
    return morgan_fingerprint(reference_mol(smiles))


def _property(r: PropertyRequirement) -> Test:
    def test(mol: Chem.Mol, known: Values) -> bool:
        try:
            known[r.property] = compute_descriptor(r.property, mol)
        except (ValueError, RuntimeError, ZeroDivisionError):
            return False
        return r.condition.holds(known[r.property])

    return test


def first_failed(mol: Chem.Mol, steps: list[Step], known: Values) -> str:
    """Id of the first step that ``mol`` fails, or ''. Computed properties on the way are put into ``known`` by name."""
    return next((step.id for step in steps if not step.test(mol, known)), "")
