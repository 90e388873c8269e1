"""A core as somebody draws it: SMILES or a mol block, open positions marked by attachment points or atom maps, atoms with lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdkit import Chem, rdBase

from core.errors import StructureError
from core.spec import AtomChoice, FixedAtomsRequirement
from tools.structures.parse import MAX_HEAVY_ATOMS, parse_smiles

_LISTED = re.compile(r"#(\d+)")
#: Longest mol block that is read, in characters.
MAX_BLOCK = 100_000


@dataclass(frozen=True)
class DrawnCore:
    """A core that was read.

    Attributes:
        mol: as drawn, attachment points as '*', without atom maps.
        smiles: the same as SMILES, atoms in the same order as in ``mol``.
        atoms: its atoms without the attachment points, in the order of ``query``.
        query: elements, charges, aromaticity and bonds of these atoms.
        open: atoms at which something may stand.
        marked: whether open positions were marked at all.
        choices: (atom, element symbols) for atoms with a list.
    """

    mol: Chem.Mol
    smiles: str
    atoms: tuple[int, ...]
    query: Chem.Mol
    open: frozenset[int]
    marked: bool
    choices: tuple[tuple[int, tuple[str, ...]], ...]

    def requirement(self, name: str = "") -> FixedAtomsRequirement:
        """The core by itself, as no compound is known in which it lies."""
        return FixedAtomsRequirement(
            id="",
            text="",
            reference=self.smiles,
            reference_name=name,
            part=f"the core {self.smiles}",
            fixed=list(self.atoms),
            open=sorted(self.open),
            choices=[AtomChoice(atom=i, elements=list(elements)) for i, elements in self.choices],
        )


def drawn_core(text: str) -> DrawnCore:
    """The core that ``text`` (SMILES or mol block) draws. Raises StructureError where it cannot be read or is not one piece."""
    mol, listed = _from_block(text) if is_block(text) else (parse_smiles(text, allow_dummies=True), {})
    if len(Chem.GetMolFrags(mol)) != 1:
        raise StructureError("a core has to be one piece", smiles=Chem.MolToSmiles(mol))
    mapped = {a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum() and a.GetAtomMapNum()}
    mapped |= {a.GetIdx() for a in mol.GetAtoms() if a.HasProp("molAttchpt")}
    beside = {n.GetIdx() for a in mol.GetAtoms() if not a.GetAtomicNum() for n in a.GetNeighbors()}
    order, mol = _in_written_order(mol)
    place = {old: new for new, old in enumerate(order)}
    atoms = tuple(a.GetIdx() for a in mol.GetAtoms() if a.GetAtomicNum())
    if not atoms:
        raise StructureError("a core needs at least one atom beside its attachment points", smiles=text.strip()[:200])
    marked = bool(mapped or beside)
    opened = {place[i] for i in mapped | beside} if marked else {i for i in atoms if mol.GetAtomWithIdx(i).GetTotalNumHs()}
    if not opened:
        raise StructureError("the core has no position at which anything could change", smiles=text.strip()[:200])
    choices = tuple(sorted((place[i], symbols) for i, symbols in listed.items()))
    return DrawnCore(
        mol, Chem.MolToSmiles(mol, canonical=False), atoms, _query(mol, atoms, dict(choices)), frozenset(opened), marked, choices
    )


def _in_written_order(mol: Chem.Mol) -> tuple[list[int], Chem.Mol]:
    """The atoms in the order of the canonical SMILES, and the molecule read from that, without maps and isotopes at '*'."""
    work = Chem.RWMol(mol)
    for atom in work.GetAtoms():
        if atom.GetAtomMapNum() and atom.GetNumRadicalElectrons():  # [C:1]: what may stand there is not drawn, and hydrogen is meant
            atom.SetNumRadicalElectrons(0)
            atom.SetNoImplicit(False)
        atom.SetAtomMapNum(0)
        if atom.GetAtomicNum() == 0:
            atom.SetIsotope(0)
    work.UpdatePropertyCache(strict=False)
    smiles = Chem.MolToSmiles(work)
    order = list(work.GetPropsAsDict(includePrivate=True, includeComputed=True)["_smilesAtomOutputOrder"])
    return order, parse_smiles(smiles, allow_dummies=True)


def _query(mol: Chem.Mol, atoms: tuple[int, ...], choices: dict[int, tuple[str, ...]]) -> Chem.Mol:
    table, query = Chem.GetPeriodicTable(), Chem.RWMol()
    place = {}
    for i in atoms:
        atom = mol.GetAtomWithIdx(i)
        numbers = [table.GetAtomicNumber(s) for s in choices[i]] if i in choices else [atom.GetAtomicNum()]
        smarts = ",".join(f"#{n}" for n in numbers) + (";a" if atom.GetIsAromatic() else ";A") + f";{atom.GetFormalCharge():+d}"
        place[i] = query.AddAtom(Chem.AtomFromSmarts(f"[{smarts}]"))
    for bond in mol.GetBonds():
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if begin in place and end in place:
            query.AddBond(place[begin], place[end], bond.GetBondType())
    return query.GetMol()


def is_block(text: str) -> bool:
    """Whether ``text`` is a mol block, and no SMILES."""
    return "M  END" in text or "V2000" in text or "V3000" in text


def with_header(text: str) -> str:
    """The mol block with its three lines before the counts, where empty ones were lost on the way, as a form's field does."""
    lines = text.splitlines()
    counts = next((i for i, line in enumerate(lines) if line.rstrip().endswith(("V2000", "V3000"))), 3)
    return "\n".join([""] * (3 - counts) + lines) + "\n"


