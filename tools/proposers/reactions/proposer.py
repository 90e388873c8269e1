"""The proposer ``reactions``: search over named reactions and building blocks; every product carries the route by which it was built."""

from __future__ import annotations

import random
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from rdkit import Chem, rdBase

from core.candidate import Material, Proposal, Route
from core.spec import CountRequirement, DesignSpec, MotifRequirement, ScaffoldRequirement, SimilarityRequirement
from tools.calculators.drug_likeness import sa_score
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.dyes.steering import is_about_dyes
from tools.proposers.exemptions import Exemptions, exemptions
from tools.proposers.reactions.construction import Steps, extend, first_step, project, splice, vary
from tools.proposers.spec_fit import SpecFit, spec_fit
from tools.synthesis.blocks import BlockLibrary, shipped
from tools.synthesis.reactions.table import reactions
from tools.synthesis.routes.molecules import cached_ways, material, step_of

_MAX_SA = 4.5
_MAX_ATOMS = 50
_ATTEMPTS = 40
#: Tries without a product after which a search for something that keeps fixed atoms ends.
_BARREN = 120
_OVERSAMPLING = 8
_NEAREST = 20
#: Share of the tries that start from a parent where there are any, and how strongly good parents are preferred (1: evenly).
_PARENT_SHARE, _PRESSURE = 0.75, 2.0
#: Of these, the share that joins parts of two routes.
_SPLICE_SHARE = 0.2


_AZO = Chem.MolFromSmarts("[#6][NX2]=[NX2][#6]")


@dataclass(frozen=True)
class Built:
    """A product, the steps that made it, what was done to get there, and the parents it comes from."""

    steps: Steps
    operator: str
    parents: tuple[Parent, ...] = ()

    @property
    def smiles(self) -> str:
        """The product."""
        return self.steps[-1].product


class ReactionsProposer:
    """Runs up to three named reactions on building blocks, and evolves the routes of the parents.

    A parent with a route is varied: a block exchanged for a similar one, another reaction, a step more or less, parts of two routes
    joined. A parent without one gives relatives that can be made: the blocks nearest to its precursors are put together.
    """

    name = "reactions"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Molecules only."""
        return spec.candidate_class == "molecule"

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``count`` products that the spec does not exclude, nearest to its countable requirements, each with its route."""
        fit, plain = (
            spec_fit(request.spec, calculators=request.calculators),
            not asks_for_colour(request.spec, catalogue=request.calculators.catalogue),
        )
        library, lifted = request.library or shipped(), exemptions(request.spec)
        rng = request.generator(self.name)
        found: dict[str, tuple[float, Built]] = {}
        met = 0  # found that nothing can be nearer than: with enough of them the answer does not change any more
        nearest: list[tuple[float, Built]] = []
        wanted = request.count * (_OVERSAMPLING if fit.steerable else 1)
        tries = request.count * _ATTEMPTS
        taken = {p.smiles for p in request.parents}  # and what was found to be of no use
        with rdBase.BlockLogs():
            bench = _Bench(request.parents, library)
            barren = tries - _BARREN if fit.fixed else 0  # fixed atoms that no block brings along are not met by going on
            while len(found) < wanted and met < request.count and tries > (0 if found else barren):
                tries -= 1
                near = nearest if fit.steerable and rng.random() < 0.4 else []
                built = _varied(rng.choice(near)[1], library, rng) if near else bench.build(rng)
                if built is None or built.smiles in found or built.smiles in taken:
                    continue
                mol = Chem.MolFromSmiles(built.smiles)
                if mol is not None and _worth_it(built.smiles, mol, fit, library, lifted) and not (plain and mol.HasSubstructMatch(_AZO)):
                    found[built.smiles] = entry = (round(fit.distance(mol), 3) if fit.steerable else 0.0, built)
                    met += entry[0] == 0.0
                    insort(nearest, entry, key=_nearness)
                    del nearest[_NEAREST:]
                else:
                    taken.add(built.smiles)
        ordered = sorted(found.values(), key=_nearness)
        return [self._proposal(built, library) for _, built in ordered[: request.count]]

    def _proposal(self, built: Built, library: BlockLibrary) -> Proposal:
        made = {step.product for step in built.steps}
        materials = [_material(r, library) for s in built.steps for r in s.reactants if r not in made]
        unique = list({m.smiles: m for m in materials}.values())
        names = " + ".join(m.name for m in unique)
        return Proposal(
            smiles=built.smiles,
            proposer=self.name,
            operator=built.operator,
            parents=[p.key for p in built.parents],
            rationale=f"made from {names} by {', then '.join(s.reaction for s in built.steps)}",
            route=Route(status="by construction", steps=list(built.steps), starting_materials=unique),
        )


