"""Routes of polymers: written for a known assembly, checked by running them, found for a given repeat unit."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from core.candidate import NO_ROUTE, Material, Route, RouteStep
from core.errors import StructureError
from tools.structures.polymer_key import polymer_key
from tools.synthesis.polymers.chemistry import modify, polymerise
from tools.synthesis.polymers.disassembly import Found, disassemble, stranger, whole_index
from tools.synthesis.polymers.frames import frames, primitive, unit, unlabelled
from tools.synthesis.polymers.library import Modification, Monomer, Polymerisation, modifications, polymerisation_by_name, polymerisations
from tools.synthesis.polymers.structure import canonical, run

_CLASSES = {
    "aromatic_diamine": "diamine", "aliphatic_diamine": "diamine", "siloxane_diamine": "diamine", "secondary_diamine": "diamine",
    "carbonate_source": "carbonyl source", "alkyl_carbonate": "carbonyl source", "sulfide_source": "sulfide source", "vinyl": "monomer",
}  # fmt: skip
# Larger repeat units are not taken apart: the search tries subsets of their links.
_MAX_UNIT = 140
_LOW_CEILING = "Low ceiling temperature: the chain depolymerises easily and is made cold (anionically)."
# What starts the chain growth of a vinyl monomer: the first pattern that matches decides.
_VINYL_NOTES: tuple[tuple[str, str], ...] = (
    ("C=C(C)c1ccccc1", _LOW_CEILING),
    ("[CH2]=[CX3](C#N)C(=O)O", "Anionic, started by traces of water; low ceiling temperature."),
    ("[CH2]=[CX3]([CX4;H3])[CX4;H3]", "Cationic, at low temperature."),
    ("[CX3]=[CX3]-[OX2]-[CX4]", "Cationic (Lewis acid with a proton source); radicals give oligomers only."),
    ("[CX3]=[CX3]-[C;H0](=O)", "Free or controlled radical polymerisation; also anionic where no acidic hydrogen is present."),
    ("[CX3]=[CX3]-c", "Radical or anionic polymerisation; the atactic chain is drawn."),
    ("[$([CX3]([F,Cl])=[CX3]),$([CX3]=[CX3][F,Cl,Br])]", "Radical polymerisation in suspension or emulsion."),
    ("[CX3]=[CX3]-[O,N,n]", "Radical polymerisation."),
    ("[CX3]=[CX3]-C#N", "Radical polymerisation."),
    ("C=C", "Coordination polymerisation (Ziegler-Natta or metallocene); tacticity is not drawn."),
)  # fmt: skip


def build_route(
    polymerisation: Polymerisation,
    monomers: tuple[Monomer, ...],
    psmiles: str,
    *,
    found: bool = False,
    modification: Modification | None = None,
    product: str = "",
) -> Route:
    """The route by which ``monomers`` give the repeat unit ``psmiles``, and with ``modification`` then ``product``."""
    step = RouteStep(
        reaction=polymerisation.name, reactants=[m.smiles for m in monomers], product=psmiles, note=_conditions(polymerisation, monomers)
    )
    steps = [step]
    if modification is not None:
        steps.append(RouteStep(reaction=modification.name, reactants=[psmiles], product=product, note=modification.note))
    notes = [f"{m.name}: monomer not in the library" for m in monomers if not m.known]
    return Route(
        status="found" if found else "by construction",
        steps=steps,
        starting_materials=[Material(name=m.name, smiles=m.smiles, role=_role(m.monomer_class)) for m in monomers],
        note="; ".join(notes),
    )


def _role(monomer_class: str) -> str:
    return _CLASSES.get(monomer_class, monomer_class.replace("_", " "))


@lru_cache(maxsize=4096)
def _vinyl_note(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    return next((note for smarts, note in _VINYL_NOTES if mol.HasSubstructMatch(Chem.MolFromSmarts(smarts))), "")


def _conditions(polymerisation: Polymerisation, monomers: tuple[Monomer, ...]) -> str:
    return polymerisation.note or _vinyl_note(monomers[0].smiles)


def verify_polymer_route(route: Route, psmiles: str) -> bool:
    """Whether running the route's named steps forward from its starting materials gives the polymer ``psmiles``.

    Every step must be a known polymerisation or modification whose reactants are starting materials or the product of the
    step before, must give its stated product, and the last product must have the polymer key of ``psmiles``. False for a route
    without steps and for anything that cannot be read.
    """
    if not route.steps:
        return False
    available = {_canonical(m.smiles) for m in route.starting_materials}
    try:
        with rdBase.BlockLogs():
            for step in route.steps:
                reactants = tuple(_canonical(r) for r in step.reactants)
                if not set(reactants) <= available or polymer_key(step.product) not in _outcomes(step.reaction, reactants):
                    return False
                available = {*available, _canonical(step.product)}
            return polymer_key(route.steps[-1].product) == polymer_key(psmiles)
    except (StructureError, ValueError, RuntimeError):
        return False


def _outcomes(name: str, reactants: tuple[str, ...]) -> set[str]:
    polymerisation = polymerisation_by_name(name)
    if polymerisation is not None:
        made = polymerise(polymerisation, reactants) if len(reactants) == polymerisation.slots else []
        return {polymer_key(text) for text in made}
    modification = next((m for m in modifications() if m.name == name), None)
    return set() if modification is None or len(reactants) != 1 else {polymer_key(text) for text in modify(modification, reactants[0])}


def _canonical(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    return "" if mol is None else str(Chem.MolToSmiles(mol))


def find_polymer_route(psmiles: str) -> Route:
    """Monomers and steps that give the polymer with this repeat unit, checked by running them forward.

    Library monomers are preferred; others are accepted when they are bifunctional without competing groups, and the note says
    so. Status 'none known' with the reason where nothing fits: a repeat unit that would be a copolymer, a network, or chemistry
    that is not in the table. Raises StructureError for text that is no repeat unit.
    """
    polymer_key(psmiles)
    text = _canonical(psmiles.strip())
    route = _find(text)
    return route.model_copy(deep=True)


@lru_cache(maxsize=2048)
def _find(psmiles: str) -> Route:
    with rdBase.BlockLogs():
        try:
            mol = primitive(unit(psmiles))
        except ValueError as error:
            return NO_ROUTE.model_copy(update={"note": f"No route: {error}."})
        if mol.GetNumHeavyAtoms() > _MAX_UNIT:
            return NO_ROUTE.model_copy(update={"note": f"No route: a repeat unit of more than {_MAX_UNIT} atoms is not searched."})
        found = decompose(psmiles)
        if found is not None:
            polymerisation, monomers = found
            return build_route(polymerisation, monomers, psmiles, found=True)
        modified = _through_modification(mol, psmiles)
    if modified is not None:
        return modified
    return NO_ROUTE.model_copy(update={"note": _reason()})


def _reason() -> str:
    return (
        "No polymerisation of the table gives this repeat unit from one or two bifunctional monomers. Copolymers, networks and "
        f"chemistry outside the {len(polymerisations())} shipped polymerisations are out of scope."
    )


@lru_cache(maxsize=4096)
def decompose(psmiles: str) -> Found | None:
    """The polymerisation and monomers that give this polymer (checked forward), or None. Fewest unknown monomers first."""
    with rdBase.BlockLogs():
        try:
            key = polymer_key(psmiles)
            mol = primitive(unit(psmiles))
        except (StructureError, ValueError):
            return None
        if mol.GetNumHeavyAtoms() > _MAX_UNIT:
            return None
        known = whole_index().get(key)
        if known:
            return known[0]
        best: Found | None = None
        for polymerisation, monomers in disassemble(mol):
            strangers = sum(not m.known for m in monomers)
            if best is not None and strangers >= sum(not m.known for m in best[1]):
                continue
            if key in {polymer_key(t) for t in polymerise(polymerisation, tuple(m.smiles for m in monomers))}:
                best = (polymerisation, monomers)
                if strangers == 0:
                    break
        return best


def built_from(route: Route | None) -> Found | None:
    """The polymerisation and monomers of a route that a proposer built, without searching; None if it is not of one polymerisation.

    Nothing is checked again: only for choosing what to vary.
    """
    if route is None or len(route.steps) != 1:
        return None
    step = route.steps[0]
    polymerisation = polymerisation_by_name(step.reaction)
    if polymerisation is None or len(step.reactants) != polymerisation.slots:
        return None
    monomers = [stranger(smiles, polymerisation.classes[slot]) for slot, smiles in enumerate(step.reactants)]
    return (polymerisation, tuple(m for m in monomers if m is not None)) if None not in monomers else None


def _through_modification(mol: Chem.Mol, psmiles: str) -> Route | None:
    """A route that makes another polymer first and then changes it."""
    key = polymer_key(psmiles)
    for modification in modifications():
        for frame in frames(mol):
            for made in run(modification.back, unlabelled(frame)):
                before = canonical(made)
                found = decompose(before)
                if found is not None and key in {polymer_key(t) for t in modify(modification, before)}:
                    return build_route(*found, before, found=True, modification=modification, product=psmiles)
    return None
