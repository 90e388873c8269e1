"""The proposer ``exact``: structures that meet counts exactly, that differ from a given one by one change, or that keep a core."""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import islice

from rdkit import Chem, rdBase

from core.candidate import Proposal
from core.spec import (
    CountRequirement,
    DesignSpec,
    EditRequirement,
    FixedAtomsRequirement,
    MotifRequirement,
    PropertyRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.catalogue.catalogue import Catalogue
from tools.groups.edits import edited
from tools.proposers.base import ProposalRequest
from tools.proposers.exact.search import exact
from tools.proposers.exemptions import exemptions
from tools.proposers.library.known import known_compounds, members
from tools.proposers.spec_fit import SpecFit, spec_fit

#: Distances computed for one proposal asked for, and at least and at most for one request.
PER_PROPOSAL = 400
LEAST, MOST = 4_000, 24_000
#: Known compounds from which a search without counts starts.
STARTS = 60
#: Named compounds with the wanted groups from which a search starts.
MEMBERS = 24
#: Known compounds with the wanted groups from which the other proposers can start well.
FEW = 5


class ExactProposer:
    """Constructs rather than tries: assembled from the rings, groups and atoms asked for, then led to what is left by small changes."""

    name = "exact"
    lists_all = True

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Molecules for which something is counted, kept, changed or compared with a structure, or groups are wanted that few known ones have."""
        if spec.candidate_class != "molecule":
            return False
        if spec.exhaustive:
            return bool(spec.requirements_of(EditRequirement))
        kinds = (CountRequirement, EditRequirement, FixedAtomsRequirement, ScaffoldRequirement, SimilarityRequirement)
        whole = {r.property for r in spec.requirements_of(PropertyRequirement) if catalogue[r.property].integer}
        counted = bool(whole) or bool(spec.set_requirements) or any(isinstance(r, kinds) for r in spec.requirements)
        return counted or _is_rare(tuple(r.smarts for r in spec.requirements_of(MotifRequirement) if r.wanted))

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``count`` structures; every change of a given structure in turn, generation by generation."""
        if request.count < 1:
            return []
        edit = next(iter(request.spec.requirements_of(EditRequirement)), None)
        if edit is not None:
            return self._edits(edit, request)
        fit = spec_fit(request.spec, calculators=request.calculators)
        starts = first_starts(request.spec, fit, request.generator(f"{self.name} starts"))
        with rdBase.BlockLogs():
            starts += [mol for p in request.parents[:10] if p.score > 0 and (mol := Chem.MolFromSmiles(p.smiles)) is not None]
        budget = min(MOST, max(LEAST, PER_PROPOSAL * request.count))
        found = exact(fit, request.generator(self.name), starts, request.count, budget, exemptions(request.spec))
        return [
            Proposal(
                smiles=Chem.MolToSmiles(mol),
                proposer=self.name,
                operator="construction",
                rationale="built to meet what the goal counts exactly",
            )
            for mol in found
        ]

    def _edits(self, edit: EditRequirement, request: ProposalRequest) -> list[Proposal]:
        made = edited(edit.reference, edit.operation, edit.group, edit.replacement, edit.every)
        lifted = exemptions(request.spec)
        made = tuple(sorted(made, key=lambda smiles: bool(lifted.first(Chem.MolFromSmiles(smiles)))))  # implausible ones last
        start = request.generation * request.count
        text = f"{edit.operation} {edit.group}" + (f" by {edit.replacement}" if edit.replacement else "")
        return [
            Proposal(smiles=smiles, proposer=self.name, operator="edit", rationale=f"{text}: one of the {len(made)} ways to do it")
            for smiles in made[start : start + request.count]
        ]


@lru_cache(maxsize=64)
def _is_rare(wanted: tuple[str, ...]) -> bool:
    """Whether fewer than :data:`FEW` plausible known compounds carry all of the wanted groups; False without any."""
    queries = [q for smarts in wanted if (q := Chem.MolFromSmarts(smarts)) is not None]
    having = (k for k in known_compounds() if not k.implausible and all(k.mol.HasSubstructMatch(q) for q in queries))
    return bool(queries) and sum(1 for _ in islice(having, FEW)) < FEW


def first_starts(spec: DesignSpec, fit: SpecFit, rng: random.Random) -> list[Chem.Mol]:
    """Where a search for ``spec`` starts beside what it assembles.

    Its own structures; else named compounds with the groups that it wants (a class is more than its group: a glucoside surfactant is
    nearer to octyl glucoside than to a sugar somewhere on a chain); known compounds where it counts no atoms or groups.
    """
    own = [mol for smiles in structures(spec) if (mol := Chem.MolFromSmiles(smiles)) is not None]
    return own if own else members(fit, MEMBERS) if fit.elements or fit.groups else _ordinary(rng)


def _ordinary(rng: random.Random) -> list[Chem.Mol]:
    """Known compounds of 10 to 30 heavy atoms in random order: starts where nothing tells how to put one together."""
    found = [k.mol for k in known_compounds() if 10 <= k.mol.GetNumHeavyAtoms() <= 30 and not k.reagent]
    return rng.sample(found, min(STARTS, len(found)))


def structures(spec: DesignSpec) -> list[str]:
    """The structures that the spec names itself: cores to keep, references."""
    named = [r.scaffold for r in spec.requirements_of(ScaffoldRequirement)]
    named += [r.reference for r in spec.requirements_of(SimilarityRequirement) if r.condition.bounds()[0] > 0]
    named += [r.reference for r in spec.requirements_of(FixedAtomsRequirement) if "*" not in r.reference]
    return list(dict.fromkeys(named))