class _Bench:
    """The parents of one request with their routes."""

    def __init__(self, parents: Sequence[Parent], library: BlockLibrary) -> None:
        self._parents = parents
        self._library = library
        self._routes: dict[str, Steps] = {}

    def build(self, rng: random.Random) -> Built | None:
        """One try: a parent varied, two joined, or something new."""
        if not self._parents or rng.random() >= _PARENT_SHARE:
            return self._new(rng)
        parent = self._pick(rng)
        steps = self._steps(parent)
        if rng.random() < _SPLICE_SHARE:
            other = self._pick(rng)
            joined = splice(steps, self._steps(other), rng) if other is not parent else None
            return Built(joined, f"{joined[-1].reaction}, parts of two routes joined", (parent, other)) if joined else None
        if steps:
            return _varied(Built(steps, steps[-1].reaction, (parent,)), self._library, rng)
        done = project(parent.smiles, self._library, rng)
        return Built(done, f"{done[-1].reaction}, nearest that can be made", (parent,)) if done else None

    def _new(self, rng: random.Random) -> Built | None:
        """One to three reactions on random blocks."""
        steps = first_step(self._library, rng)
        while steps is not None and rng.random() < 0.4:
            further = extend(steps, self._library, rng)
            if further is None:
                break
            steps = further
        return Built(steps, ", ".join(s.reaction for s in steps)) if steps else None

    def _pick(self, rng: random.Random) -> Parent:
        return self._parents[int(len(self._parents) * rng.random() ** _PRESSURE)]

    def _steps(self, parent: Parent) -> Steps:
        """The steps by which a parent was built, or of the one step that makes it from the blocks at hand; () without one."""
        if parent.smiles not in self._routes:
            given = parent.route
            if given is not None and _usable(given, self._library):
                self._routes[parent.smiles] = tuple(given.steps)
            else:
                ways = cached_ways(parent.smiles, self._library, True) if Chem.MolFromSmiles(parent.smiles) is not None else ()
                self._routes[parent.smiles] = (step_of(ways[0], parent.smiles),) if ways else ()
        return self._routes[parent.smiles]


def _usable(route: Route, library: BlockLibrary) -> bool:
    """Whether a route that came with a parent is made of our reactions and of blocks at hand."""
    if not route.steps or any(s.reaction not in reactions() for s in route.steps):
        return False
    made = {s.product for s in route.steps}
    return all(library.find(Chem.MolFromSmiles(r)) is not None for s in route.steps for r in s.reactants if r not in made)


#: Distance from the spec, of what was found.
_nearness = itemgetter(0)


def _varied(built: Built, library: BlockLibrary, rng: random.Random) -> Built | None:
    """What was built after one move; None if the move failed."""
    done = vary(built.steps, library, rng)
    return Built(done[0], f"{done[0][-1].reaction}, {done[1]}", built.parents) if done is not None and done[0] else None


def asks_for_colour(spec: DesignSpec, *, catalogue: Catalogue) -> bool:
    """Whether a spec asks for what absorbs light, or names an azo group: by its family, a property, a motif, a core or a reference.

    Where it does not, no azo compounds are made: coupling gives free phenols and amines so readily that every goal with a phenol would get dyes.
    """
    if is_about_dyes(spec, catalogue=catalogue) or spec.family in ("photoswitch", "UV filter"):
        return True
    names = [r.name for r in spec.requirements_of(MotifRequirement)] + [r.name for r in spec.requirements_of(CountRequirement)]
    if any("azo" in name or "chromophore" in name for name in names):
        return True
    structures = [r.reference for r in spec.requirements_of(SimilarityRequirement)]
    structures += [part for r in spec.requirements_of(ScaffoldRequirement) for part in (r.scaffold, r.smarts)]
    structures += [spec.reference.smiles] if spec.reference is not None else []
    return any("N=N" in structure for structure in structures)


def _material(smiles: str, library: BlockLibrary) -> Material:
    block = library.find(Chem.MolFromSmiles(smiles))
    return material(block) if block is not None else Material(name=smiles, smiles=smiles)


def _worth_it(smiles: str, mol: Chem.Mol, fit: SpecFit, library: BlockLibrary, lifted: Exemptions) -> bool:
    if mol.GetNumHeavyAtoms() > min(_MAX_ATOMS, fit.max_heavy_atoms) or library.find(mol) is not None:
        return False
    return not fit.excluded(mol) and not lifted.first_of(smiles) and sa_score(mol) <= _MAX_SA
