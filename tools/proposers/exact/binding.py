"""Which wishes of a goal cannot be met together: named where nothing was found, in the place of an implausible answer.

A search tells, so this is no proof: the sentence says that nothing was found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rdkit import Chem

from core.seeding import generator
from core.spec import DesignSpec, Requirement
from tools.calculators.collection import Calculators
from tools.proposers.exact.proposer import first_starts
from tools.proposers.exact.search import exact
from tools.proposers.exemptions import Exemptions, exemptions
from tools.proposers.spec_fit import spec_fit
from tools.structures.plausibility import violations

#: Work allowed for one question (see :func:`tools.proposers.exact.search.exact`).
BUDGET = 1_200
#: Wishes beyond which the question is not asked.
MOST = 12
#: Structures without regard to the rules from which it is told what they break.
EXAMPLES = 10


@dataclass(frozen=True)
class Binding:
    """Wishes that were not met together.

    Attributes:
        requirements: the fewest that nothing was found for, in the order of the spec.
        rules: ids and reasons of the plausibility rules that structures which meet them break, the commonest first; () if there are none.
    """

    requirements: tuple[Requirement, ...]
    rules: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The finding in one or two sentences."""
        wishes = " and ".join(f'"{r.text}"' for r in self.requirements)
        what = f"{wishes} together" if len(self.requirements) > 1 else wishes
        if not self.rules:
            return f"No structure was found that meets {what}."
        broken = "; ".join(f"{rule} ({reason})" for rule, reason in self.rules[:2])
        return f"No plausible structure was found that meets {what}. Those that do break a plausibility rule: {broken}."


def binding_wishes(spec: DesignSpec, *, calculators: Calculators) -> Binding | None:
    """The fewest requirements of ``spec`` for which no plausible structure is found; None if that is not what keeps structures out.

    Only what can be counted on a structure takes part; predicted properties and the guard are not asked. None too for polymers, for lists of
    all structures, and where there are more than :data:`MOST` requirements.
    """
    counted = [r for r in spec.requirements if _is_counted(spec, r, calculators=calculators)]
    if spec.candidate_class != "molecule" or spec.exhaustive or not 0 < len(counted) <= MOST:
        return None
    lifted = exemptions(spec)
    if _examples(spec, counted, lifted, 1, calculators=calculators):
        return None
    for requirement in counted.copy():
        fewer = [r for r in counted if r is not requirement]
        if fewer and not _examples(spec, fewer, lifted, 1, calculators=calculators):
            counted = fewer
    found = _examples(spec, counted, Exemptions(judged=False), EXAMPLES, calculators=calculators)
    broken = Counter(rule for mol in found for rule in violations(mol))
    return Binding(tuple(counted), tuple(rule for rule, _ in broken.most_common()))


def _only(spec: DesignSpec, requirements: list[Requirement]) -> DesignSpec:
    return spec.model_copy(update={"requirements": requirements})


def _is_counted(spec: DesignSpec, requirement: Requirement, *, calculators: Calculators) -> bool:
    fit = spec_fit(_only(spec, [requirement]), calculators=calculators)
    return fit.steerable or fit.excluded_possible


def _examples(
    spec: DesignSpec, requirements: list[Requirement], lifted: Exemptions, count: int, *, calculators: Calculators
) -> list[Chem.Mol]:
    """Up to ``count`` structures that meet ``requirements``, found by a short search."""
    part = _only(spec, requirements)
    fit, names = spec_fit(part, calculators=calculators), " ".join(r.id for r in requirements)
    starts = first_starts(part, fit, generator(spec.seed, "binding", 0, f"{names} starts"))
    return exact(fit, generator(spec.seed, "binding", 0, names), starts, count, BUDGET, lifted)
