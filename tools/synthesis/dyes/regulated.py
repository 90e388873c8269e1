"""What no proposed dye may be: an azo dye that releases a regulated amine, or a compound with several nitro groups."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem import rdChemReactions

from core import data

_MAX_NITRO = 1


@lru_cache(maxsize=1)
def regulated_amines() -> dict[str, str]:
    """Canonical SMILES to name of the 22 aromatic amines that azo dyes for textiles must not release (REACH Annex XVII, entry 43, Appendix 8)."""
    rows = data.rows("tools.synthesis.dyes", "regulated_amines.tsv")
    return {Chem.MolToSmiles(Chem.MolFromSmiles(row["smiles"])): row["name"] for row in rows}


@lru_cache(maxsize=1)
def _queries() -> tuple[Chem.Mol, Chem.Mol, rdChemReactions.ChemicalReaction]:
    nitro, azo = (Chem.MolFromSmarts(s) for s in ("[N+](=O)[O-]", "[$([#6]-[N;!R]=[N;!R]-[#6]),$([#6]-[NH;!R]-[N;!R]=[#6])]"))
    return (
        nitro,
        azo,
        rdChemReactions.ReactionFromSmarts("[#6:1]-[N;!R:2]~[N;!R;$(N(=N)-[#6]),$(N(-N)=[#6]):3]~[#6:4]>>([#6:1]-[NH2:2].[#6:4]-[NH2:3])"),
    )


def released_amines(mol: Chem.Mol) -> list[str]:
    """Canonical SMILES of the pieces that reductive cleavage of every azo group (or hydrazone tautomer of one) gives; [] without one."""
    _, azo, cleavage = _queries()
    with rdBase.BlockLogs():
        current = Chem.Mol(mol)
        for _ in range(4):
            if not current.HasSubstructMatch(azo):
                break
            made = cleavage.RunReactants((current,))
            if not made:
                return []
            current = made[0][0]
            Chem.SanitizeMol(current)
        else:
            return []
    pieces = Chem.MolToSmiles(current).split(".")
    return sorted(set(pieces)) if len(pieces) > 1 else []


def unwanted(mol: Chem.Mol) -> str:
    """Why a dye is not proposed: 'releases o-toluidine', 'several nitro groups'; an empty string if nothing is wrong."""
    nitro, azo, _ = _queries()
    if len(mol.GetSubstructMatches(nitro)) > _MAX_NITRO:
        return "several nitro groups"
    if mol.HasSubstructMatch(azo):
        for amine in released_amines(mol):
            if amine in regulated_amines():
                return f"releases {regulated_amines()[amine]}"
    return ""
