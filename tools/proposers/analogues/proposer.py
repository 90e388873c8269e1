"""The proposer ``analogues``: relatives of the compound that a goal fixes atoms of, one change at a time, the best of them changed again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from core.candidate import Proposal
from core.spec import DesignSpec, FixedAtomsRequirement
from tools.calculators.drug_likeness import sa_score
from tools.catalogue.catalogue import Catalogue
from tools.proposers.analogues.changes import Analogue, exchanged, matched, matched_pairs, sites, substituents
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.exemptions import exemptions
from tools.proposers.obedience import fixed_atoms_of
from tools.proposers.spec_fit import SpecFit, spec_fit
from tools.structures.fixed_atoms import FixedAtoms, keeps, restored

#: How strongly good parents are preferred (1: evenly), tries for one analogue, and how many are made for each one wanted.
_PRESSURE, _TRIES, _OVERSAMPLING = 2.0, 12, 3
#: Share of the tries that exchange a substituent; the others make a matched-pair change.
_EXCHANGES = 0.7
#: Synthetic accessibility that an analogue may have above that of the compound, and at least.
_HARDER, _MAX_SA = 1.0, 4.5


class AnaloguesProposer:
    """Scans substituents and matched-pair changes over the open positions of the compound, then over the best analogues."""

    name = "analogues"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Goals that fix atoms of a compound."""
        return bool(spec.requirements_of(FixedAtomsRequirement))

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``count`` analogues that keep the fixed atoms, those nearest to what can be counted cheaply first."""
        if request.count < 1:
            return []
        with rdBase.BlockLogs():
            made = _Scan(request).run()
        return [
            Proposal(smiles=m.smiles, proposer=self.name, operator=m.operator, parents=[p.key for p in m.parents], rationale=m.rationale)
            for m in self._chosen(made, request)
        ]

    def _chosen(self, made: list[_Made], request: ProposalRequest) -> list[_Made]:
        """Those nearest to what is counted; where a surrogate has learned from the parents, its choice among them."""
        made.sort(key=lambda m: (m.distance, m.order))
        if request.prescreen is None:
            return made[: request.count]
        return [made[i] for i in request.prescreen.choose([m.smiles for m in made], request.count)]


@dataclass(frozen=True)
class _Made:
    """An analogue, how far it is from what the spec counts, and its turn."""

    smiles: str
    operator: str
    rationale: str
    distance: float
    order: float
    parents: list[Parent]


@dataclass
class _Scan:
    """The analogues of one request."""

    request: ProposalRequest
    found: dict[str, _Made] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spec = self.request.spec
        self.rng: random.Random = self.request.generator("analogues")
        self.fit: SpecFit = spec_fit(spec, calculators=self.request.calculators)
        self.cores: list[FixedAtoms] = fixed_atoms_of(spec)
        self.compound = self._compound()
        self.lifted = exemptions(spec)
        self.max_sa = max(_MAX_SA, sa_score(self.compound) + _HARDER)
        self.taken = {Chem.MolToSmiles(self.compound), *(p.smiles for p in self.request.parents)}

    def _compound(self) -> Chem.Mol:
        """The compound: the reference of the goal where it has the fixed atoms, else the core with hydrogen at its open ends."""
        spec = self.request.spec
        given = Chem.MolFromSmiles(spec.reference.smiles) if spec.reference is not None else None
        if given is not None and all(keeps(core, given) for core in self.cores):
            return given
        core = Chem.MolFromSmiles(self.cores[0].kept.reference)
        return core if spec.candidate_class == "polymer" else _capped(core)

    def run(self) -> list[_Made]:
        """Every single change of the compound in the first generation; later random changes of the parents and the compound."""
        wanted = _OVERSAMPLING * self.request.count
        parents = [(p, mol) for p in self.request.parents if (mol := Chem.MolFromSmiles(p.smiles)) is not None]
        if not parents:
            for analogue in self._every(self.compound):
                self._take(analogue, None)
            parents = [(Parent(m.smiles, m.smiles, 0.0), Chem.MolFromSmiles(m.smiles)) for m in list(self.found.values())[:40]]
            parents = [] if len(self.found) >= wanted else parents
        for _ in range(_TRIES * wanted if parents else 0):
            if len(self.found) >= wanted:
                break
            parent, mol = parents[int(len(parents) * self.rng.random() ** _PRESSURE)]
            changed = self._one(mol)
            if changed is not None:
                self._take(changed, parent if self.request.parents else None)
        return list(self.found.values())

    def _every(self, mol: Chem.Mol) -> Iterator[Analogue]:
        for name in matched_pairs():
            yield from matched(mol, name)
        for site in sites(self.cores, mol):
            for name in ("hydrogen", *substituents()):
                made = exchanged(mol, site, name)
                if made is not None:
                    yield made

    def _one(self, mol: Chem.Mol) -> Analogue | None:
        """A random change of ``mol``."""
        open_sites = sites(self.cores, mol)
        if open_sites and self.rng.random() < _EXCHANGES:
            return exchanged(mol, self.rng.choice(open_sites), self.rng.choice(["hydrogen", *substituents()]))
        made = matched(mol, self.rng.choice(list(matched_pairs())))
        return self.rng.choice(made) if made else None

    def _take(self, analogue: Analogue, parent: Parent | None) -> None:
        mol = Chem.MolFromSmiles(Chem.MolToSmiles(analogue.mol))  # an edit may leave marks of a configuration that is gone
        if mol is None:
            return
        for core in self.cores:
            mol = restored(core, mol)
        smiles = Chem.MolToSmiles(mol)
        if smiles in self.taken or not self._fits(mol):
            return
        self.taken.add(smiles)
        of = "the compound" if parent is None else parent.smiles
        distance = round(self.fit.distance(mol), 3)
        self.found[smiles] = _Made(
            smiles, analogue.change, f"{analogue.change}; an analogue of {of}", distance, self.rng.random(), [parent] if parent else []
        )

    def _fits(self, mol: Chem.Mol) -> bool:
        if not all(keeps(core, mol) for core in self.cores) or self.fit.excluded(mol):
            return False
        if Chem.GetFormalCharge(mol) != Chem.GetFormalCharge(self.compound) or self.lifted.first(mol):
            return False
        return mol.GetNumHeavyAtoms() <= self.fit.max_heavy_atoms and sa_score(mol) <= self.max_sa


def _capped(core: Chem.Mol) -> Chem.Mol:
    """A core with hydrogen in the place of its attachment points."""
    work = Chem.RWMol(core)
    for atom in [a for a in work.GetAtoms() if a.GetAtomicNum() == 0]:
        for bond in atom.GetBonds():
            anchor = bond.GetOtherAtom(atom)
            if anchor.GetNoImplicit() or (anchor.GetIsAromatic() and anchor.GetAtomicNum() != 6):
                anchor.SetNumExplicitHs(anchor.GetNumExplicitHs() + int(bond.GetBondTypeAsDouble()))
    for index in sorted((a.GetIdx() for a in work.GetAtoms() if a.GetAtomicNum() == 0), reverse=True):
        work.RemoveAtom(index)
    Chem.SanitizeMol(work)
    return work.GetMol()
