"""Requirements that no structure can meet together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rdkit import Chem

from core.errors import ContradictionError
from core.spec import Requirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.element_shares import ELEMENT_OF
from tools.catalogue.kinds import KINDS, Kinds
from tools.catalogue.kinds.limits import Limits, Range
from tools.catalogue.least import Least, least_of
from tools.groups.groups import GROUPS, compile_smarts
from tools.structures.names import common_names

#: The largest structure that is designed, in heavy atoms.
MAX_HEAVY_ATOMS = 150
#: A monoisotopic mass is at least this part of the molar mass: boron, tin and the like have heavy or light main isotopes.
_LIGHTEST_ISOTOPES = 0.95
#: What a comparison of masses in g/mol forgives.
_ROUNDING = 0.01


def reject_contradictions(
    requirements: Sequence[Requirement], catalogue: Catalogue, kinds: Kinds = KINDS, *, polymer: bool = False
) -> None:
    """Raises ContradictionError, quoting the phrases, if requirements exclude each other. ``polymer``: they are about a repeat unit."""
    limits = Limits(catalogue)
    for requirement in requirements:
        kinds.of(requirement).limit(requirement, limits)
    _ranges(limits)
    _shares(limits)
    _size(limits)
    _elements(limits)
    _motifs(limits)
    if not polymer:
        _least(limits)
    _polar_surface(limits)


def _ranges(limits: Limits) -> None:
    """Each quantity must have something left; those that are not properties come after them."""
    properties = limits.of("property")
    for name, box in properties.items():
        if box.empty():
            raise ContradictionError(f"no structure can meet both demands on {limits.catalogue[name].label}", phrase=box.phrases())
    parts = [(part.name, whole) for part in limits.catalogue for whole in part.cannot_exceed]
    for part, whole in parts:
        if part in properties and whole in properties and properties[part].low > properties[whole].high:
            raise ContradictionError(
                f"{limits.catalogue[part].label} cannot exceed {limits.catalogue[whole].label}",
                phrase=f"{properties[part].low_phrase} / {properties[whole].high_phrase}",
            )
    for (sort, name), box in limits.ranges.items():
        if sort != "property" and box.empty():
            raise ContradictionError(f"no structure can meet both demands on {name}", phrase=box.phrases())


def _shares(limits: Limits) -> None:
    """Shares of the mass: those of all elements are 100 wt% together, and an element of which there is some is there."""
    shares = {ELEMENT_OF[name]: box for name, box in limits.of("property").items() if name in ELEMENT_OF and box.low > 0}
    total = sum(box.low for box in shares.values())
    if total > 100.0 + 1e-9:
        phrase = " / ".join(dict.fromkeys(box.low_phrase for box in shares.values()))
        raise ContradictionError(f"shares of {total:g} wt% are asked for together", phrase=phrase)
    for symbol, box in shares.items():
        atoms = limits.of("element").get(symbol)
        left_out = [only for only in limits.allowed if symbol not in {"H", *only.symbols}]
        if atoms is not None and atoms.high == 0:
            raise ContradictionError(f"a share of {symbol} is asked for, and no {symbol}", phrase=f"{box.low_phrase} / {atoms.high_phrase}")
        if left_out:
            listed = ", ".join(left_out[0].symbols)
            raise ContradictionError(
                f"a share of {symbol} is asked for, but only {listed} are allowed", phrase=f"{left_out[0].phrase} / {box.low_phrase}"
            )


def _size(limits: Limits) -> None:
    """Reject counts that only a structure too large to be designed could meet."""
    for sort, noun in (("element", "atoms"), ("group", "groups")):
        wanted = [box for name, box in limits.of(sort).items() if name != "H" and box.low > 0]
        total = sum(box.low for box in wanted)
        if total > MAX_HEAVY_ATOMS:
            raise ContradictionError(
                f"{total:g} {noun} are asked for, but structures of more than {MAX_HEAVY_ATOMS} heavy atoms are not designed",
                phrase=" / ".join(dict.fromkeys(box.low_phrase for box in wanted if box.low_phrase)),
            )


def _required_elements(name: str, smarts: str) -> set[str]:
    """Elements that every match of a group must hold, from its example; atoms with a choice of elements are left out."""
    query = compile_smarts(smarts)
    example = Chem.MolFromSmiles(GROUPS[name].example) if name in GROUPS else None
    fixed = {a.GetSymbol() for a in query.GetAtoms() if a.GetAtomicNum() > 1}
    if example is None:
        return fixed - {"H", "*"}
    match = example.GetSubstructMatch(query)
    for atom, index in zip(query.GetAtoms(), match, strict=False):
        described = atom.DescribeQuery()
        symbol = example.GetAtomWithIdx(index).GetSymbol()
        open_to_others = "AtomOr" in described or "!=" in described  # one of several elements, or any but some
        told = "RecursiveStructure" in described or "!=" in described
        if not open_to_others or (told and _in_every_member(smarts, symbol)):
            fixed.add(symbol)
    return fixed - {"H", "*"}


@lru_cache(maxsize=256)
def _in_every_member(smarts: str, symbol: str) -> bool:
    """Whether all known structures that match hold the element: a pattern of several forms ('sulfonium or iodonium') needs neither."""
    query = compile_smarts(smarts)
    return all(any(a.GetSymbol() == symbol for a in mol.GetAtoms()) for mol in _known_structures() if mol.HasSubstructMatch(query))


def _elements(limits: Limits) -> None:
    for only in limits.allowed:
        allowed, listed = {"H", *only.symbols}, ", ".join(only.symbols)
        for name, box in limits.of("element").items():
            if box.low >= 1 and name not in allowed:
                raise ContradictionError(f"{name} is asked for, but only {listed} are allowed", phrase=f"{only.phrase} / {box.low_phrase}")
        for wanted in limits.needed:
            missing = sorted(_required_elements(wanted.name, wanted.smarts) - allowed)
            if missing:
                raise ContradictionError(
                    f"{wanted.name} needs {', '.join(missing)}, but only {listed} are allowed", phrase=f"{only.phrase} / {wanted.phrase}"
                )
    for name, box in limits.of("element").items():
        if box.high == 0:
            for wanted in limits.needed:
                if name in _required_elements(wanted.name, wanted.smarts):
                    raise ContradictionError(f"{wanted.name} needs {name}", phrase=f"{wanted.phrase} / {box.high_phrase}")


def _motifs(limits: Limits) -> None:
    rings = limits.of("property").get("ring_count")
    for wanted in limits.needed:
        if wanted.name not in GROUPS:
            continue
        example = Chem.MolFromSmiles(GROUPS[wanted.name].example)
        atoms = set(example.GetSubstructMatch(compile_smarts(wanted.smarts)))
        for excluded in limits.excluded:
            matches = example.GetSubstructMatches(compile_smarts(excluded.smarts))
            if (
                any(set(m) <= atoms for m in matches)
                and not _choice(wanted.smarts)
                and not _without(example, wanted.smarts, excluded.smarts)
                and not _member_without(wanted.smarts, excluded.smarts)
            ):
                phrase = f"{wanted.phrase} / {excluded.phrase}"
                raise ContradictionError(f"every {wanted.name} holds {excluded.name}, which is excluded", phrase=phrase)
        if GROUPS[wanted.name].kind == "ring system" and rings is not None and rings.high < 1:
            raise ContradictionError(f"{wanted.name} is a ring, but rings are excluded", phrase=f"{wanted.phrase} / {rings.high_phrase}")
    for symbol, phrase in limits.atoms:
        lone = Chem.MolFromSmiles(f"[{symbol}]") if symbol != "H" else None
        for excluded in limits.excluded:
            query = compile_smarts(excluded.smarts)
            if lone is not None and query.GetNumAtoms() == 1 and lone.HasSubstructMatch(query):
                raise ContradictionError(f"{symbol} is asked for, but {excluded.name} is excluded", phrase=f"{phrase} / {excluded.phrase}")


def _without(example: Chem.Mol, wanted: str, excluded: str) -> bool:
    """Whether ``example`` with methyl groups for the hydrogens of its heteroatoms still is ``wanted`` and no longer ``excluded``."""
    return any(
        form.HasSubstructMatch(compile_smarts(wanted)) and not form.HasSubstructMatch(compile_smarts(excluded))
        for form in _methylated(example)
    )


@lru_cache(maxsize=256)
def _member_without(wanted: str, excluded: str) -> bool:
    """Whether an example of any registered group, or a compound that has a name, is ``wanted`` and not ``excluded``."""
    has, lacks = compile_smarts(wanted), compile_smarts(excluded)
    return any(mol.HasSubstructMatch(has) and not mol.HasSubstructMatch(lacks) for mol in _known_structures())


@lru_cache(maxsize=1)
def _known_structures() -> tuple[Chem.Mol, ...]:
    """The examples of the registered groups and the compounds that have a name here."""
    written = [group.example for group in GROUPS.values()] + [smiles for _, smiles in common_names().values()]
    return tuple(mol for smiles in dict.fromkeys(written) if (mol := Chem.MolFromSmiles(smiles)) is not None)


def _methylated(example: Chem.Mol) -> list[Chem.Mol]:
    """``example`` with one, and with every, hydrogen of each of its nitrogen, oxygen and sulfur atoms replaced by a methyl group."""
    forms = []
    for most in (1, 4):
        form = Chem.RWMol(example)
        for atom in [a for a in example.GetAtoms() if a.GetSymbol() in ("N", "O", "S")]:
            for _ in range(min(most, atom.GetTotalNumHs())):
                form.AddBond(atom.GetIdx(), form.AddAtom(Chem.Atom("C")), Chem.BondType.SINGLE)
            form.GetAtomWithIdx(atom.GetIdx()).SetNumExplicitHs(max(0, atom.GetNumExplicitHs() - most))
        Chem.SanitizeMol(form)
        forms.append(form.GetMol())
    return forms


def _choice(smarts: str) -> bool:
    """Whether a pattern offers a choice of atoms, so that its example is only one of its forms."""
    return any("AtomOr" in a.DescribeQuery() and "RecursiveStructure" not in a.DescribeQuery() for a in compile_smarts(smarts).GetAtoms())


def _least(limits: Limits) -> None:
    """Reject an upper end of mass, heavy atoms or an element below what another wish needs at least."""
    for least in least_of(limits):
        for box, needed, unit in _upper_ends(limits, least):
            if box is not None and needed > box.high + _ROUNDING:
                phrase = " / ".join(dict.fromkeys(p for p in (least.phrase, box.high_phrase) if p))
                raise ContradictionError(
                    f"no structure with {least.what} has less than {needed:.0f} {unit}, but at most {box.high:g} is asked for",
                    phrase=phrase,
                )


def _polar_surface(limits: Limits) -> None:
    """Reject a polar surface area without nitrogen and oxygen, whose atoms alone it counts."""
    area, elements = limits.of("property").get("tpsa"), limits.of("element")
    if area is None or area.low <= 0:
        return
    for only in limits.allowed:
        if not {"N", "O"} & set(only.symbols):
            raise ContradictionError("only nitrogen and oxygen have a polar surface area", phrase=f"{area.low_phrase} / {only.phrase}")
    banned = [elements[symbol] for symbol in ("N", "O") if symbol in elements and elements[symbol].high == 0]
    if len(banned) == 2:
        phrases = [area.low_phrase, *(box.high_phrase for box in banned)]
        raise ContradictionError("only nitrogen and oxygen have a polar surface area", phrase=" / ".join(dict.fromkeys(phrases)))


def _upper_ends(limits: Limits, least: Least) -> Iterator[tuple[Range | None, float, str]]:
    """What may be limited, how much of it ``least`` needs, and in what."""
    properties, elements = limits.of("property"), limits.of("element")
    yield properties.get("molecular_weight"), least.mass, "g/mol"
    yield properties.get("exact_mass"), least.mass * _LIGHTEST_ISOTOPES, "g/mol"
    yield properties.get("heavy_atoms"), float(least.atoms), "heavy atoms"
    for symbol, number in least.elements.items():
        yield elements.get(symbol), float(number), f"{symbol} atoms"
