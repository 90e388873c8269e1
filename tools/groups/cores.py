"""Which atoms of a compound are to be kept, from what a person says: the core, a named part, all but a named part, a drawn core.

Every function answers with a :class:`core.spec.FixedAtomsRequirement` and raises StructureError, with the reason in words, where what is
said does not fit the compound; nothing is guessed. Where a part occurs several times every occurrence is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rdkit import Chem, rdBase

from core.errors import StructureError
from core.spec import AtomChoice, FixedAtomsRequirement
from tools.groups.drawn_core import DrawnCore, drawn_core
from tools.groups.named_parts import is_part, proper_atoms, ring_part, whole_parts
from tools.structures.fixed_atoms import branch, compiled, fault, kept_of
from tools.structures.parse import parse_smiles

_CORE_WORDS = frozenset({"core", "scaffold", "framework", "skeleton", "ring system", "ring systems", "parent structure"})
_ALL_BUT = re.compile(r"^(?:all but|everything but|everything except|only vary|vary only)\s+(?:the\s+)?(?P<part>.+)$", re.IGNORECASE)
_AROUND = re.compile(r"^(?:the\s+)?(?:substituents?|groups?) (?:on|of|around) (?:the\s+)?(?P<part>.+)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:keep\s+)?(?:the|its|my)\s+", re.IGNORECASE)


def described_core(reference: str, text: str, name: str = "") -> FixedAtomsRequirement:
    """What ``text`` says is kept of ``reference`` (SMILES; '' where there is no compound).

    ``text`` is 'scaffold' (or core, framework, skeleton), the name of a group or ring system ('aminopyrimidine'), 'all but PART',
    'substituents on PART', a SMILES with '*' or atom maps at open positions, or a mol block. ``name``: what the compound is called.
    """
    words = " ".join(text.split())
    if "M  END" in text or "V2000" in text or "V3000" in text:
        return drawn(reference, text, name)
    around, all_but, bare = _AROUND.match(words), _ALL_BUT.match(words), _ARTICLE.sub("", words).lower()
    says: tuple[Callable[[str, str, str], FixedAtomsRequirement], str] | None = None
    if around:
        says = changed_around, around["part"]
    elif all_but:
        says = kept_but, all_but["part"]
    elif bare in _CORE_WORDS:
        says = _scaffold_of, bare
    if says is None and not is_part(bare):
        return drawn(reference, words, name)
    if not reference:
        raise StructureError(f"{words!r} is said of a compound, and none is named; give the core as SMILES or as a mol file")
    does, part = says or (kept_part, bare)
    return does(reference, part, name)


def _scaffold_of(reference: str, part: str, name: str) -> FixedAtomsRequirement:
    return kept_scaffold(reference, name)


def kept_scaffold(reference: str, name: str = "") -> FixedAtomsRequirement:
    """'without changing the core': the rings, what links them, and what is bonded to these by more than one bond (Bemis and Murcko).

    In a repeat unit also what lies between its ends. Every kept atom that carries a hydrogen or a substituent is open.
    """
    mol = _read(reference)
    if not mol.GetRingInfo().NumRings() and not _dummies(mol):
        raise StructureError("this compound has no ring that could be its core; say which atoms to keep", smiles=reference)
    return _requirement(mol, _framework(mol), "the core", name)


def kept_part(reference: str, part: str, name: str = "") -> FixedAtomsRequirement:
    """'keep the aminopyrimidine': the atoms of a named group or ring system stay; what hangs on them may change."""
    mol = _read(reference)
    return _requirement(mol, _found(mol, part), f"the {part}", name)


def kept_but(reference: str, part: str, name: str = "") -> FixedAtomsRequirement:
    """'only vary the ester': everything stays but the part, and the pieces without rings that it cuts off; the largest piece stays."""
    mol = _read(reference)
    free = set(proper_atoms(mol, part) or _found(mol, part))
    pieces = _pieces(mol, free)
    stays = max(pieces, key=lambda piece: (len(piece), -min(piece)), default=set())
    for piece in pieces:
        if piece is not stays and not _cyclic(mol, piece):
            free |= piece
    fixed = {a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum()} - free
    if not fixed:
        raise StructureError(f"nothing would be left of this compound without the {part}", smiles=reference)
    at = {i for i in fixed for n in mol.GetAtomWithIdx(i).GetNeighbors() if n.GetIdx() in free}
    return _requirement(mol, fixed, f"all but the {part}", name, at)


def changed_around(reference: str, part: str, name: str = "") -> FixedAtomsRequirement:
    """'substituents on the phenyl ring may change': its substituents without rings are free and its positions open; all else stays."""
    mol = _read(reference)
    ring = ring_part(mol, part) or _found(mol, part)
    free: set[int] = set()
    for bond in mol.GetBonds():
        for inside, outside in ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), (bond.GetEndAtomIdx(), bond.GetBeginAtomIdx())):
            if inside in ring and outside not in ring and not bond.IsInRing() and bond.GetBondType() == Chem.BondType.SINGLE:
                piece = branch(mol, outside, ring)
                if not _cyclic(mol, piece) and not any(mol.GetAtomWithIdx(i).GetAtomicNum() == 0 for i in piece):
                    free |= piece
    fixed = {a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum()} - free
    at = {i for i in ring if _may_be_open(mol.GetAtomWithIdx(i), fixed)}
    return _requirement(mol, fixed, f"all but the substituents on the {part}", name, at)


def drawn(reference: str, text: str, name: str = "") -> FixedAtomsRequirement:
    """A core given as SMILES or mol block, placed in the compound where one is named (a repeat unit: only looked for in it).

    Attachment points and atom maps mark the open positions; without any every atom with a hydrogen is open.
    """
    core = drawn_core(text)
    if not reference or "*" in reference:
        found = core.requirement(name)
        if reference and (why := fault(compiled(kept_of(found)), _read(reference))):
            raise StructureError(f"the core is not part of the compound as it is: {why}", smiles=core.smiles)
        return found
    mol = _read(reference)
    match = _place(core, mol)
    fixed = {match[i]: i for i in core.atoms}
    at = {match[i] for i in core.open} if core.marked else {i for i in fixed if _may_be_open(mol.GetAtomWithIdx(i), set(fixed))}
    found = _requirement(mol, set(fixed), f"the core {core.smiles}", name, at)
    choices = [AtomChoice(atom=_renumbered(mol)[match[i]], elements=list(elements)) for i, elements in core.choices]
    return found.model_copy(update={"choices": choices})


def _place(core: DrawnCore, mol: Chem.Mol) -> dict[int, int]:
    """Where the core lies in the compound, so that the compound has substituents at open positions only."""
    with rdBase.BlockLogs():
        found = mol.GetSubstructMatches(core.query, uniquify=False, maxMatches=1000)
    for match in found:
        place = dict(zip(core.atoms, match, strict=True))
        inside = set(match)
        closed = [place[i] for i in core.atoms if core.marked and i not in core.open]
        if all(n.GetIdx() in inside for i in closed for n in mol.GetAtomWithIdx(i).GetNeighbors()):
            return place
    if found:
        raise StructureError("the compound has a substituent at a position of the core that is not marked as open", smiles=core.smiles)
    raise StructureError("the core is not part of the compound", smiles=core.smiles)


def _read(reference: str) -> Chem.Mol:
    """The compound; a salt or several pieces cannot be varied."""
    mol = parse_smiles(reference, allow_dummies=True)
    if len(Chem.GetMolFrags(mol)) != 1:
        raise StructureError("a compound to vary has to be one piece, without counter-ion or solvent", smiles=reference)
    return mol


def _dummies(mol: Chem.Mol) -> list[int]:
    return [a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum() == 0]


def _found(mol: Chem.Mol, part: str) -> set[int]:
    found = whole_parts(mol, part)
    if not found:
        raise StructureError(f"the compound has no {part}, or this is no part that is known by name", smiles=Chem.MolToSmiles(mol))
    return found


def _framework(mol: Chem.Mol) -> set[int]:
    """Rings, linkers and what is multiply bonded to them; attachment points count as ends that stay."""
    left = {a.GetIdx() for a in mol.GetAtoms()}
    while True:
        ends = set()
        for index in left:
            atom = mol.GetAtomWithIdx(index)
            inside = [b for b in atom.GetBonds() if b.GetOtherAtomIdx(index) in left]
            if len(inside) <= 1 and atom.GetAtomicNum() and not atom.IsInRing():
                ends.add(index)
        if not ends:
            break
        left -= ends
    for bond in mol.GetBonds():
        pair = {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()}
        if bond.GetBondTypeAsDouble() > 1 and len(pair & left) == 1:
            left |= pair
    return {i for i in left if mol.GetAtomWithIdx(i).GetAtomicNum()}


def _pieces(mol: Chem.Mol, without: set[int]) -> list[set[int]]:
    pieces: list[set[int]] = []
    for atom in mol.GetAtoms():
        if atom.GetIdx() not in without and not any(atom.GetIdx() in piece for piece in pieces):
            pieces.append(branch(mol, atom.GetIdx(), without))
    return pieces


def _cyclic(mol: Chem.Mol, atoms: Iterable[int]) -> bool:
    return any(mol.GetAtomWithIdx(i).IsInRing() for i in atoms)


def _may_be_open(atom: Chem.Atom, fixed: set[int]) -> bool:
    return atom.GetTotalNumHs() > 0 or any(n.GetIdx() not in fixed for n in atom.GetNeighbors())


def _renumbered(mol: Chem.Mol) -> dict[int, int]:
    """Number of each atom in the canonical SMILES of ``mol``."""
    Chem.MolToSmiles(mol)
    order = mol.GetPropsAsDict(includePrivate=True, includeComputed=True)["_smilesAtomOutputOrder"]
    return {old: new for new, old in enumerate(order)}


def _requirement(mol: Chem.Mol, fixed: set[int], part: str, name: str, at: set[int] | None = None) -> FixedAtomsRequirement:
    """The requirement on the canonical SMILES of the compound. ``at``: open atoms; None: all with a hydrogen or something that may change.

    An atom with a neighbour that may change is open in any case.
    """
    wanted = {i for i in fixed if _may_be_open(mol.GetAtomWithIdx(i), fixed)} if at is None else set(at)
    wanted |= {i for i in fixed for n in mol.GetAtomWithIdx(i).GetNeighbors() if n.GetIdx() not in fixed}
    if not wanted:
        raise StructureError("no position is left at which anything could change", smiles=Chem.MolToSmiles(mol))
    number = _renumbered(mol)
    return FixedAtomsRequirement(
        id="",
        text="",
        reference=Chem.MolToSmiles(mol),
        reference_name=name,
        part=part,
        fixed=sorted(number[i] for i in fixed),
        open=sorted(number[i] for i in wanted),
    )
