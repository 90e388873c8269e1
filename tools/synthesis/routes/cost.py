"""What of a route is in the user's inventory, and what its materials cost there. Only prices that were given are used."""

from __future__ import annotations

from collections import defaultdict

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core.candidate import Material, Pack, Route, RouteCost
from tools.synthesis.blocks import BlockLibrary
from tools.synthesis.packs import MASS_UNITS, MOLE_UNITS, VOLUME_UNITS

_ASSUMES = "one equivalent of each material and full yields; solvents, reagents and work are not in it"


def with_stock(route: Route, library: BlockLibrary) -> Route:
    """``route`` with what the inventory of ``library`` says of each material, and their cost; unchanged if there is no inventory.

    Structures are compared without stereochemistry. Intermediates that the safety guard added to the materials are left as they are.
    """
    if not library.stocked or route.status == "none known":
        return route
    materials = [_stocked(m, library) for m in route.starting_materials]
    stocked = route.model_copy(update={"starting_materials": materials})
    return stocked.model_copy(update={"cost": cost_of(stocked)})


def only_from(route: Route, library: BlockLibrary) -> bool:
    """Whether every starting material of ``route`` is a block of ``library``."""
    mols = [Chem.MolFromSmiles(m.smiles) for m in route.starting_materials if m.role != "intermediate"]
    return all(mol is not None and library.find(mol) is not None for mol in mols)


def _stocked(material: Material, library: BlockLibrary) -> Material:
    mol = Chem.MolFromSmiles(material.smiles)
    block = library.find(mol) if mol is not None else None
    return material.model_copy(update={"stock": block.stock if block is not None else None})


def cost_of(route: Route) -> RouteCost:
    """The cost of the starting materials for one mol of product, or of one package of each where no package size is given.

    Known only if every material has a price in one and the same currency, and the package sizes are all given or all missing.
    """
    materials = [m for m in route.starting_materials if m.role != "intermediate"]
    missing = [m.name for m in materials if m.stock is None]
    unpriced = [m.name for m in materials if m.stock is not None and m.stock.price is None]
    if missing or unpriced or not materials:
        parts = [f"not in the inventory: {', '.join(missing)}"] if missing else []
        parts += [f"no price given: {', '.join(unpriced)}"] if unpriced else []
        return RouteCost(text=f"Not known ({'; '.join(parts) or 'no materials'}).")
    currencies = sorted({m.stock.currency for m in materials if m.stock is not None})
    if len(currencies) > 1:
        return RouteCost(text=f"Not known (prices in {', '.join(currencies)}).")
    sized = sum(m.stock is not None and m.stock.amount is not None for m in materials)
    if 0 < sized < len(materials):
        return RouteCost(text="Not known (package sizes are given for some materials only).")
    if not sized:
        total = sum(m.stock.price or 0.0 for m in materials if m.stock is not None)
        return RouteCost(
            value=round(total, 2),
            currency=currencies[0],
            per="one package of each",
            text=f"{total:.2f} {currencies[0]} for one package of each material; no package sizes are given.",
        )
    volumes = [m.name for m in materials if not _solid_packs(m)]
    if volumes:
        return RouteCost(text=f"Not known (sold by volume, and the density is not known: {', '.join(volumes)}).")
    return _per_mol(route, materials, currencies[0])


def _per_mol(route: Route, materials: list[Material], currency: str) -> RouteCost:
    needed = equivalents(route)
    total = sum(_price(m, needed.get(m.smiles, 1.0)) for m in materials)
    product = Chem.MolFromSmiles(route.steps[-1].product if route.steps else materials[0].smiles)
    grams = rdMolDescriptors._CalcMolWt(product) if product is not None else 0.0
    per_gram = total / grams if grams else None
    shown = f"{total:.2f} {currency} for a mol of product" + (f" ({per_gram:.4g} {currency}/g)" if per_gram is not None else "")
    several = "; of several packages the one that is cheapest for the amount" if any(m.stock and m.stock.packs for m in materials) else ""
    return RouteCost(
        value=round(total, 2),
        currency=currency,
        per="mol of product",
        per_gram=round(per_gram, 6) if per_gram is not None else None,
        text=f"{shown}: {_ASSUMES}{several}.",
    )


def _solid_packs(material: Material) -> list[Pack]:
    """The packages of a material whose size is a mass or an amount of substance."""
    stock = material.stock
    if stock is None or stock.price is None or stock.amount is None:
        return []
    packs = stock.packs or [Pack(price=stock.price, amount=stock.amount, unit=stock.unit)]
    return [pack for pack in packs if pack.unit.lower() not in VOLUME_UNITS]


def _price(material: Material, mols: float) -> float:
    """Price of ``mols`` mol, as a share of the package that is cheapest for so much when whole packages are bought.

    The mass of a mol is that of the structure without salts or water.
    """
    grams = float(rdMolDescriptors._CalcMolWt(Chem.MolFromSmiles(material.smiles)))
    shares = [(mols / _mols(pack, grams), pack) for pack in _solid_packs(material)]
    share, best = min(shares, key=lambda one: (one[1].price * max(1.0, one[0]), one[1].price))
    return best.price * share


def _mols(pack: Pack, grams: float) -> float:
    """Mol in a package of a substance of ``grams`` g/mol."""
    return pack.amount * MOLE_UNITS[pack.unit] if pack.unit in MOLE_UNITS else pack.amount * MASS_UNITS[pack.unit] / grams


def equivalents(route: Route) -> dict[str, float]:
    """Mol of each structure of the route that one mol of its last product takes, at one equivalent of each reactant of a step."""
    needed: dict[str, float] = defaultdict(float)
    if route.steps:
        needed[route.steps[-1].product] = 1.0
    for step in reversed(route.steps):
        for reactant in step.reactants:
            needed[reactant] += needed[step.product]
    return dict(needed)
