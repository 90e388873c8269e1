"""A group added to a structure, taken from it, or put in the place of another: every result of one such edit.

Groups are attached by the forms of ``substituents.tsv`` (a group that the table lacks by an open hydrogen of its example). What is taken
off is the smaller side of a bond outside rings. A result counts only if the group occurs exactly once more or once less than before
and everything else is as it was: a structure, not a drawing of it, is what is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rdkit import Chem, rdBase

from core import data
from core.errors import ConfigurationError, StructureError
from tools.groups.groups import GROUPS, compile_smarts

#: Elements that can be added, removed or replaced as a group is: one bond each.
HALOGENS = ("F", "Cl", "Br", "I")
#: Elements that can stand for one another within a structure.
SWAPPED = ("C", "N", "O", "S")
#: Groups of which only the heteroatom is taken off: an oxo group gives way to hydrogens.
OXO = ("ketone",)
#: Atoms beside those of the group that may go with it.
SPARE = 4
#: Most results of one edit.
MOST = 500
#: Rounds of an edit that is done at every occurrence.
_ROUNDS = 30

Operation = Literal["add", "remove", "replace"]
Count = Callable[[Chem.Mol], int]


@dataclass(frozen=True)
class _Site:
    """What is left of a structure, the atom at which something was taken off, and the order of the bond that held it."""

    rest: Chem.RWMol
    anchor: int
    order: int


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    table = {}
    for row in data.rows("tools.groups", "substituents.tsv"):
        if row["group"] not in GROUPS and row["group"] not in HALOGENS:
            raise ConfigurationError(f"substituents.tsv: {row['group']!r} is no registered group")
        table[row["group"]] = tuple(row["substituents"].split())
    return table


def known(name: str) -> bool:
    """Whether :func:`edited` understands ``name``: a registered group, or one of F, Cl, Br, I, C, N, O, S."""
    return name in GROUPS or name in HALOGENS or name in SWAPPED


@lru_cache(maxsize=512)
def substituents(name: str) -> tuple[str, ...]:
    """The forms, as SMILES with one '*', in which the group or halogen ``name`` can be attached; () if none is known."""
    if name in _table():
        return _table()[name]
    if name not in GROUPS:
        return ()
    example, query = Chem.MolFromSmiles(GROUPS[name].example), compile_smarts(GROUPS[name].smarts)
    found = []
    for atom in example.GetAtoms():
        if not atom.GetTotalNumHs():
            continue
        work = Chem.RWMol(example)
        site = work.GetAtomWithIdx(atom.GetIdx())
        site.SetNumExplicitHs(max(0, site.GetNumExplicitHs() - 1))
        work.AddBond(site.GetIdx(), work.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
        done = _clean(work)
        if done is not None and done.HasSubstructMatch(query):
            found.append(Chem.MolToSmiles(done))
    return tuple(sorted(dict.fromkeys(found), key=lambda s: (len(s), s))[:6])


@lru_cache(maxsize=512)
def counter(name: str) -> Count:
    """The function that counts the group or element ``name`` in a molecule."""
    if name in GROUPS:
        query = compile_smarts(GROUPS[name].smarts)
        return lambda mol: len(mol.GetSubstructMatches(query, uniquify=True, maxMatches=1000))
    return lambda mol: sum(atom.GetSymbol() == name for atom in mol.GetAtoms())


@lru_cache(maxsize=64)
def edited(reference: str, operation: Operation, group: str, replacement: str = "", every: bool = False) -> tuple[str, ...]:
    """Canonical SMILES, without stereo marks, of every structure that one edit of ``reference`` gives; sorted, at most 500.

    What is removed takes as little else with it as can be: the largest results come first, for other edits the shortest.

    Empty if the edit is not possible: nothing to take off, no place to add. ``every`` removes or replaces all occurrences. Raises
    StructureError for a reference that cannot be read.
    """
    mol = Chem.MolFromSmiles(reference)
    if mol is None:
        raise StructureError("a structure that cannot be read", smiles=reference)
    with rdBase.BlockLogs():
        Chem.RemoveStereochemistry(mol)
        start = Chem.MolFromSmiles(Chem.MolToSmiles(mol))
        results = {Chem.MolToSmiles(start)}
        for _ in range(_ROUNDS if every else 1):
            step: set[str] = set()
            for smiles in sorted(results)[:20]:
                step |= _once(Chem.MolFromSmiles(smiles), operation, group, replacement)
            if not step:
                return ()
            results = step
            if not every or all(not counter(group)(Chem.MolFromSmiles(s)) for s in results):
                break
    return tuple(sorted(results, key=lambda s: (-_size(s) if operation == "remove" else 0, len(s), s))[:MOST])


def _size(smiles: str) -> int:
    """Heavy atoms."""
    return int(Chem.MolFromSmiles(smiles).GetNumHeavyAtoms())


def _once(mol: Chem.Mol, operation: Operation, group: str, replacement: str) -> set[str]:
    """Results of one edit that change the count of the group by exactly one, and that of the replacement too."""
    lost, gained = (None, group) if operation == "add" else (group, replacement or None)
    results: set[str] = set()
    makers = (
        _added(mol, group) if operation == "add" else _removed(mol, group) if operation == "remove" else _swapped(mol, group, replacement)
    )
    before = [(counter(n), counter(n)(mol), change) for n, change in ((lost, -1), (gained, 1)) if n and lost != gained]
    for child in makers:
        if len(Chem.GetMolFrags(child)) == 1 and all(count(child) == number + change for count, number, change in before):
            results.add(Chem.MolToSmiles(child))
    return results


def _added(mol: Chem.Mol, group: str) -> Iterator[Chem.Mol]:
    """``group`` in the place of a hydrogen: on carbon, and where no carbon bears one on nitrogen or oxygen."""
    for wanted in ((6,), (7, 8, 16)):
        any_made = False
        for atom in mol.GetAtoms():
            if atom.GetAtomicNum() in wanted and atom.GetTotalNumHs():
                for child in _joined(_Site(Chem.RWMol(mol), atom.GetIdx(), 1), group):
                    any_made = True
                    yield child
        if any_made:
            return


def _removed(mol: Chem.Mol, group: str) -> list[Chem.Mol]:
    """``mol`` without one occurrence; where that would take much else with it, the occurrence is cut out and its neighbours joined."""
    found = [done for site in _sites(mol, group, SPARE) if (done := _clean(site.rest)) is not None]
    if group in GROUPS and group not in OXO:
        matches = mol.GetSubstructMatches(compile_smarts(GROUPS[group].smarts), uniquify=True, maxMatches=50)
        found += [done for match in matches if (done := _cut_out(mol, match)) is not None]
    return found or [done for site in _sites(mol, group, 3 * SPARE) if (done := _clean(site.rest)) is not None]


def _cut_out(mol: Chem.Mol, match: tuple[int, ...]) -> Chem.Mol | None:
    """``mol`` with a group between two parts taken out and the parts joined; None where the group is in a ring or at an end."""
    hetero = {i for i in match if mol.GetAtomWithIdx(i).GetAtomicNum() != 6}
    core = hetero | {
        i for i in match for b in mol.GetAtomWithIdx(i).GetBonds() if b.GetOtherAtomIdx(i) in hetero and b.GetBondTypeAsDouble() > 1
    }
    outside = [n.GetIdx() for i in sorted(core) for n in mol.GetAtomWithIdx(i).GetNeighbors() if n.GetIdx() not in core]
    if len(outside) != 2 or outside[0] == outside[1] or any(mol.GetAtomWithIdx(i).IsInRing() for i in core):
        return None
    work = Chem.RWMol(mol)
    work.AddBond(*outside, Chem.BondType.SINGLE)
    for index in sorted(core, reverse=True):
        work.RemoveAtom(index)
    return _clean(work)


def _swapped(mol: Chem.Mol, group: str, replacement: str) -> Iterator[Chem.Mol]:
    if group in SWAPPED and replacement in SWAPPED:
        for atom in mol.GetAtoms():
            if atom.GetSymbol() == group and atom.GetFormalCharge() == 0:
                work = Chem.RWMol(mol)
                Chem.Kekulize(work, clearAromaticFlags=True)
                site = work.GetAtomWithIdx(atom.GetIdx())
                site.SetAtomicNum(Chem.GetPeriodicTable().GetAtomicNumber(replacement))
                site.SetNumExplicitHs(0)
                site.SetNoImplicit(False)
                done = _clean(work)
                if done is not None:
                    yield done
        return
    for site in _sites(mol, group, SPARE) or _sites(mol, group, 2 * SPARE):
        yield from _joined(site, replacement)


def _joined(site: _Site, group: str) -> Iterator[Chem.Mol]:
    """The rest of a structure with each form of ``group`` at the site."""
    for smiles in substituents(group):
        part = Chem.MolFromSmiles(smiles)
        open_end = next(a.GetIdx() for a in part.GetAtoms() if a.GetAtomicNum() == 0)
        first = part.GetAtomWithIdx(open_end).GetNeighbors()[0].GetIdx()
        size = site.rest.GetNumAtoms()
        work = Chem.RWMol(Chem.CombineMols(site.rest, part))
        anchor = work.GetAtomWithIdx(site.anchor)
        anchor.SetNumExplicitHs(max(0, anchor.GetNumExplicitHs() - 1))
        work.AddBond(site.anchor, size + first, Chem.BondType.SINGLE)
        work.RemoveAtom(size + open_end)
        done = _clean(work)
        if done is not None:
            yield done


def _sites(mol: Chem.Mol, group: str, spare: int) -> list[_Site]:
    """Where ``group`` can be taken off: whole substituents of the table first, else the smallest pieces that take one occurrence with them."""
    cuts = list(_cuts(mol))
    forms = {Chem.MolToSmiles(Chem.MolFromSmiles(s)) for s in substituents(group)}
    named = [site for site, piece, _ in cuts if piece in forms and group not in OXO]
    if named or group not in GROUPS:
        return named
    count = counter(group)
    number, found = count(mol), []
    query = compile_smarts(GROUPS[group].smarts)
    matches = [_essential(mol, match) for match in mol.GetSubstructMatches(query, uniquify=True, maxMatches=50)]
    for match in matches:
        fitting = []
        for site, _, atoms in cuts:
            done = _clean(Chem.RWMol(site.rest)) if match <= atoms else None
            if done is not None and count(done) == number - 1 and len(atoms) <= len(match) + spare:
                fitting.append((len(atoms), site))
        smallest = min((size for size, _ in fitting), default=0)
        found += [site for size, site in fitting if size == smallest]
    return found


def _essential(mol: Chem.Mol, match: tuple[int, ...]) -> frozenset[int]:
    """The atoms of a match that must go: those other than carbon; all of them where there is only carbon."""
    hetero = frozenset(i for i in match if mol.GetAtomWithIdx(i).GetAtomicNum() != 6)
    return hetero or frozenset(match)


def _cuts(mol: Chem.Mol) -> Iterator[tuple[_Site, str, frozenset[int]]]:
    """Every bond outside rings, cut: what stays, the piece that goes as SMILES with '*', and its atoms. Each bond is tried from both sides."""
    for bond in mol.GetBonds():
        if bond.IsInRing():
            continue
        order = int(bond.GetBondTypeAsDouble())
        for keep, drop in ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()), (bond.GetEndAtomIdx(), bond.GetBeginAtomIdx())):
            gone = _side(mol, drop, keep)
            if len(gone) >= mol.GetNumAtoms():
                continue
            rest = Chem.RWMol(mol)
            piece = _piece(mol, drop, gone, order)
            anchor = rest.GetAtomWithIdx(keep)
            if anchor.GetNoImplicit() or (anchor.GetIsAromatic() and anchor.GetAtomicNum() != 6):
                anchor.SetNumExplicitHs(anchor.GetNumExplicitHs() + order)
            for index in sorted(gone, reverse=True):
                rest.RemoveAtom(index)
            yield _Site(rest, keep - sum(i < keep for i in gone), order), piece, frozenset(gone)


def _side(mol: Chem.Mol, start: int, barred: int) -> set[int]:
    seen, queue = {start}, [start]
    while queue:
        for other in mol.GetAtomWithIdx(queue.pop()).GetNeighbors():
            index = other.GetIdx()
            if index != barred and index not in seen:
                seen.add(index)
                queue.append(index)
    return seen


def _piece(mol: Chem.Mol, first: int, atoms: set[int], order: int) -> str:
    """The part of ``mol`` made of ``atoms`` as canonical SMILES, its open end marked '*'; '' for one on a multiple bond."""
    if order != 1:
        return ""
    work = Chem.RWMol(mol)
    work.AddBond(first, work.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
    for index in sorted(set(range(mol.GetNumAtoms())) - atoms, reverse=True):
        work.RemoveAtom(index)
    done = _clean(work)
    return Chem.MolToSmiles(done) if done is not None else ""


def _clean(work: Chem.RWMol) -> Chem.Mol | None:
    """``work`` sanitised and read back from its SMILES, or None if it cannot exist."""
    try:
        if Chem.SanitizeMol(work, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
            return None
        return Chem.MolFromSmiles(Chem.MolToSmiles(work))
    except RuntimeError:
        return None
