"""Substances of two treaties, as far as structure decides: POPs of the Stockholm Convention, ozone depleters and HFCs of the Montreal Protocol.

The rows of ``tables/treaties.tsv`` are structures (compared by the first block of the InChIKey, so that stereoisomers and salts of the same skeleton count), SMARTS of a class with a range of
atoms that a member may have, or names of functions here. Mixtures that no structure stands for (toxaphene) and what breaks down to a listed substance in another way than
a row says are not recognised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core import data
from core.errors import ConfigurationError
from tools.structures.standardise import inchikey

#: Where the rows stand.
TABLE = ("tools.safety", "tables/treaties.tsv")
STOCKHOLM, MONTREAL = "Stockholm", "Montreal"
_CHLORINE, _CARBON, _HALOGENS = 35.45, 12.011, frozenset({"F", "Cl", "Br"})


@dataclass(frozen=True)
class _Row:
    treaty: str
    name: str
    block: str
    query: Chem.Mol | None
    limits: dict[str, tuple[int, int]]
    function: str


@lru_cache(maxsize=1)
def _rows() -> tuple[_Row, ...]:
    found = []
    for row in data.rows(*TABLE):
        block, query = "", None
        with rdBase.BlockLogs():
            if row["smiles"]:
                block = inchikey(Chem.MolFromSmiles(row["smiles"])).split("-")[0]
            if row["smarts"]:
                query = Chem.MolFromSmarts(row["smarts"])
        if not (block or query is not None or row["function"] in _FUNCTIONS):
            raise ConfigurationError(f"treaties.tsv: {row['name']} has nothing to be recognised by")
        limits = {m[1]: (int(m[2]), int(m[3])) for m in re.finditer(r"([A-Z][a-z]?)(\d+)-(\d+)", row["limits"])}
        found.append(_Row(row["treaty"], row["name"], block, query, limits, row["function"]))
    return tuple(found)


def listed_in(treaty: str, mol: Chem.Mol) -> list[str]:
    """Names of the entries of a treaty under which a sanitised molecule falls, by its largest organic parts; [] for none."""
    if not any(a.GetSymbol() in _HALOGENS or a.GetAtomicNum() == 7 for a in mol.GetAtoms()):
        return []
    with rdBase.BlockLogs():
        parts = [p for p in Chem.GetMolFrags(mol, asMols=True) if any(a.GetAtomicNum() == 6 for a in p.GetAtoms())]
        counted = [(part, Counter(a.GetSymbol() for a in part.GetAtoms())) for part in parts]
        rows = [row for row in _rows() if row.treaty == treaty]
        return list(dict.fromkeys(row.name for part, counts in counted for row in rows if _falls(row, part, counts)))


def stockholm_pops(mol: Chem.Mol) -> float:
    """The number of entries of the Stockholm Convention under which a sanitised molecule falls, without a unit; 0 for none."""
    return float(len(listed_in(STOCKHOLM, mol)))


def montreal_controlled(mol: Chem.Mol) -> float:
    """The number of groups of the Montreal Protocol's annexes under which a sanitised molecule falls, without a unit; 0 for none."""
    return float(len(listed_in(MONTREAL, mol)))


def _falls(row: _Row, mol: Chem.Mol, counts: Counter[str]) -> bool:
    if any(not low <= counts[symbol] <= high for symbol, (low, high) in row.limits.items()):
        return False
    if row.block and _block(Chem.MolToSmiles(mol)) != row.block:
        return False
    if row.query is not None and not mol.HasSubstructMatch(row.query):
        return False
    return _FUNCTIONS[row.function](mol, counts) if row.function else True


@lru_cache(maxsize=2_000)
def _block(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    for atom in mol.GetAtoms():  # a salt of an acid is compared as the acid
        if atom.GetFormalCharge() == -1 and atom.GetSymbol() == "O":
            atom.SetFormalCharge(0)
    mol.UpdatePropertyCache()
    return inchikey(mol).split("-")[0]


def _paraffin(least: float, shortest: int, longest: int) -> Callable[[Chem.Mol, Counter[str]], bool]:
    """Whether a molecule is a straight-chain chlorinated alkane of so many carbon atoms with at least this mass share of chlorine."""

    def test(mol: Chem.Mol, counts: Counter[str]) -> bool:
        if set(counts) != {"C", "Cl"} or not shortest <= counts["C"] <= longest or mol.GetRingInfo().NumRings():
            return False
        carbons = [a for a in mol.GetAtoms() if a.GetSymbol() == "C"]
        hydrogens = sum(a.GetTotalNumHs() for a in carbons)
        straight = all(sum(n.GetSymbol() == "C" for n in a.GetNeighbors()) <= 2 for a in carbons)
        saturated = all(b.GetBondType() == Chem.BondType.SINGLE for b in mol.GetBonds())
        mass = counts["C"] * _CARBON + hydrogens * 1.008 + counts["Cl"] * _CHLORINE
        return straight and saturated and counts["Cl"] * _CHLORINE / mass >= least

    return test


def _halocarbon(longest: int, *, needs: set[str], allows: set[str], hydrogen: bool) -> Callable[[Chem.Mol, Counter[str]], bool]:
    """Whether a molecule is an open saturated halocarbon of at most so many carbon atoms with all halogens that are needed and no others than allowed."""

    def test(mol: Chem.Mol, counts: Counter[str]) -> bool:
        if not 1 <= counts["C"] <= longest or not needs <= set(counts) or not set(counts) <= {"C", *allows}:
            return False
        saturated = all(b.GetBondType() == Chem.BondType.SINGLE for b in mol.GetBonds()) and not mol.GetRingInfo().NumRings()
        has_hydrogen = any(a.GetTotalNumHs() for a in mol.GetAtoms())
        return saturated and has_hydrogen == hydrogen

    return test


_FUNCTIONS: dict[str, Callable[[Chem.Mol, Counter[str]], bool]] = {
    "sccp": _paraffin(0.48, 10, 13),
    "mccp": _paraffin(0.45, 14, 17),
    "cfc": _halocarbon(3, needs={"F", "Cl"}, allows={"F", "Cl"}, hydrogen=False),
    "hcfc": _halocarbon(3, needs={"F", "Cl"}, allows={"F", "Cl"}, hydrogen=True),
    "hbfc": _halocarbon(3, needs={"F", "Br"}, allows={"F", "Br"}, hydrogen=True),
}
