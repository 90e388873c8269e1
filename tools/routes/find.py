"""Finding and checking routes, for molecules and polymers."""

from __future__ import annotations

from rdkit import Chem

from core.candidate import Route
from core.spec import CandidateClass
from tools.generators.blocks import find_block
from tools.generators.reactions.run import run
from tools.generators.reactions.table import reactions
from tools.routes.molecules import find_molecule_route, same_structure


def find_route(smiles: str, candidate_class: CandidateClass) -> Route:
    """A route from shipped starting materials to ``smiles``, or one of status 'none known' with the reason in its note.

    Molecules: the classic dye condensations first, then named reactions backwards, up to two levels (three steps), each verified
    forwards. Polymers: taken apart into monomers.
    """
    if candidate_class == "polymer":
        from tools.generators.polymers.routes import find_polymer_route

        return find_polymer_route(smiles)
    from tools.generators.dyes.routes import find_dye_route

    dye = find_dye_route(smiles)
    return dye if dye.status != "none known" else find_molecule_route(smiles).model_copy(deep=True)


def verify_route(route: Route, smiles: str, candidate_class: CandidateClass = "molecule") -> list[str]:
    """What is wrong with a route; [] if its forward execution gives ``smiles``."""
    if route.status == "none known":
        return ["no route"]
    if candidate_class == "polymer":
        from tools.generators.polymers.routes import verify_polymer_route

        return [] if verify_polymer_route(route, smiles) else ["the polymerisation does not give this repeat unit"]
    from tools.generators.dyes.routes import verify_dye_route

    return [] if verify_dye_route(route, smiles) else _molecule_faults(route, smiles)


def _molecule_faults(route: Route, smiles: str) -> list[str]:
    """What is wrong with the route of a molecule; [] if its forward execution gives ``smiles``.

    Every step is run again by its named reaction, with the selectivity guards; every reactant must be a starting material of the route
    or the product of an earlier step, and every starting material a shipped building block.
    """
    faults = []
    at_hand = []
    for given in route.starting_materials:
        mol = Chem.MolFromSmiles(given.smiles)
        if mol is None or find_block(mol) is None:
            faults.append(f"{given.name} is not a shipped building block")
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
