"""Retrosynthesis of molecules: the named reactions backwards to the shipped building blocks, every step checked forwards.

Bounded by counts, never by time: at most ``MAX_PRECURSORS`` ways are tried for a structure, and at most ``MAX_EXPANSIONS`` intermediates
are taken apart once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core.candidate import NO_ROUTE, Material, Route, RouteStep
from tools.generators.blocks import Block, find_block, flat_smiles
from tools.generators.reactions.run import run
from tools.generators.reactions.table import Reaction, reactions

MAX_PRECURSORS = 60
MAX_EXPANSIONS = 16
MAX_HEAVY_ATOMS = 80


@dataclass(frozen=True)
class Disconnection:
    """One way to make a structure: the reaction and its reactants, in the order of the templates."""

    reaction: Reaction
    reactants: tuple[Chem.Mol, ...]


def same_structure(made: str, wanted: str) -> bool:
    """Whether two SMILES are the same structure; stereochemistry counts only where ``wanted`` defines it. False for unreadable SMILES."""
    first, second = Chem.MolFromSmiles(made), Chem.MolFromSmiles(wanted)
    if first is None or second is None:
        return False
    if flat_smiles(second) == Chem.MolToSmiles(second):
        return flat_smiles(first) == flat_smiles(second)
    return bool(Chem.MolToSmiles(first) == Chem.MolToSmiles(second))


def disconnections(mol: Chem.Mol) -> list[Disconnection]:
    """The ways to make ``mol`` by one named reaction, each checked by running it forwards; in the order of the reactions.

    Reactants that are building blocks are the shipped structures; others come without stereochemistry.
    """
    target = Chem.MolToSmiles(mol)
    flat = Chem.MolFromSmiles(flat_smiles(mol))
    found: list[Disconnection] = []
    if flat is None:
        return found
    tried = 0
    seen: set[tuple[str, ...]] = set()
    with rdBase.BlockLogs():
        for reaction in reactions().values():
            for backwards in reaction.retro:
                for raw in backwards.RunReactants((flat,), 20):
                    reactants = _readable(raw)
                    if reactants is None:
                        continue
                    key = (reaction.name, *(flat_smiles(m) for m in reactants))
                    if key in seen or tried >= MAX_PRECURSORS:
                        continue
                    seen.add(key)
                    tried += 1
                    made = run(reaction, reactants)
                    if made is not None and same_structure(made, target):
                        found.append(Disconnection(reaction, reactants))
    return found


def _readable(raw: Sequence[Chem.Mol]) -> tuple[Chem.Mol, ...] | None:
    """The reactants as sanitised molecules, building blocks as they are shipped; None if one is not a whole molecule."""
    mols = []
    for piece in raw:
        if Chem.SanitizeMol(piece, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE or len(Chem.GetMolFrags(piece)) != 1:
            return None
        mol = Chem.MolFromSmiles(Chem.MolToSmiles(piece))
        if mol is None or any(a.GetNumRadicalElectrons() for a in mol.GetAtoms()):
            return None
        block = find_block(mol)
        mols.append(block.mol if block is not None else mol)
    return tuple(mols)


def material(block: Block) -> Material:
    """A building block as a starting material of a route."""
    return Material(name=block.name, smiles=block.smiles, role=block.functional_class)


def route_of(steps: Sequence[RouteStep], blocks: Sequence[Block], status: str = "found", note: str = "") -> Route:
    """A route from its steps (in the order they are run) and its building blocks, each listed once."""
    unique = {b.smiles: b for b in blocks}
    return Route.model_validate(
        {"status": status, "steps": list(steps), "starting_materials": [material(b) for b in unique.values()], "note": note}
    )


def step_of(way: Disconnection, product: str) -> RouteStep:
    """The step that makes ``product`` by ``way``."""
    reactants = [Chem.MolToSmiles(m) for m in way.reactants]
    return RouteStep(reaction=way.reaction.name, reactants=reactants, product=product, note=way.reaction.note)


def _split(way: Disconnection) -> tuple[list[Block], list[Chem.Mol]]:
    """The reactants that are building blocks, and those that are not."""
    blocks, missing = [], []
    for mol in way.reactants:
        block = find_block(mol)
        if block is None:
            missing.append(mol)
        else:
            blocks.append(block)
    return blocks, missing


@lru_cache(maxsize=4096)
def find_molecule_route(smiles: str) -> Route:
    """A route from shipped building blocks to ``smiles``, or one of status 'none known' with the reason in its note.

    At most two levels: each reactant of the last step is a building block or is made from building blocks in one step. A molecule that
    is itself a building block gets a route without steps. Each step is verified by running it forwards; where the target has no defined
    stereochemistry only the constitution is compared. Never raises for a structure that cannot be read. The result is cached and
    shared: copy it before changing it.
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None or "*" in smiles:
        return NO_ROUTE.model_copy(update={"note": "The structure cannot be read as a molecule."})
    if mol.GetNumHeavyAtoms() > MAX_HEAVY_ATOMS:
        return NO_ROUTE.model_copy(update={"note": f"The structure has more than {MAX_HEAVY_ATOMS} heavy atoms; no search was made."})
    target = Chem.MolToSmiles(mol)
    block = find_block(mol)
    if block is not None and same_structure(block.smiles, target):
        return route_of([], [block], note="listed as a building block")
    ways = disconnections(mol)
    for way in ways:
        blocks, missing = _split(way)
        if not missing:
            return route_of([step_of(way, target)], blocks)
    return _two_levels(target, ways)


@lru_cache(maxsize=4096)
def _from_blocks(smiles: str) -> tuple[RouteStep, tuple[Block, ...]] | None:
    """The first one-step way from building blocks to ``smiles`` (canonical), or None."""
    for way in disconnections(Chem.MolFromSmiles(smiles)):
        blocks, missing = _split(way)
        if not missing:
            return step_of(way, smiles), tuple(blocks)
    return None


def _two_levels(target: str, ways: Sequence[Disconnection]) -> Route:
    """The first way whose reactants are building blocks or are made from building blocks in one step each."""
    splits = [(way, *_split(way)) for way in ways]
    splits.sort(key=lambda item: (len(item[2]), sum(m.GetNumHeavyAtoms() for m in item[2])))
    expansions: set[str] = set()
    for way, blocks, missing in splits:
        steps, needed = [], list(blocks)
        for mol in missing:
            middle = Chem.MolToSmiles(mol)
            expansions.add(middle)
            made = _from_blocks(middle) if len(expansions) <= MAX_EXPANSIONS else None
            if made is None:
                break
            steps.append(made[0])
            needed += made[1]
        else:
            return route_of([*steps, step_of(way, target)], needed)
    reason = (
        "No named reaction gives this structure selectively." if not ways else "No way of two levels leads to the shipped building blocks."
    )
    return NO_ROUTE.model_copy(update={"note": reason})
