"""What reductive cleavage of azo groups sets free."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from rdkit import Chem

MAX_AZO = 4


@lru_cache(maxsize=1)
def _azo() -> tuple[Chem.Mol, Chem.Mol]:
    return Chem.MolFromSmarts("c[NX2;!R]=[NX2;!R]c"), Chem.MolFromSmarts("c[NX3;H1;!R][NX2;!R]=[#6;R]")


def cleavage_products(mol: Chem.Mol) -> list[Chem.Mol]:
    """What reductive cleavage of one or more of the azo (or hydrazone-form) bonds of ``mol`` to two amines gives.

    Every set of bonds is cleaved for up to 4 azo groups; beyond that all together.
    """
    bonds = [(match[1], match[2]) for pattern in _azo() for match in mol.GetSubstructMatches(pattern)]
    if not bonds:
        return []
    sizes = range(1, len(bonds) + 1) if len(bonds) <= MAX_AZO else [len(bonds)]
    products: dict[str, Chem.Mol] = {}
    for size in sizes:
        for chosen in combinations(bonds, size):
            editable = Chem.RWMol(mol)
            for one, other in chosen:
                editable.RemoveBond(one, other)
                for index in (one, other):
                    editable.GetAtomWithIdx(index).SetNoImplicit(False)
                    editable.GetAtomWithIdx(index).SetNumExplicitHs(0)
            broken = editable.GetMol()
            Chem.SanitizeMol(broken)
            for piece in Chem.GetMolFrags(broken, asMols=True):
                products.setdefault(Chem.MolToSmiles(piece), piece)
    return list(products.values())
