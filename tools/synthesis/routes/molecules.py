"""Retrosynthesis of molecules: the named reactions backwards to building blocks, every step checked forwards.

A route has at most ``MAX_STEPS`` steps, in a line or convergent. The search is bounded by counts, never by time: at most ``MAX_PRECURSORS``
ways are tried for a structure, and at most ``MAX_EXPANSIONS`` intermediates of a target are taken apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem import rdChemReactions

from core.candidate import NO_ROUTE, Material, Route, RouteStep
from tools.structures.prescreen import Prescreen
from tools.synthesis.blocks import Block, BlockLibrary, flat_smiles, shipped
from tools.synthesis.reactions.run import run, screen_of
from tools.synthesis.reactions.table import Reaction, reactions

MAX_STEPS = 3
MAX_PRECURSORS = 90
MAX_MATCHES = 12
MAX_EXPANSIONS = 24
MAX_HEAVY_ATOMS = 80


@dataclass(frozen=True)
class Disconnection:
    """One way to make a structure: the reaction and its reactants, in the order of the templates."""

    reaction: Reaction
    reactants: tuple[Chem.Mol, ...]


@dataclass(frozen=True)
class Plan:
    """Steps in the order they are run, and the blocks they start from."""

    steps: tuple[RouteStep, ...]
    blocks: tuple[Block, ...]


def same_structure(made: str, wanted: str) -> bool:
    """Whether two SMILES are the same structure; stereochemistry counts only where ``wanted`` defines it. False for unreadable SMILES."""
    first, second = Chem.MolFromSmiles(made), _written(wanted)
    if first is None or second is None:
        return False
    whole, flat = second
    return bool(flat_smiles(first) == flat if flat == whole else Chem.MolToSmiles(first) == whole)


@lru_cache(maxsize=64)
def _written(smiles: str) -> tuple[str, str] | None:
    """Canonical SMILES with and without stereochemistry; None for what cannot be read."""
    mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else (Chem.MolToSmiles(mol), flat_smiles(mol))


def disconnections(mol: Chem.Mol, library: BlockLibrary | None = None, *, only_blocks: bool = False) -> list[Disconnection]:
    """The ways to make ``mol`` by one named reaction, each checked by running it forwards; in the order of the reactions.

    Reactants that are blocks of ``library`` (the shipped one if None) are its structures; others come without stereochemistry.
    ``only_blocks``: only the ways whose reactants are all blocks, which is faster.
    """
    library = library or shipped()
    target = Chem.MolToSmiles(mol)
    flat = Chem.MolFromSmiles(flat_smiles(mol))
    found: list[Disconnection] = []
    if flat is None:
        return found
    tried = 0
    seen: set[tuple[str, ...]] = set()
    screen, ways = _backwards()
    with rdBase.BlockLogs():
        for (reaction, backwards), may in zip(ways, screen.possible(flat), strict=True):
            for raw in backwards.RunReactants((flat,), MAX_MATCHES) if may else ():
                precursors = _blocks(raw, library) if only_blocks else _readable(raw, library)
                if precursors is None:
                    continue
                reactants = tuple(precursor.mol for precursor in precursors)
                key = (reaction.name, *(precursor.flat for precursor in precursors))
                if key in seen:
                    continue
                if tried >= MAX_PRECURSORS:
                    return found
                seen.add(key)
                tried += 1
                made = run(reaction, reactants)
                if made is not None and same_structure(made, target):
                    found.append(Disconnection(reaction, reactants))
    return found


@lru_cache(maxsize=1)
def _backwards() -> tuple[Prescreen, tuple[tuple[Reaction, rdChemReactions.ChemicalReaction], ...]]:
    """The screen of what the reactions take apart, and each reaction with one way backwards, in their order."""
    ways = tuple((reaction, backwards) for reaction in reactions().values() for backwards in reaction.retro)
    return screen_of([backwards.GetReactantTemplate(0) for _, backwards in ways]), ways


@dataclass(frozen=True)
class _Precursor:
    """A reactant, shared, with its canonical SMILES without stereochemistry."""

    mol: Chem.Mol
    flat: str


def _blocks(raw: Sequence[Chem.Mol], library: BlockLibrary) -> list[_Precursor] | None:
    """The reactants as the library has them; None if one is not a block."""
    if not all(library.may_hold(piece) for piece in raw):
        return None
    found = []
    for piece in raw:
        if Chem.SanitizeMol(piece, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
            return None
        block = library.find(piece)
        if block is None:
            return None
        found.append(_Precursor(block.mol, library.flat[block.smiles]))
    return found


def _readable(raw: Sequence[Chem.Mol], library: BlockLibrary) -> list[_Precursor] | None:
    """The reactants as sanitised molecules, building blocks as the library has them; None if one is not a whole molecule."""
    found = []
    for piece in raw:
        if Chem.SanitizeMol(piece, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE or len(Chem.GetMolFrags(piece)) != 1:
            return None
        precursor = _precursor(Chem.MolToSmiles(piece), library)
        if precursor is None:
            return None
        found.append(precursor)
    return found


@lru_cache(maxsize=2048)
def _precursor(smiles: str, library: BlockLibrary) -> _Precursor | None:
    """The reactant ``smiles``, a building block as the library has it; None for a radical and for what cannot be read."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None or any(a.GetNumRadicalElectrons() for a in mol.GetAtoms()):
        return None
    flat = flat_smiles(mol)
    block = library.index.get(flat)
    return _Precursor(mol, flat) if block is None else _Precursor(block.mol, library.flat[block.smiles])


