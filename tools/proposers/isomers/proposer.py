"""The proposer ``isomers``: every constitutional isomer of the formula that the goal names."""

from __future__ import annotations

from rdkit import Chem

from core.candidate import Proposal
from core.spec import CountRequirement, DesignSpec, ElementsRequirement
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import ProposalRequest
from tools.proposers.isomers.enumerate import VALENCE, Isomers, isomers
from tools.structures.plausibility import first_violation

_HYDROGEN = 1.008


def formula_of(spec: DesignSpec) -> str:
    """The molecular formula that the counts, elements and mass window of a spec fix together; '' if they do not fix one."""
    counts = {r.name: r.condition.value for r in spec.requirements_of(CountRequirement) if r.what == "element"}
    allowed = next((set(r.allowed) for r in spec.requirements_of(ElementsRequirement)), None)
    mass = next((condition.bounds() for condition in spec.conditions_on("molecular_weight")), None)
    if allowed is None or mass is None or not counts or any(n is None for n in counts.values()) or allowed - {"H"} != set(counts) - {"H"}:
        return ""
    table = Chem.GetPeriodicTable()
    heavy = {s: int(n or 0) for s, n in counts.items() if s != "H"}
    hydrogen = round((sum(mass) / 2 - sum(table.GetAtomicWeight(s) * n for s, n in heavy.items())) / _HYDROGEN)
    if mass[1] - mass[0] > _HYDROGEN or hydrogen < 0 or not set(heavy) <= set(VALENCE):
        return ""
    atoms = {**heavy, "H": hydrogen}
    order = sorted(atoms, key=lambda s: (s != "C", s != "H", s))
    return "".join(s + (str(atoms[s]) if atoms[s] > 1 else "") for s in order if atoms[s])


def isomers_of(spec: DesignSpec) -> Isomers | None:
    """The isomers that ``spec`` asks for; None if it does not ask for all isomers of a formula."""
    formula = formula_of(spec) if spec.exhaustive else ""
    return isomers(formula) if formula else None


class IsomersProposer:
    """Lists what the enumeration finds; generation by generation where it is more than one batch.

    Where it lists all there are, implausible ones are among them (and say so in their notes); where it can only give some, plausible ones.
    """

    name = "isomers"
    lists_all = True

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Goals for all isomers of a formula."""
        return spec.candidate_class == "molecule" and spec.exhaustive and bool(formula_of(spec))

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """The next ``count`` isomers."""
        found = isomers_of(request.spec)
        if found is None:
            return []
        start = request.generation * request.count
        listed = found.smiles if found.complete else _plausible(found.smiles)
        step = 1 if found.complete else max(1, len(listed) // max(1, request.count))
        text = (
            f"one of the {len(found.smiles)} constitutional isomers of {found.formula}"
            if found.complete
            else f"an isomer of {found.formula}"
        )
        return [
            Proposal(smiles=smiles, proposer=self.name, operator="enumeration", rationale=text)
            for smiles in listed[::step][start : start + request.count]
        ]


def _plausible(smiles: tuple[str, ...]) -> list[str]:
    return [s for s in smiles if not first_violation(Chem.MolFromSmiles(s))]
