"""Routes of dyes: written by construction, checked by running them again, and recognised from a structure."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import product

from rdkit import Chem, rdBase

from core.candidate import NO_ROUTE, Material, Route, RouteStep
from tools.synthesis.dyes.chemistry import make, outcomes
from tools.synthesis.dyes.library import Part, Recipe, parts, pool, reaction_smarts, recipes

Identity = tuple[Recipe, dict[str, Part]]
# Elements counted to recognise the parts of a dye; leaving groups differ among Cl, Br and I, so these are not counted.
_COUNTED = (5, 6, 7, 8, 9, 16, 34)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(p.smiles for p in parts())


def build_dye_route(recipe: Recipe, chosen: dict[str, Part], *, found: bool = False) -> Route | None:
    """The route of ``recipe`` with these parts; None if a step does not go."""
    done = make(recipe, chosen)
    if done is None:
        return None
    steps = [
        RouteStep(reaction=step.name, reactants=list(reactants), product=made, note=step.note)
        for step, (reactants, made) in zip(recipe.steps, done, strict=True)
    ]
    materials: dict[str, Material] = {}
    for role in recipe.slots:
        part = chosen[role]
        materials.setdefault(
            part.smiles, Material(name=part.name, smiles=part.smiles, role=role.split("#")[0].split("|")[0].replace("_", " "))
        )
    strangers = [p.name for p in chosen.values() if p.smiles not in _known()]
    return Route(
        status="found" if found else "by construction",
        steps=steps,
        starting_materials=list(materials.values()),
        note="; ".join(f"{name}: starting material not in the library" for name in strangers),
    )


def verify_dye_route(route: Route, smiles: str) -> bool:
    """Whether running the named steps of ``route`` forward from its starting materials gives ``smiles``.

    Every step must be a reaction of :func:`tools.synthesis.dyes.library.reaction_smarts` whose reactants are starting materials
    or earlier products and one of whose outcomes is the stated product. False for a route without steps or for unreadable text.
    """
    with rdBase.BlockLogs():
        target = _canonical(smiles)
        available = {_canonical(m.smiles) for m in route.starting_materials}
        last = ""
        for step in route.steps:
            reactants = tuple(_canonical(r) for r in step.reactants)
            last = _canonical(step.product)
            if not last or "" in reactants or not set(reactants) <= available:
                return False
            try:
                if not any(
                    last in outcomes(smarts, reactants) for smarts in reaction_smarts().get(step.reaction, ()) if _fits(smarts, reactants)
                ):
                    return False
            except (ValueError, RuntimeError):
                return False
            available = {*available, last}
        return bool(last) and last == target


def _fits(smarts: str, reactants: tuple[str, ...]) -> bool:
    from tools.synthesis.polymers.structure import reaction

    return int(reaction(smarts).GetNumReactantTemplates()) == len(reactants)


def _canonical(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    return "" if mol is None else str(Chem.MolToSmiles(mol))


def _composition(smiles: str) -> tuple[int, ...]:
    counts = Counter(atom.GetAtomicNum() for atom in Chem.MolFromSmiles(smiles).GetAtoms())
    return tuple(counts.get(number, 0) for number in _COUNTED)


@lru_cache(maxsize=1)
def _index() -> dict[tuple[int, ...], list[tuple[int, tuple[Part, ...]]]]:
    """Composition of the product to (number of the recipe, parts of its slots). What a recipe loses is the same for all its parts."""
    index: dict[tuple[int, ...], list[tuple[int, tuple[Part, ...]]]] = {}
    own = {p.smiles: _composition(p.smiles) for p in parts()}
    for number, recipe in enumerate(recipes()):
        pools = [pool(recipe, role) for role in recipe.slots]
        uses = [max(1, sum(step.roles.count(role) for step in recipe.steps)) for role in recipe.slots]
        first = next(((c, m) for c in product(*pools) if (m := make(recipe, dict(zip(recipe.slots, c, strict=True)))) is not None), None)
        if first is None:
            continue
        total = _sum(own, first[0], uses)
        lost = tuple(a - b for a, b in zip(total, _composition(first[1][-1][1]), strict=True))
        for chosen in product(*pools):
            key = tuple(a - b for a, b in zip(_sum(own, chosen, uses), lost, strict=True))
            index.setdefault(key, []).append((number, chosen))
    return index


def _sum(own: dict[str, tuple[int, ...]], chosen: tuple[Part, ...], uses: list[int]) -> tuple[int, ...]:
    vectors = [own[part.smiles] for part in chosen]
    return tuple(sum(n * vector[i] for vector, n in zip(vectors, uses, strict=True)) for i in range(len(_COUNTED)))


@lru_cache(maxsize=8192)
def _identify(smiles: str) -> Identity | None:
    with rdBase.BlockLogs():
        for number, chosen in _index().get(_composition(smiles), ()):
            recipe = recipes()[number]
            named = dict(zip(recipe.slots, chosen, strict=True))
            made = make(recipe, named)
            if made is not None and made[-1][1] == smiles:
                return recipe, named
    return None


def identify(smiles: str) -> Identity | None:
    """The recipe and the parts that give the dye ``smiles``, or None if the library cannot make it (or it cannot be read)."""
    with rdBase.BlockLogs():
        text = _canonical(smiles)
    return _identify(text) if text else None


def find_dye_route(smiles: str) -> Route:
    """The route of a dye that the library can make, status 'found'; otherwise 'none known'."""
    found = identify(smiles)
    route = build_dye_route(*found, found=True) if found is not None else None
    return NO_ROUTE if route is None else route
