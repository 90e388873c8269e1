"""Finding and checking routes, for molecules and polymers."""

from __future__ import annotations

from rdkit import Chem

from core.candidate import NO_ROUTE, Route
from core.spec import CandidateClass
from tools.synthesis.blocks import BlockLibrary, shipped
from tools.synthesis.reactions.run import run
from tools.synthesis.reactions.table import reactions
from tools.synthesis.routes.cost import with_stock
from tools.synthesis.routes.molecules import find_molecule_route, same_structure


def find_route(smiles: str, candidate_class: CandidateClass, library: BlockLibrary | None = None) -> Route:
    """A route from starting materials to ``smiles``, or one of status 'none known' with the reason in its note.

    Molecules: the classic dye condensations first (from their own shipped parts), then named reactions backwards, up to three steps,
    each verified forwards, from the blocks of ``library`` (the shipped one if None). Polymers: taken apart into shipped monomers. A
    library with an inventory says of each material what is in it, and what the materials cost.
    """
    return with_stock(_found(smiles, candidate_class, library), library or shipped())


def _found(smiles: str, candidate_class: CandidateClass, library: BlockLibrary | None) -> Route:
    if candidate_class == "polymer":
        from tools.synthesis.polymers.routes import find_polymer_route

        return find_polymer_route(smiles)
    from tools.synthesis.dyes.routes import find_dye_route

    replaced = library is not None and library.replaces
    dye = find_dye_route(smiles) if not replaced else NO_ROUTE
    return dye if dye.status != "none known" else find_molecule_route(smiles, library).model_copy(deep=True)


def verify_route(route: Route, smiles: str, candidate_class: CandidateClass = "molecule", library: BlockLibrary | None = None) -> list[str]:
    """What is wrong with a route; [] if its forward execution gives ``smiles``. ``library``: as for :func:`find_route`."""
    if route.status == "none known":
        return ["no route"]
    if candidate_class == "polymer":
        from tools.synthesis.polymers.routes import verify_polymer_route

        return [] if verify_polymer_route(route, smiles) else ["the polymerisation does not give this repeat unit"]
    from tools.synthesis.dyes.routes import verify_dye_route

    return [] if verify_dye_route(route, smiles) else _molecule_faults(route, smiles, library or shipped())


def _molecule_faults(route: Route, smiles: str, library: BlockLibrary) -> list[str]:
    """What is wrong with the route of a molecule; [] if its forward execution gives ``smiles``.

    Every step is run again by its named reaction, with the selectivity guards; every reactant must be a starting material of the route
    or the product of an earlier step, and every starting material a building block of ``library``.
    """
    faults = []
    at_hand = []
    for given in route.starting_materials:
        mol = Chem.MolFromSmiles(given.smiles)
        if given.role == "intermediate":  # listed for its safety verdict; the steps have to make it
            continue
        if mol is None or library.find(mol) is None:
            faults.append(f"{given.name} is not a building block")
        at_hand.append(given.smiles)
    for step in route.steps:
        faults += _step_faults(step.reaction, step.reactants, step.product, at_hand)
        at_hand.append(step.product)
    if not at_hand or not same_structure(at_hand[-1], smiles):
        faults.append("the last product is another structure")
    return faults


def _step_faults(name: str, reactants: list[str], product: str, at_hand: list[str]) -> list[str]:
    reaction = reactions().get(name)
    if reaction is None:
        return [f"unknown reaction {name!r}"]
    faults = [f"{r} comes from nowhere" for r in reactants if not any(same_structure(r, a) and same_structure(a, r) for a in at_hand)]
    mols = [Chem.MolFromSmiles(r) for r in reactants]
    made = run(reaction, mols) if all(m is not None for m in mols) else None
    if made is None:
        faults.append(f"{name} does not run on {'.'.join(reactants)}")
    elif not same_structure(made, product):
        faults.append(f"{name} gives {made}, not {product}")
    return faults
