"""The proposer ``library``: known compounds that come near the spec, so that the first generation starts well."""

from __future__ import annotations

from rdkit import Chem

from core.candidate import Proposal
from core.seeding import generator
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import ProposalRequest
from tools.proposers.exemptions import exemptions
from tools.proposers.library.known import Known, ranked
from tools.proposers.spec_fit import spec_fit


class LibraryProposer:
    """Proposes shipped known compounds, nearest to the countable requirements first; ties are broken at random."""

    name = "library"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Molecules only."""
        return spec.candidate_class == "molecule"

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """The next ``count`` known compounds: each generation goes on where the one before stopped, until none is left."""
        fit = spec_fit(request.spec, calculators=request.calculators)
        lifted = exemptions(request.spec)
        near = [
            item for item in ranked(fit, 100_000) if not item[1].implausible or lifted.everything or not lifted.first_of(item[1].smiles)
        ]
        order = generator(request.seed, "propose", 0, self.name)
        shuffled = [(round(distance, 3), order.random(), known) for distance, known in near]
        shuffled.sort(key=lambda item: item[:2])
        start = request.generation * request.count
        listed = [(distance, known) for distance, _, known in shuffled[start : start + request.count]]
        proposals = [self._proposal(distance, known) for distance, known in listed]
        if request.generation == 0:
            proposals = (self._reference(request.spec) + proposals)[: request.count]
        return _unique(proposals)

    def _proposal(self, distance: float, known: Known) -> Proposal:
        nearness = (
            "meets every countable requirement"
            if distance - known.reagent == 0
            else f"{distance:.1f} steps from the countable requirements"
        )
        return Proposal(
            smiles=known.smiles,
            name=known.name,
            proposer=self.name,
            operator="library hit",
            rationale=f"{known.name}, a known {known.source}; {nearness}",
        )

    def _reference(self, spec: DesignSpec) -> list[Proposal]:
        if spec.reference is None:
            return []
        mol = Chem.MolFromSmiles(spec.reference.smiles)
        if mol is None:
            return []
        name = spec.reference.name or "the structure that the goal names"
        text = "the reference of the goal, as the point to compare with"
        return [Proposal(smiles=Chem.MolToSmiles(mol), name=name, proposer=self.name, operator="reference", rationale=text)]


def _unique(proposals: list[Proposal]) -> list[Proposal]:
    return list({p.smiles: p for p in reversed(proposals)}.values())[::-1]
