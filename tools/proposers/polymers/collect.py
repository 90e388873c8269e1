"""Collecting proposals of polymers: distinct, within what the spec can exclude at once, each with its route."""

from __future__ import annotations

from dataclasses import dataclass, field

from rdkit import Chem

from core.candidate import Proposal
from tools.proposers.base import ProposalRequest
from tools.proposers.polymers.steering import Family, family_of
from tools.proposers.spec_fit import SpecFit, spec_fit
from tools.synthesis.polymers.library import Monomer, Polymerisation
from tools.synthesis.polymers.routes import build_route

_RESERVE = 400


@dataclass
class Collector:
    """The proposals of one request. ``offer`` answers whether a repeat unit was new and taken."""

    request: ProposalRequest
    proposer: str
    fit: SpecFit = field(init=False)
    family: Family | None = field(init=False)
    taken: list[Proposal] = field(default_factory=list)
    _reserve: list[tuple[float, int, Proposal]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.fit = spec_fit(self.request.spec, calculators=self.request.calculators)
        self.family = family_of(self.request.spec.family)
        self._seen = {p.smiles for p in self.request.parents}

    @property
    def full(self) -> bool:
        """Whether there are as many as were asked for."""
        return len(self.taken) >= self.request.count

    def offer(
        self,
        polymerisation: Polymerisation,
        monomers: tuple[Monomer, ...],
        psmiles: str,
        *,
        operator: str,
        rationale: str,
        parents: tuple[str, ...] = (),
    ) -> bool:
        """Take a repeat unit if it is new and fits; one that misses only counts or computed windows is kept in reserve."""
        if not psmiles or psmiles in self._seen or self.full:
            return False
        self._seen.add(psmiles)
        mol = Chem.MolFromSmiles(psmiles)
        if self.fit.excluded(mol) or (self.family is not None and not self.family.holds(mol)):
            return False
        distance = self.fit.distance(mol)
        if distance > 0 and len(self._reserve) >= _RESERVE:
            return False
        proposal = Proposal(
            smiles=psmiles,
            name=polymer_name(polymerisation, monomers),
            proposer=self.proposer,
            operator=operator,
            parents=list(parents),
            rationale=rationale,
            route=build_route(polymerisation, monomers, psmiles),
        )
        if distance > 0:
            self._reserve.append((distance, len(self._reserve), proposal))
            return False
        self.taken.append(proposal)
        return True

    def result(self) -> list[Proposal]:
        """What was taken, filled up from the reserve (nearest to the spec first)."""
        missing = self.request.count - len(self.taken)
        nearest = sorted(self._reserve, key=lambda entry: entry[:2])[: max(0, missing)]
        return self.taken + [proposal for _, _, proposal in nearest]


def polymer_name(polymerisation: Polymerisation, monomers: tuple[Monomer, ...]) -> str:
    """A descriptive name: the family and the monomers, as 'polyimide from A and B'."""
    return f"{polymerisation.families[0]} from {' and '.join(m.name if m.known else 'a ' + m.name for m in monomers)}"
