"""Polymerisations run backward: from a repeat unit to the monomers it can be made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from rdkit import Chem, rdBase

from tools.synthesis.polymers.chemistry import mixed_residues, polymerise, residues
from tools.synthesis.polymers.frames import backbone_bonds, chain, end, frames, unlabelled
from tools.synthesis.polymers.functionality import class_fault
from tools.synthesis.polymers.library import Monomer, Polymerisation, candidates, monomer_by_smiles, polymerisations
from tools.synthesis.polymers.structure import canonical, dummies, query, reaction_form, run

_COPIES = 4
_MAX_CHOICES = 96
Found = tuple[Polymerisation, tuple[Monomer, ...]]
Cut = tuple[int, int]


@lru_cache(maxsize=1)
def _residue_index() -> dict[tuple[str, int, str], Monomer]:
    """(polymerisation, slot, residue) to the first library monomer that gives it; slot 2 means a residue with both labels."""
    index: dict[tuple[str, int, str], Monomer] = {}
    with rdBase.BlockLogs():
        for p in polymerisations():
            if p.whole:
                continue
            for slot in range(p.slots):
                for monomer in candidates(p, slot):
                    found = residues(p.ends[slot], monomer.smiles) if p.slots == 2 else mixed_residues(*p.ends, monomer.smiles)
                    for residue in found:
                        index.setdefault((p.id, slot if p.slots == 2 else 2, residue), monomer)
    return index


@lru_cache(maxsize=1)
def whole_index() -> dict[str, list[Found]]:
    """Polymer key to the library monomers that give this polymer alone."""
    from tools.structures.polymer_key import polymer_key

    index: dict[str, list[Found]] = {}
    for p in polymerisations():
        if p.slots == 1:
            for monomer in candidates(p, 0):
                for text in polymerise(p, (monomer.smiles,)):
                    entry = (p, (monomer,))
                    found = index.setdefault(polymer_key(text), [])
                    if entry not in found:
                        found.append(entry)
    return index


def disassemble(mol: Chem.Mol) -> Iterator[Found]:
    """Polymerisations with monomers that could give the chain of the primitive unit ``mol``; not yet checked forward.

    Step growth comes first. Residues of library monomers come from an index; others are made by the reverse rules and must fit their class.
    """
    long, _ = chain(mol, _COPIES)
    for p in polymerisations():
        if not p.whole:
            yield from _step_back(p, long)
    ways = frames(mol)
    for p in polymerisations():
        if p.whole:
            yield from ((p, (m,)) for m in _whole_back(p, ways))


def stranger(smiles: str, classes: tuple[str, ...]) -> Monomer | None:
    """The monomer of this canonical SMILES for one of ``classes``: from the library, or, if it is bifunctional and has no
    competing group, from outside it (``known`` is False then); else None."""
    known = monomer_by_smiles(smiles)
    if known is not None:
        return known if known.monomer_class in classes else None
    for name in classes:
        if not class_fault(smiles, name):
            return Monomer(f"{name.replace('_', ' ')} not in the library", smiles, name, known=False)
    return None


def _whole_back(p: Polymerisation, ways: list[Chem.Mol]) -> list[Monomer]:
    """Monomers that ``p`` would need; for ring openings the ends of each frame are joined to a ring."""
    found: dict[str, Monomer] = {}
    for frame in ways:
        made = run(p.back, unlabelled(frame)) if p.back else _ring(frame, p.ring) if p.ring else []
        for product_mol in made:
            if dummies(product_mol):
                continue
            monomer = stranger(canonical(product_mol), p.classes[0])
            if monomer is not None:
                found.setdefault(monomer.smiles, monomer)
    return list(found.values())


def _ring(frame: Chem.Mol, smarts: str) -> list[Chem.Mol]:
    """The ring that the frame gives when its ends are joined, if the closing bond is one that ``smarts`` describes."""
    editable = Chem.RWMol(frame)
    ends = [end(frame, 1), end(frame, 2)]
    head, tail = (frame.GetAtomWithIdx(i).GetNeighbors()[0].GetIdx() for i in ends)
    size = 0 if head == tail else len(Chem.GetShortestPath(frame, head, tail))
    if not 3 <= size <= 16 or frame.GetBondBetweenAtoms(head, tail) is not None:
        return []
    doubled, origin = chain(frame, 2)
    junction = next(b.GetIdx() for b in doubled.GetBonds() if {origin[b.GetBeginAtomIdx()], origin[b.GetEndAtomIdx()]} == {head, tail})
    if not _matches_bond(doubled, smarts, junction):
        return []
    editable.AddBond(head, tail, Chem.BondType.SINGLE)
    for index in sorted(ends, reverse=True):
        editable.RemoveAtom(index)
    try:
        return [reaction_form(editable.GetMol())]
    except (ValueError, RuntimeError):
        return []


def _matches_bond(mol: Chem.Mol, smarts: str, bond: int) -> bool:
    pattern = query(smarts)
    places = {a.GetAtomMapNum(): a.GetIdx() for a in pattern.GetAtoms() if a.GetAtomMapNum()}
    for match in mol.GetSubstructMatches(pattern, uniquify=False):
        found = mol.GetBondBetweenAtoms(match[places[1]], match[places[2]])
        if found is not None and found.GetIdx() == bond:
            return True
    return False


def _choices(p: Polymerisation, long: Chem.Mol) -> Iterator[list[Cut]]:
    """Ways of choosing the links of the chain: lists of (atom of the first residue, atom of the second) in ``long``."""
    pattern = query(p.cut)
    places = {a.GetAtomMapNum(): a.GetIdx() for a in pattern.GetAtoms() if a.GetAtomMapNum()}
    on_way = {frozenset(pair) for pair in backbone_bonds(long)}
    groups: dict[tuple[int, ...], list[Cut]] = {}
    for match in long.GetSubstructMatches(pattern, uniquify=False, maxMatches=2000):
        cut = (match[places[1]], match[places[2]])
        if frozenset(cut) not in on_way:
            continue
        group = (match[places[p.centre]],) if p.centre else tuple(sorted(cut))
        options = groups.setdefault(group, [])
        if cut not in options:
            options.append(cut)
    if not groups:
        return
    ordered = [sorted(groups[key]) for key in sorted(groups, key=lambda k: min(min(c) for c in groups[k]))]
    # The same choice is made in every one or every second unit: groups are numbered along the chain. Links left whole (-1) come last.
    per_unit = max(1, round(len(ordered) / _COPIES))
    for lowest in (-1,) if p.free else (0, -1):
        for period in (per_unit, 2 * per_unit):
            width = [max(len(ordered[i]) for i in range(k, len(ordered), period)) for k in range(min(period, len(ordered)))]
            for pick in islice(product(*(range(w - 1, lowest - 1, -1) for w in width)), _MAX_CHOICES):
                yield [options[pick[i % period]] for i, options in enumerate(ordered) if 0 <= pick[i % period] < len(options)]


def _step_back(p: Polymerisation, long: Chem.Mol) -> Iterator[Found]:
    if not long.HasSubstructMatch(query(p.cut)):
        return
    seen: set[tuple[str, ...]] = set()
    for cuts in _choices(p, long):
        kinds = _residues_of(long, cuts)
        if not kinds or kinds in seen:
            continue
        seen.add(kinds)
        options = _monomers_for(p, kinds)
        if options is not None:
            yield p, options


def _residues_of(long: Chem.Mol, cuts: list[Cut]) -> tuple[str, ...]:
    """The distinct inner residues (at most two) after cutting, labelled by side; () if there are more or none."""
    if len({frozenset(c) for c in cuts}) != len(cuts) or len(cuts) < 2:
        return ()
    indices, labels = [], []
    for first, second in cuts:
        bond = long.GetBondBetweenAtoms(first, second)
        indices.append(bond.GetIdx())
        # The label of the dummy that replaces the begin atom is seen by the residue of the end atom.
        labels.append((12, 11) if bond.GetBeginAtomIdx() == first else (11, 12))
    pieces = Chem.GetMolFrags(Chem.FragmentOnBonds(long, indices, dummyLabels=labels), asMols=True, sanitizeFrags=False)
    kinds: set[str] = set()
    for piece in pieces:
        marks = [piece.GetAtomWithIdx(i).GetIsotope() for i in dummies(piece)]
        if any(mark < 10 for mark in marks):
            continue
        copy = Chem.Mol(piece)
        for i in dummies(copy):
            copy.GetAtomWithIdx(i).SetIsotope(marks[dummies(copy).index(i)] - 10)
        try:
            kinds.add(canonical(copy))
        except (ValueError, RuntimeError):
            return ()
        if len(kinds) > 2:
            return ()
    return tuple(sorted(kinds))


def _labels(residue: str) -> list[int]:
    mol = Chem.MolFromSmiles(residue)
    return sorted(mol.GetAtomWithIdx(i).GetIsotope() for i in dummies(mol)) if mol is not None else []


def _monomers_for(p: Polymerisation, kinds: tuple[str, ...]) -> tuple[Monomer, ...] | None:
    labelled = {tuple(_labels(kind)): kind for kind in kinds}
    if p.slots == 1:
        mixed = labelled.get((1, 2))
        found = _monomer(p, 2, mixed) if mixed is not None and len(kinds) == 1 else None
        return None if found is None else (found,)
    first, second = labelled.get((1, 1)), labelled.get((2, 2))
    if first is None or second is None or len(kinds) != 2:
        return None
    a, b = _monomer(p, 0, first), _monomer(p, 1, second)
    return None if a is None or b is None else (a, b)


def _monomer(p: Polymerisation, slot: int, residue: str) -> Monomer | None:
    known = _residue_index().get((p.id, slot, residue))
    if known is not None:
        return known
    ends = p.ends if slot == 2 else (p.ends[slot], p.ends[slot])
    mol = reaction_form(Chem.MolFromSmiles(residue))
    for rule in ends:
        made = run(rule.back, mol) if rule.back else []
        if not made:
            return None
        mol = made[0]
    if dummies(mol):
        return None
    made_of = stranger(canonical(mol), p.classes[0 if slot == 2 else slot])
    # An unknown monomer that holds a link of the chain is an oligomer: that would be a copolymer in disguise.
    return None if made_of is None or (not made_of.known and mol.HasSubstructMatch(query(p.cut))) else made_of
