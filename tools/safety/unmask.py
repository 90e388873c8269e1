"""What a small molecule becomes when its protecting groups go: the amine of a carbamate, amide, sulfonamide, imine or amine-borane, the
ketone of a ketal, enol ether or enol ester. Families are looked for in it too; what is found there is a warning, for a precursor."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from tools.structures.atoms import atoms

#: Largest molecule that is unmasked, and largest unmasked one, in heavy atoms; smallest of both.
LARGEST, LARGEST_BARE, SMALLEST = 34, 24, 9
#: A nitrogen within reach of an aromatic ring, or in a ring with one: without it no family of controlled amines fits.
_AMINES = (
    # pattern, the bonds that break (atom kept, atom that goes)
    ("[NX3;!$(N(C=O)C=O):1]-[CX3;!R](=[O,S])", (0, 1)),
    ("[NX3;!$(N(S=O)S=O):1]-[SX4;!R](=O)(=O)", (0, 1)),
    ("[NX3;!$(N=*)]-[SX2,SX3;!R;$(S[#6])]", (0, 1)),
    ("[NX2;!R;!$(N-[!#6])]=[CX3;!$(C[N,O,S]);!R]", (0, 1)),
    ("[NX4,NX3]-[BX4,BX3]", (0, 1)),
    ("[NX3]-[SiX4]", (0, 1)),
)
_KETAL = "[CX4;!$(C([O,S])([O,S])[O,S,N])]([#6])([OX2,SX2][#6])[OX2,SX2][#6]"
_ENOL = "[CX3;!R0,!R]=[CX3;!$(C=C-[C,S]=O);!$(C(=C)(O)O)][OX2;!$([OX2]c)][#6,#14,#16,#15]"
_FREE_ENOL = "[CX3]=[CX3;!$(C(=C)(O)[O,N])][OX2H]"
#: What a controlled amine has around its nitrogen: an arene two bonds on, an anilinopiperidine, an arylcyclohexane, a benzylpiperazine.
_NEAR = (
    "[NX3,NX2,NX4;!$(N-c)]-[CX4]-[#6;!a]-[#6;a]",
    "c-[#7]-[CX4]1[CX4][CX4][#7][CX4][CX4]1",
    "[#7]-[CX4;R]1(c)[CX4][CX4][CX4][CX4][CX4]1",
    "c[CX4;H2][NX3]1[CX4][CX4][#7][CX4][CX4]1",
)


@lru_cache(maxsize=64)
def _pattern(smarts: str) -> Chem.Mol:
    return Chem.MolFromSmarts(smarts)


def unmasked(mol: Chem.Mol) -> list[Chem.Mol]:
    """The molecules that ``mol`` gives without its protecting groups; empty where it has none or is not of the kind that is looked at."""
    if not SMALLEST <= mol.GetNumHeavyAtoms() <= LARGEST or not any(atom.GetIsAromatic() for atom in atoms(mol)):
        return []
    bare: list[Chem.Mol] = []
    if any(mol.HasSubstructMatch(_pattern(smarts)) for smarts in _NEAR):
        bare += _amines(mol)
    bare += _ketones(mol)
    found: dict[str, Chem.Mol] = {}
    for one in bare:
        if one.GetNumHeavyAtoms() <= LARGEST_BARE:
            found.setdefault(Chem.MolToSmiles(one), one)
    return list(found.values())


def _amines(mol: Chem.Mol) -> list[Chem.Mol]:
    """The amine pieces once every protecting group is cut off."""
    cuts: set[tuple[int, int]] = set()
    for smarts, (kept, gone) in _AMINES:
        for match in mol.GetSubstructMatches(_pattern(smarts)):
            bond = mol.GetBondBetweenAtoms(match[kept], match[gone])
            if not bond.IsInRing():
                cuts.add((match[kept], match[gone]))
    if not cuts or len(cuts) > 4:
        return []
    editable = Chem.RWMol(mol)
    for kept, gone in cuts:
        editable.RemoveBond(kept, gone)
        for index in (kept, gone):
            atom = editable.GetAtomWithIdx(index)
            atom.SetNoImplicit(False)
            atom.SetNumExplicitHs(0)
            if atom.GetAtomicNum() in (5, 7):
                atom.SetFormalCharge(0)
    broken = _sanitised(editable)
    if broken is None:
        return []
    nitrogens = {kept for kept, _ in cuts}
    pieces: list[Chem.Mol] = []
    indices: list[tuple[int, ...]] = []
    for piece, members in zip(Chem.GetMolFrags(broken, asMols=True, fragsMolAtomMapping=indices), indices, strict=True):
        if nitrogens & set(members) and piece.GetNumHeavyAtoms() >= SMALLEST:
            pieces.append(piece)
    return pieces


def _ketones(mol: Chem.Mol) -> list[Chem.Mol]:
    """The ketone of a ketal, of an enol, its ethers and esters."""
    found = []
    for match in mol.GetSubstructMatches(_pattern(_KETAL)):
        carbon, hetero = match[0], (match[2], match[4])
        editable = Chem.RWMol(mol)
        for index in hetero:
            editable.RemoveBond(carbon, index)
        oxygen = editable.AddAtom(Chem.Atom(8))
        editable.AddBond(carbon, oxygen, Chem.BondType.DOUBLE)
        found += _piece_with(editable, carbon)
    for smarts in (_ENOL, _FREE_ENOL):
        for match in mol.GetSubstructMatches(_pattern(smarts)):
            editable = Chem.RWMol(mol)
            editable.GetBondBetweenAtoms(match[0], match[1]).SetBondType(Chem.BondType.SINGLE)
            editable.GetBondBetweenAtoms(match[1], match[2]).SetBondType(Chem.BondType.DOUBLE)
            if len(match) > 3:
                editable.RemoveBond(match[2], match[3])
            found += _piece_with(editable, match[1])
    return found


def _piece_with(editable: Chem.RWMol, atom: int) -> list[Chem.Mol]:
    """The piece of a broken molecule that holds an atom; empty where it is no possible molecule."""
    broken = _sanitised(editable)
    if broken is None:
        return []
    indices: list[tuple[int, ...]] = []
    pieces = Chem.GetMolFrags(broken, asMols=True, fragsMolAtomMapping=indices)
    return [piece for piece, members in zip(pieces, indices, strict=True) if atom in members]


def _sanitised(editable: Chem.RWMol) -> Chem.Mol | None:
    mol = editable.GetMol()
    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(mol)
    except (Chem.KekulizeException, Chem.AtomValenceException, Chem.AtomKekulizeException):
        return None
    return mol