def block_molecule(text: str) -> Chem.Mol:
    """The molecule of a mol block; 'any atom' and R groups are '*', of an atom with a list the first element. StructureError."""
    return _from_block(text)[0]


def _from_block(text: str) -> tuple[Chem.Mol, dict[int, tuple[str, ...]]]:
    """The molecule of a mol block, and the elements of atoms with a list; 'any atom' and R groups become '*'."""
    if len(text) > MAX_BLOCK:
        raise StructureError(f"a mol block of {len(text)} characters is longer than the {MAX_BLOCK} allowed")
    with rdBase.BlockLogs():
        read = Chem.MolFromMolBlock(with_header(text), sanitize=False, removeHs=False, strictParsing=False)
    if read is None or not read.GetNumAtoms() or read.GetNumAtoms() > MAX_HEAVY_ATOMS:
        raise StructureError("this is not a readable mol block, or not a core of a sensible size")
    table, work, listed = Chem.GetPeriodicTable(), Chem.RWMol(read), {}
    for atom in read.GetAtoms():
        if not atom.HasQuery():
            continue
        smarts = atom.GetSmarts()
        numbers = [int(n) for n in _LISTED.findall(smarts)]
        if "!" in smarts and len(numbers) > 1:
            raise StructureError("a list of excluded elements is not understood; list those that are allowed")
        plain = Chem.Atom(numbers[0] if len(numbers) > 1 and "!" not in smarts else 0)
        plain.SetFormalCharge(atom.GetFormalCharge())
        if len(numbers) > 1:
            listed[atom.GetIdx()] = tuple(dict.fromkeys(table.GetElementSymbol(n) for n in numbers))
        work.ReplaceAtom(atom.GetIdx(), plain)
    return _sanitised(work), listed


def _sanitised(work: Chem.RWMol) -> Chem.Mol:
    """The molecule without explicit hydrogens, its atoms still in their order as far as they stay."""
    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(work)
            Chem.AssignStereochemistry(work, cleanIt=True, force=True)
    except ValueError as error:
        raise StructureError(f"the mol block is not a possible molecule: {error}") from error
    if any(a.GetAtomicNum() == 1 for a in work.GetAtoms()):
        raise StructureError("draw the core without explicit hydrogens")
    return work.GetMol()