def material(block: Block) -> Material:
    """A building block as a starting material of a route."""
    return Material(name=block.name, smiles=block.smiles, role=block.functional_class, stock=block.stock)


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


def find_molecule_route(smiles: str, library: BlockLibrary | None = None) -> Route:
    """A route from the blocks of ``library`` (the shipped one if None) to ``smiles``, or one of status 'none known' with the reason.

    The shortest that the search meets, with at most ``MAX_STEPS`` steps. A molecule that is itself a building block gets a route without
    steps. Each step is verified by running it forwards; where the target has no defined stereochemistry only the constitution is
    compared. Never raises for a structure that cannot be read. The result is cached and shared: copy it before changing it.
    """
    return _find(smiles, library or shipped())


@lru_cache(maxsize=4096)
def _find(smiles: str, library: BlockLibrary) -> Route:
    mol = Chem.MolFromSmiles(smiles)
    if mol is None or "*" in smiles:
        return NO_ROUTE.model_copy(update={"note": "The structure cannot be read as a molecule."})
    if mol.GetNumHeavyAtoms() > MAX_HEAVY_ATOMS:
        return NO_ROUTE.model_copy(update={"note": f"The structure has more than {MAX_HEAVY_ATOMS} heavy atoms; no search was made."})
    target = Chem.MolToSmiles(mol)
    block = library.find(mol)
    if block is not None and same_structure(block.smiles, target):
        return route_of([], [block], note="listed as a building block")
    search = Search(library)
    for steps in range(1, MAX_STEPS + 1):
        plan = search.plan(target, steps, frozenset())
        if plan is not None:
            return route_of(plan.steps, plan.blocks)
    ways = search.ways(target)
    where = "the shipped building blocks" if library is shipped() else "the building blocks at hand"
    reason = f"No way of {MAX_STEPS} steps leads to {where}." if ways else "No named reaction gives this structure selectively."
    return NO_ROUTE.model_copy(update={"note": reason})


@lru_cache(maxsize=4096)
def cached_ways(smiles: str, library: BlockLibrary, only_blocks: bool = False) -> tuple[Disconnection, ...]:
    """:func:`disconnections` of a canonical SMILES, remembered."""
    return tuple(disconnections(Chem.MolFromSmiles(smiles), library, only_blocks=only_blocks))


@dataclass
class Search:
    """One search for one target: depth by depth, the simplest precursors first."""

    library: BlockLibrary
    _expanded: set[str] = field(default_factory=set)
    _failed: dict[str, int] = field(default_factory=dict)

    def ways(self, smiles: str, only_blocks: bool = False) -> tuple[Disconnection, ...]:
        """Disconnections of ``smiles`` (canonical); () once the search has taken apart as many structures as it may."""
        if smiles not in self._expanded:
            if len(self._expanded) > MAX_EXPANSIONS:
                return ()
            self._expanded.add(smiles)
        return cached_ways(smiles, self.library, only_blocks)

    def plan(self, smiles: str, steps: int, above: frozenset[str]) -> Plan | None:
        """A way to ``smiles`` with at most ``steps`` steps that does not go through a structure ``above`` it, or None."""
        if self._failed.get(smiles, 0) >= steps:
            return None
        splits = [(way, *self._split(way)) for way in self.ways(smiles, only_blocks=steps == 1)]
        splits.sort(key=lambda item: (len(item[2]), sum(m.GetNumHeavyAtoms() for m in item[2])))
        for way, blocks, missing in splits:
            if len(missing) >= steps:
                continue
            below = self._made([Chem.MolToSmiles(m) for m in missing], steps - 1, above | {smiles})
            if below is not None:
                return Plan((*below.steps, step_of(way, smiles)), (*blocks, *below.blocks))
        self._failed[smiles] = steps
        return None

    def _made(self, missing: list[str], steps: int, above: frozenset[str]) -> Plan | None:
        """Plans for all of ``missing`` with at most ``steps`` steps together, put behind each other."""
        done = Plan((), ())
        for number, smiles in enumerate(missing):
            if smiles in above:
                return None
            room = steps - len(done.steps) - (len(missing) - number - 1)
            plan = next((p for n in range(1, room + 1) if (p := self.plan(smiles, n, above)) is not None), None)
            if plan is None:
                return None
            done = Plan((*done.steps, *plan.steps), (*done.blocks, *plan.blocks))
        return done

    def _split(self, way: Disconnection) -> tuple[list[Block], list[Chem.Mol]]:
        """The reactants that are building blocks, and those that are not, each once."""
        blocks: list[Block] = []
        missing: dict[str, Chem.Mol] = {}
        for mol in way.reactants:
            block = self.library.find(mol)
            if block is None:
                missing.setdefault(Chem.MolToSmiles(mol), mol)
            else:
                blocks.append(block)
        return blocks, list(missing.values())
