"""Azo dyes that release a regulated aromatic amine when their azo bonds are reduced."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from rdkit import Chem, rdBase

from core.candidate import SafetyRuleHit
from tools.safety.forms import Form
from tools.safety.tables import restricted_amines
from tools.structures.standardise import inchikey

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


def azo_hits(form: Form) -> list[SafetyRuleHit]:
    """One hit naming every regulated amine that ``form`` releases; empty if none."""
    if 7 not in form.present:
        return []
    with rdBase.BlockLogs():
        blocks = [inchikey(piece).split("-")[0] for piece in cleavage_products(form.mol)]
    names = sorted({restricted_amines()[block] for block in blocks if block in restricted_amines()})
    if not names:
        return []
    reason = f"Reduction of its azo bonds releases {', '.join(names)}, a regulated carcinogenic amine."
    return [
        SafetyRuleHit(
            id="warn.azo_amine",
            name="azo dye that releases a regulated amine",
            verdict="warn",
            reason=reason,
            source="REACH Annex XVII, entry 43",
        )
    ]
