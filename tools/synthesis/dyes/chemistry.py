"""The reactions of dye recipes, run forward."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from tools.synthesis.dyes.library import Part, Recipe
from tools.synthesis.polymers.structure import canonical, reaction, read

_MAX_OUTCOMES = 24


@lru_cache(maxsize=65536)
def outcomes(smarts: str, reactants: tuple[str, ...]) -> tuple[str, ...]:
    """Distinct products (canonical SMILES, sorted) of one reaction; () if the reactants do not react. SMILES must be readable."""
    found = set()
    with rdBase.BlockLogs():
        made = reaction(smarts).RunReactants(tuple(read(r) for r in reactants), maxProducts=_MAX_OUTCOMES)
        for products in made:
            try:
                text = canonical(products[0])
            except (ValueError, RuntimeError):
                continue
            if "." not in text and Chem.MolFromSmiles(text) is not None:
                found.add(text)
    return tuple(sorted(found))


def make(recipe: Recipe, chosen: dict[str, Part]) -> list[tuple[tuple[str, ...], str]] | None:
    """(reactants, product) of every step of ``recipe`` with these parts; the first outcome where there are several; None if a step fails."""
    product = ""
    done = []
    for step in recipe.steps:
        reactants = tuple(product if role == "product" else chosen[role].smiles for role in step.roles)
        made = outcomes(step.smarts, reactants)
        if not made:
            return None
        product = made[0]
        done.append((reactants, product))
    return done
