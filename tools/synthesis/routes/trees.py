"""Route trees of AiZynthFinder as routes of ours, their steps run forwards where a named reaction fits.

A tree has molecules and reactions in turn (``type`` 'mol' or 'reaction', ``children``), ``in_stock`` on each molecule, and on each reaction
``metadata`` with the columns of the template file: in the public files ``classification`` and ``library_occurence`` (spelt so).
Its templates know neither selectivity nor the order of our reactants, so each step is looked up among the named reactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from rdkit import Chem, rdBase

from core.candidate import Material, Route, RouteStep
from tools.synthesis.blocks import BlockLibrary, shipped
from tools.synthesis.reactions.run import run
from tools.synthesis.reactions.table import Reaction, reactions
from tools.synthesis.routes.molecules import same_structure

LEARNT = "learnt template"
ROLE = "in the stock of AiZynthFinder"
#: What the classifier of the public templates says where it knows no class.
UNCLASSIFIED = ("", "nan", "none", "0.0", "0.0 unrecognized", "unrecognized")


def best_route(trees: Sequence[dict[str, Any]], library: BlockLibrary | None = None) -> Route | None:
    """The first route whose steps all run forwards here, else the first; None if no tree ends in the stock.

    ``trees``: in the order of AiZynthFinder, best first. ``library``: for the names of the materials (the shipped one if None).
    """
    routes = [route for tree in trees if (route := route_of_tree(tree, library)) is not None]
    return next((route for route in routes if all(runs_forward(step) for step in route.steps)), routes[0] if routes else None)


def route_of_tree(tree: dict[str, Any], library: BlockLibrary | None = None) -> Route | None:
    """A route from one tree, or None if it does not end in the stock or is not a tree of molecules and reactions.

    Steps come in the order in which they are run, structures as RDKit writes them here. A step that a named reaction makes has its name, and
    its reactants in the order of its template; another is called by its class where the tree knows one, else 'learnt template'. A target
    that is in the stock gives a route without steps.
    """
    steps: list[RouteStep] = []
    materials: dict[str, Material] = {}
    with rdBase.BlockLogs():
        if _walk(tree, steps, materials, library or shipped()) is None:
            return None
    return Route(status="found", steps=steps, starting_materials=list(materials.values()), note=_note(steps))


def runs_forward(step: RouteStep) -> bool:
    """Whether the named reaction of ``step`` makes its product from its reactants in their order, with the selectivity guards."""
    reaction = reactions().get(step.reaction)
    mols = [Chem.MolFromSmiles(smiles) for smiles in step.reactants]
    return reaction is not None and all(m is not None for m in mols) and _makes(reaction, mols, step.product)


def named_step(reactants: Sequence[str], product: str, first: str = "") -> RouteStep | None:
    """The step by the named reaction that makes ``product`` of ``reactants`` in any order, or None; the reaction called ``first`` before others."""
    mols = [Chem.MolFromSmiles(smiles) for smiles in reactants]
    if any(m is None for m in mols):
        return None
    known = reactions()
    for name in dict.fromkeys([*([first] if first in known else []), *known]):
        reaction = known[name]
        if reaction.reactants != len(mols):
            continue
        for order in permutations(range(len(mols))):
            if _makes(reaction, [mols[i] for i in order], product):
                return RouteStep(reaction=name, reactants=[reactants[i] for i in order], product=product, note=reaction.note)
    return None


def _makes(reaction: Reaction, mols: Sequence[Chem.Mol], product: str) -> bool:
    made = run(reaction, mols)
    return made is not None and same_structure(made, product)


def _walk(node: dict[str, Any], steps: list[RouteStep], materials: dict[str, Material], library: BlockLibrary) -> str | None:
    """Adds what makes the molecule ``node``; its canonical SMILES, or None if that is not all there."""
    mol = Chem.MolFromSmiles(str(node.get("smiles", "")))
    if mol is None:
        return None
    smiles = str(Chem.MolToSmiles(mol))
    children = node.get("children") or []
    if not children:
        materials.setdefault(smiles, _material(mol, smiles, library))
        return smiles if node.get("in_stock") else None
    reaction = children[0]
    nodes = reaction.get("children") or []
    if reaction.get("type") != "reaction" or not nodes:
        return None
    reactants = []
    for child in nodes:
        below = _walk(child, steps, materials, library)
        if below is None:
            return None
        reactants.append(below)
    steps.append(_step(reactants, smiles, reaction.get("metadata") or {}))
    return smiles


def _material(mol: Chem.Mol, smiles: str, library: BlockLibrary) -> Material:
    block = library.find(mol)
    known = block is not None and same_structure(block.smiles, smiles)
    return Material(name=block.name if block is not None and known else smiles, smiles=smiles, role=ROLE)


def _step(reactants: list[str], product: str, meta: dict[str, Any]) -> RouteStep:
    said = str(meta.get("classification") or "").strip()
    name = "" if said.lower() in UNCLASSIFIED else said
    seen = meta.get("library_occurence")
    origin = f"template seen {seen:.0f} time{'s' * (seen != 1)} in the training data" if isinstance(seen, int | float) and seen > 0 else ""
    step = named_step(reactants, product, name)
    if step is None:
        return RouteStep(reaction=name or LEARNT, reactants=reactants, product=product, note=origin)
    return step.model_copy(update={"note": "; ".join(t for t in (step.note, origin) if t)})


def _note(steps: Sequence[RouteStep]) -> str:
    if not steps:
        return "In the stock of AiZynthFinder."
    checked = sum(runs_forward(step) for step in steps)
    if checked == len(steps):
        return "Found by AiZynthFinder; every step was run forwards here by its named reaction."
    return (
        f"Found by AiZynthFinder; {checked} of {len(steps)} steps run forwards here by a named reaction. The others rest on its templates alone: "
        "whether they are selective is not checked."
    )
