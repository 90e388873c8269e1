"""The proposer ``reactions``: products of named reactions from shipped building blocks, each with the route by which it was built."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from rdkit import Chem, rdBase

from core.candidate import Material, Proposal, Route, RouteStep
from core.spec import DesignSpec
from tools.generators.base import Parent, ProposalRequest
from tools.generators.blocks import find_block
from tools.generators.plausibility import first_violation
from tools.generators.reactions.run import fits, in_excess, partners, run
from tools.generators.reactions.table import Reaction, reactions
from tools.generators.registry import register
from tools.generators.spec_fit import SpecFit, spec_fit
from tools.properties.descriptors import compute_descriptor
from tools.routes.molecules import find_molecule_route

_MAX_SA = 4.5
_MAX_ATOMS = 50
_ATTEMPTS = 40
_OVERSAMPLING = 8
_NEAREST = 20


@dataclass(frozen=True)
class Built:
    """A product, the steps that made it, and what was done to get there."""

    smiles: str
    steps: tuple[RouteStep, ...]
    operator: str
    parent: Parent | None = None


class ReactionsProposer:
    """Runs one or two named reactions on building blocks, or exchanges one building block of a parent."""

    name = "reactions"

    def applies(self, spec: DesignSpec) -> bool:
        """Molecules only."""
        return spec.candidate_class == "molecule"

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``count`` products that the spec does not exclude, nearest to its countable requirements, each with its route."""
        fit = spec_fit(request.spec)
        rng = request.generator(self.name)
        found: dict[str, tuple[float, Built]] = {}
        wanted = request.count * (_OVERSAMPLING if fit.steerable else 1)
        tries = request.count * _ATTEMPTS
        with rdBase.BlockLogs():
            while len(found) < wanted and tries > 0:
                tries -= 1
                near = sorted(found.values(), key=_nearness)[:_NEAREST] if fit.steerable and rng.random() < 0.5 else []
                built = vary(rng.choice(near)[1], rng) if near else self._build(request.parents, rng)
                mol = Chem.MolFromSmiles(built.smiles) if built is not None and built.smiles not in found else None
                if built is not None and mol is not None and _worth_it(mol, fit):
                    found[built.smiles] = (fit.distance(mol) if fit.steerable else 0.0, built)
        ordered = sorted(found.values(), key=_nearness)
        return [self._proposal(built) for _, built in ordered[: request.count]]

    def _build(self, parents: Sequence[Parent], rng: random.Random) -> Built | None:
        """One try: a block of a parent exchanged, or one or two reactions on random blocks."""
        if parents and rng.random() < 0.5:
            return exchange_block(parents[int(len(parents) * rng.random() ** 2)], rng)
        step = one_step(rng)
        if step is None or rng.random() < 0.6:
            return Built(step.product, (step,), step.reaction) if step is not None else None
        onward = extend(step.product, rng)
        return Built(onward.product, (step, onward), f"{step.reaction}, {onward.reaction}") if onward is not None else None

    def _proposal(self, built: Built) -> Proposal:
        made = {step.product for step in built.steps}
        materials = [Material(name=_name(r), smiles=r, role=_role(r)) for s in built.steps for r in s.reactants if r not in made]
        unique = list({m.smiles: m for m in materials}.values())
        names = " + ".join(m.name for m in unique)
        return Proposal(
            smiles=built.smiles,
            proposer=self.name,
            operator=built.operator,
            parents=[built.parent.key] if built.parent is not None else [],
            rationale=f"made from {names} by {', then '.join(s.reaction for s in built.steps)}",
            route=Route(status="by construction", steps=list(built.steps), starting_materials=unique),
        )


def _nearness(item: tuple[float, Built]) -> float:
    return round(item[0], 3)


def vary(built: Built, rng: random.Random) -> Built | None:
    """What was built, with one building block exchanged; None if that fails."""
    steps = exchange(built.steps, rng)
    if steps is None:
        return None
    operator = built.operator if built.operator.endswith("exchanged") else f"{built.operator}, block exchanged"
    return Built(steps[-1].product, tuple(steps), operator, built.parent)


def _name(smiles: str) -> str:
    block = find_block(Chem.MolFromSmiles(smiles))
    return block.name if block is not None else smiles


def _role(smiles: str) -> str:
    block = find_block(Chem.MolFromSmiles(smiles))
    return block.functional_class if block is not None else ""


def _worth_it(mol: Chem.Mol, fit: SpecFit) -> bool:
    if mol.GetNumHeavyAtoms() > min(_MAX_ATOMS, fit.max_heavy_atoms) or find_block(mol) is not None:
        return False
    return not fit.excluded(mol) and not first_violation(mol) and compute_descriptor("sa_score", mol) <= _MAX_SA


def _step(reaction: Reaction, reactants: Sequence[Chem.Mol]) -> RouteStep | None:
    product = run(reaction, reactants)
    if product is None:
        return None
    return RouteStep(reaction=reaction.name, reactants=[Chem.MolToSmiles(m) for m in reactants], product=product, note=reaction.note)


def one_step(rng: random.Random) -> RouteStep | None:
    """A random reaction on random building blocks that fit it; None if it does not run."""
    reaction = rng.choice(list(reactions().values()))
    choices = [partners(reaction.name, i) for i in range(reaction.reactants)]
    if not all(choices):
        return None
    drawn = [rng.choice(c).mol for c in choices]
    return _step(reaction, in_excess(reaction, drawn, min(reaction.alike, default=0)))


def extend(smiles: str, rng: random.Random) -> RouteStep | None:
    """A random further reaction of ``smiles``, with random building blocks as its partners; None if none runs."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return None
    ways = [(r, i) for r in reactions().values() for i in range(r.reactants) if fits(r, i, mol)]
    if not ways:
        return None
    reaction, position = rng.choice(ways)
    reactants = []
    for other in range(reaction.reactants):
        pool = partners(reaction.name, other)
        if other != position and not pool:
            return None
        reactants.append(mol if other == position else rng.choice(pool).mol)
    return _step(reaction, in_excess(reaction, reactants, position if position in reaction.alike else min(reaction.alike, default=0)))


def exchange(steps: Sequence[RouteStep], rng: random.Random) -> list[RouteStep] | None:
    """The steps run again with one building block exchanged for another that fits its place; None if a step then fails."""
    made = {step.product for step in steps}
    places = [(i, k) for i, step in enumerate(steps) for k, r in enumerate(step.reactants) if r not in made]
    if not places:
        return None
    where, position = rng.choice(places)
    new = rng.choice(partners(steps[where].reaction, position))
    again: list[RouteStep] = []
    replaced: dict[str, str] = {}
    for i, step in enumerate(steps):
        reactants = [new.smiles if (i, k) == (where, position) else replaced.get(r, r) for k, r in enumerate(step.reactants)]
        reaction = reactions()[step.reaction]
        mols = [Chem.MolFromSmiles(r) for r in reactants]
        done = _step(reaction, in_excess(reaction, mols, position) if i == where else mols)
        if done is None:
            return None
        replaced[step.product] = done.product
        again.append(done)
    return again


def exchange_block(parent: Parent, rng: random.Random) -> Built | None:
    """The parent made again with one building block exchanged for another; None without a route."""
    route = find_molecule_route(parent.smiles)
    steps = exchange(route.steps, rng) if route.steps else None
    return Built(steps[-1].product, tuple(steps), f"{steps[-1].reaction}, block exchanged", parent) if steps else None


register(ReactionsProposer())
