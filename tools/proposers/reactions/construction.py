"""Building molecules by named reactions, and varying what was built: the moves of a search over reactions and building blocks.

Every move takes and gives routes as steps in the order they are run, at most ``MAX_STEPS`` of them. Every step of what a move returns was
run forwards with the selectivity guards.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache

from rdkit import Chem, DataStructs

from core.candidate import RouteStep
from tools.structures.similarity import morgan_fingerprint
from tools.synthesis.blocks import Block, BlockLibrary
from tools.synthesis.reactions.partners import partners
from tools.synthesis.reactions.run import in_excess, places, run
from tools.synthesis.reactions.table import Reaction, reactions

MAX_STEPS = 3
#: How many of the most similar blocks a similar one is drawn from, and how often it is drawn from all that fit.
NEAREST = 10
ANY_SHARE = 0.35
#: Molecules and steps that are kept at hand: of each molecule some 20 kB.
KEPT = 1024

Steps = tuple[RouteStep, ...]


def first_step(library: BlockLibrary, rng: random.Random) -> Steps | None:
    """A random reaction on random blocks that fit it; None if it does not run."""
    reaction = rng.choice(list(reactions().values()))
    choices = [partners(reaction.name, i, library) for i in range(reaction.reactants)]
    if not all(choices):
        return None
    drawn = [rng.choice(c).mol for c in choices]
    done = run_step(reaction, in_excess(reaction, drawn, min(reaction.alike, default=0)))
    return (done,) if done is not None else None


def extend(steps: Steps, library: BlockLibrary, rng: random.Random) -> Steps | None:
    """A random further reaction of the last product with random blocks as its partners."""
    mol = _read(steps[-1].product) if steps and len(steps) < MAX_STEPS else None
    ways = _places(mol) if mol is not None else []
    if mol is None or not ways:
        return None
    done = _react(*rng.choice(ways), mol, library, rng, like={})
    return (*steps, done) if done is not None else None


def shorten(steps: Steps, library: BlockLibrary, rng: random.Random) -> Steps | None:
    """The route without its last step: the product is the last intermediate."""
    made = {s.product for s in steps[:-1]}
    needed = [r for r in steps[-1].reactants if r in made] if steps else []
    return _way_to(rng.choice(needed), steps) if needed else None


def exchange(steps: Steps, library: BlockLibrary, rng: random.Random) -> Steps | None:
    """One building block exchanged for another that fits its place, most often a similar one."""
    made = {step.product for step in steps}
    places = [(i, k) for i, step in enumerate(steps) for k, r in enumerate(step.reactants) if r not in made]
    if not places:
        return None
    where, position = rng.choice(places)
    pool = partners(steps[where].reaction, position, library)
    if not pool:
        return None
    new = similar(pool, steps[where].reactants[position], library, rng)
    reactants = [_read(new.smiles if k == position else r) for k, r in enumerate(steps[where].reactants)]
    reaction = reactions()[steps[where].reaction]
    return _replaced(steps, where, run_step(reaction, in_excess(reaction, reactants, position)))


def other_reaction(steps: Steps, library: BlockLibrary, rng: random.Random) -> Steps | None:
    """One step done by another reaction: a reactant is kept, its partners are blocks similar to the old ones."""
    if not steps:
        return None
    where = rng.randrange(len(steps))
    step = steps[where]
    made = {s.product for s in steps}
    kept = [k for k, r in enumerate(step.reactants) if r in made] or list(range(len(step.reactants)))
    keep = rng.choice(kept)
    mol = _read(step.reactants[keep])
    ways = [(r, i) for r, i in _places(mol) if r.name != step.reaction]
    if not ways or sum(r in made for r in step.reactants) > 1:
        return None
    others = [r for k, r in enumerate(step.reactants) if k != keep]
    reaction, position = rng.choice(ways)
    free = [i for i in range(reaction.reactants) if i != position]
    like = dict(zip(free, others, strict=False))
    return _replaced(steps, where, _react(reaction, position, mol, library, rng, like=like))


def splice(first: Steps, second: Steps, rng: random.Random) -> Steps | None:
    """A part of one route joined with a part of another by a reaction that fits both."""
    left, right = _parts(first), _parts(second)
    if not left or not right:
        return None
    a, b = rng.choice(left), rng.choice(right)
    before = tuple({s.product: s for s in (*_way_to(a, first), *_way_to(b, second))}.values())
    if a == b or len(before) >= MAX_STEPS:
        return None
    mols = _read(a), _read(b)
    others = {(r.name, i) for r, i in _places(mols[1])}
    ways = [(r, i) for r, i in _places(mols[0]) if r.reactants == 2 and (r.name, 1 - i) in others]
    if not ways:
        return None
    reaction, position = rng.choice(ways)
    done = run_step(reaction, mols if position == 0 else mols[::-1])
    return (*before, done) if done is not None else None


def project(smiles: str, library: BlockLibrary, rng: random.Random) -> Steps | None:
    """A relative of ``smiles`` that can be made: one of its disconnections with each precursor replaced by the block nearest to it."""
    from tools.synthesis.routes.molecules import cached_ways

    ways = cached_ways(smiles, library) if Chem.MolFromSmiles(smiles) is not None else ()
    if not ways:
        return None
    way = rng.choice(ways)
    chosen = []
    for position, wanted in enumerate(way.reactants):
        block = library.find(wanted)
        pool = partners(way.reaction.name, position, library)
        if block is None and not pool:
            return None
        chosen.append(block.mol if block is not None else similar(pool, Chem.MolToSmiles(wanted), library, rng, any_share=0.0).mol)
    done = run_step(way.reaction, in_excess(way.reaction, chosen, min(way.reaction.alike, default=0)))
    return (done,) if done is not None else None


#: The moves on one route, with their weights.
MOVES = ((exchange, 5.0), (other_reaction, 2.0), (extend, 2.0), (shorten, 0.5))


def vary(steps: Steps, library: BlockLibrary, rng: random.Random) -> tuple[Steps, str] | None:
    """The route after one move, with what was done; None if the move failed."""
    move = rng.choices([m for m, _ in MOVES], weights=[w for _, w in MOVES])[0]
    done = move(steps, library, rng)
    return (done, _SAID[move.__name__]) if done is not None else None


_SAID = {"exchange": "block exchanged", "other_reaction": "other reaction", "extend": "one step more", "shorten": "one step less"}


def similar(pool: Sequence[Block], like: str, library: BlockLibrary, rng: random.Random, any_share: float = ANY_SHARE) -> Block:
    """A block of ``pool``: drawn from the ``NEAREST`` most similar to ``like``, or, in ``any_share`` of the cases, from all."""
    if len(pool) <= NEAREST or rng.random() < any_share:
        return rng.choice(pool)
    prints = _prints(library)
    wanted = _print(like)
    likeness = DataStructs.BulkTanimotoSimilarity(wanted, [prints[b.smiles] for b in pool])
    ranked = sorted(range(len(pool)), key=lambda i: (-likeness[i], i))
    nearest = [i for i in ranked if pool[i].smiles != like][:NEAREST]
    return pool[nearest[int(len(nearest) * rng.random() ** 1.5)]]


@lru_cache(maxsize=4)
def _prints(library: BlockLibrary) -> dict[str, DataStructs.ExplicitBitVect]:
    return {b.smiles: morgan_fingerprint(b.mol) for b in library.blocks}


def run_step(reaction: Reaction, reactants: Sequence[Chem.Mol]) -> RouteStep | None:
    """The step that ``reaction`` makes of ``reactants``, or None if it is refused."""
    product = _run(reaction.name, tuple(reactants))
    if product is None:
        return None
    return RouteStep(reaction=reaction.name, reactants=[_written(m) for m in reactants], product=product, note=reaction.note)


# A search meets the same blocks, routes and steps again and again. Molecules are compared by identity: those of a library and those that were read
# here stay the same objects.
@lru_cache(maxsize=KEPT)
def _run(reaction: str, reactants: tuple[Chem.Mol, ...]) -> str | None:
    return run(reactions()[reaction], reactants)


@lru_cache(maxsize=KEPT)
def _read(smiles: str) -> Chem.Mol:
    """The molecule, which is shared: do not modify it."""
    return Chem.MolFromSmiles(smiles)


def _written(mol: Chem.Mol) -> str:
    """Canonical SMILES, kept on ``mol``."""
    found: str | None = mol.__dict__.get("_written")
    if found is None:
        found = mol.__dict__["_written"] = str(Chem.MolToSmiles(mol))
    return found


@lru_cache(maxsize=KEPT)
def _print(smiles: str) -> DataStructs.ExplicitBitVect:
    return morgan_fingerprint(_read(smiles))


def _places(mol: Chem.Mol) -> tuple[tuple[Reaction, int], ...]:
    """Where ``mol`` can take part: reactions and positions."""
    return places(_written(mol))


def _react(
    reaction: Reaction, position: int, mol: Chem.Mol, library: BlockLibrary, rng: random.Random, *, like: dict[int, str]
) -> RouteStep | None:
    """``mol`` at ``position`` with a block at every other place, similar to ``like`` where that names one."""
    reactants = []
    for other in range(reaction.reactants):
        if other == position:
            reactants.append(mol)
            continue
        pool = partners(reaction.name, other, library)
        if not pool:
            return None
        reactants.append(similar(pool, like[other], library, rng).mol if other in like else rng.choice(pool).mol)
    return run_step(reaction, in_excess(reaction, reactants, position if position in reaction.alike else min(reaction.alike, default=0)))


def _replaced(steps: Steps, where: int, new: RouteStep | None) -> Steps | None:
    """The route with ``new`` as step ``where``, what follows run again; steps whose product is no longer needed are left out."""
    if new is None:
        return None
    renamed = {steps[where].product: new.product}
    again: list[RouteStep] = []
    for i, step in enumerate(steps):
        if i == where:
            again.append(new)
            continue
        if not any(r in renamed for r in step.reactants):
            again.append(step)
            continue
        done = run_step(reactions()[step.reaction], [_read(renamed.get(r, r)) for r in step.reactants])
        if done is None:
            return None
        renamed[step.product] = done.product
        again.append(done)
    return _way_to(again[-1].product, tuple(again))


def _way_to(smiles: str, steps: Steps) -> Steps:
    """The steps that lead to ``smiles``, in their order; () for a starting material."""
    needed, way = {smiles}, []
    for step in reversed(steps):
        if step.product in needed:
            way.append(step)
            needed.update(step.reactants)
    return tuple(reversed(way))


def _parts(steps: Steps) -> list[str]:
    """Products and starting materials of a route, each once."""
    return list(dict.fromkeys([*(s.product for s in steps), *(r for s in steps for r in s.reactants)]))
