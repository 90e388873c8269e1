"""A polymer as the oligomer that is computed for it: three repeat units with hydrogen at the ends."""

from __future__ import annotations

from rdkit import Chem

#: Repeat units of the oligomer.
UNITS = 3


def oligomer(repeat_unit: str, units: int = UNITS) -> str:
    """SMILES of ``units`` repeat units (a SMILES with two '*'), head to tail, with hydrogen at both ends. ValueError where it has no two ends."""
    unit = Chem.MolFromSmiles(repeat_unit)
    stars = [a.GetIdx() for a in unit.GetAtoms() if a.GetAtomicNum() == 0] if unit is not None else []
    if len(stars) != 2:
        raise ValueError("a repeat unit has two ends, written '*'")
    size = unit.GetNumAtoms()
    chain = unit
    for _ in range(units - 1):
        chain = Chem.CombineMols(chain, unit)
    edit = Chem.RWMol(chain)
    order = [unit.GetAtomWithIdx(s).GetBonds()[0].GetBondType() for s in stars]
    ends = [unit.GetAtomWithIdx(s).GetNeighbors()[0].GetIdx() for s in stars]
    for n in range(units - 1):
        edit.AddBond(n * size + ends[1], (n + 1) * size + ends[0], order[1])
    for index in sorted((n * size + s for n in range(units) for s in stars), reverse=True):
        if index in (stars[0], (units - 1) * size + stars[1]):
            edit.GetAtomWithIdx(index).SetAtomicNum(1)
        else:
            edit.RemoveAtom(index)
    mol = edit.GetMol()
    Chem.SanitizeMol(mol)
    return str(Chem.MolToSmiles(Chem.RemoveHs(mol)))
