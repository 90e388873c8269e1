"""The requirements of a spec as a chain of tests on a molecule, the cheapest first; the first that fails ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdkit import Chem

from core.spec import DesignSpec, MotifRequirement, PropertyRequirement, Requirement
from tools.calculators.collection import Calculators
from tools.calculators.descriptors import descriptor_names
from tools.catalogue.kinds import KINDS, Kinds
from tools.catalogue.kinds.base import Test
from tools.evaluation.check import context_of
from tools.groups.groups import compile_smarts
from tools.structures.prescreen import needed_elements

Values = dict[str, float]


@dataclass(frozen=True)
class Step:
    """One requirement: its id, its words, what it costs in microseconds, and the test.

    ``flat``: the test gives the same for a molecule whose stereochemistry has not been perceived, which takes as long as all else that reading does.
    ``needs``: symbols of elements without which a molecule fails the test.
    """

    id: str
    text: str
    cost: float
    test: Test
    flat: bool = False
    needs: frozenset[str] = frozenset()


#: Shipped properties that depend on perceived stereochemistry; the SA score perceives it anew.
_STEREO = frozenset({"stereocentres"})


def exact_steps(spec: DesignSpec, kinds: Kinds = KINDS, *, calculators: Calculators) -> list[Step]:
    """The requirements that are computed from the structure without error, cheapest first; predictions are not among them."""
    context, steps = context_of(spec, calculators=calculators), []
    for requirement in spec.requirements:
        kind = kinds.of(requirement)
        test = kind.test(requirement, context)
        if test is not None:
            steps.append(
                Step(requirement.id, requirement.text, kind.cost(requirement, context), test, _flat(requirement), _needs(requirement))
            )
    return sorted(steps, key=lambda s: (s.cost, s.id))


def _flat(requirement: Requirement) -> bool:
    if isinstance(requirement, PropertyRequirement):
        return requirement.property in descriptor_names() - _STEREO
    return isinstance(requirement, MotifRequirement)


def _needs(requirement: Requirement) -> frozenset[str]:
    if isinstance(requirement, MotifRequirement) and requirement.wanted:
        return needed_elements(compile_smarts(requirement.smarts))
    return frozenset()


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


def first_failed(mol: Chem.Mol, steps: list[Step], known: Values, *, perceived: bool = True) -> str:
    """Id of the first step that ``mol`` fails, or ''. Computed properties on the way are put into ``known`` by name.

    ``perceived``: whether the stereochemistry of ``mol`` is; where not, it is when a step, or whoever works with what passed, needs it.
    """
    for step in steps:
        if not (perceived or step.flat):
            perceive(mol)
            perceived = True
        if not step.test(mol, known):
            return step.id
    if not perceived:
        perceive(mol)
    return ""


def perceive(mol: Chem.Mol) -> None:
    """Perceive the stereochemistry of ``mol``, as reading a SMILES does."""
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True, flagPossibleStereoCenters=True)
