"""Check answers to countable goals with RDKit alone. Groups are counted with the judge's own patterns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import Crippen, rdFingerprintGenerator, rdFMCS, rdMolDescriptors
from rdkit.Chem.QED import qed

_TABLE = Path(__file__).resolve().parent.parent / "data" / "exact" / "groups.tsv"


@dataclass(frozen=True)
class JudgedGroup:
    """A group: its words (singular, plural), its SMARTS, and the number of its heavy atoms that an edit may move at most."""

    words: tuple[str, str]
    smarts: str
    size: int


def _load() -> dict[str, JudgedGroup]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {r["name"]: JudgedGroup((r["words"].split(";")[0], r["words"].split(";")[1]), r["smarts"], int(r["size"])) for r in rows}


GROUPS: dict[str, JudgedGroup] = _load()


def count_group(mol: Chem.Mol, name: str) -> int:
    """Unique matches of a judged group."""
    return len(mol.GetSubstructMatches(Chem.MolFromSmarts(GROUPS[name].smarts), uniquify=True))


def bond_counts(mol: Chem.Mol) -> dict[str, int]:
    """Single, double, triple, aromatic and rotatable bonds between heavy atoms, by their singular names."""
    kinds = [bond.GetBondType() for bond in mol.GetBonds()]
    names = {
        "single bond": Chem.BondType.SINGLE,
        "double bond": Chem.BondType.DOUBLE,
        "triple bond": Chem.BondType.TRIPLE,
        "aromatic bond": Chem.BondType.AROMATIC,
    }
    found = {name: kinds.count(kind) for name, kind in names.items()}
    found["rotatable bond"] = int(rdMolDescriptors.CalcNumRotatableBonds(mol))
    return found


def ring_counts(mol: Chem.Mol) -> dict[str, int]:
    """Rings of several kinds, by their singular names."""
    return {
        "ring": int(rdMolDescriptors.CalcNumRings(mol)),
        "aromatic ring": int(rdMolDescriptors.CalcNumAromaticRings(mol)),
        "aliphatic ring": int(rdMolDescriptors.CalcNumAliphaticRings(mol)),
        "heterocycle": int(rdMolDescriptors.CalcNumHeterocycles(mol)),
    }


def judge(task: Any, smiles: str, *, joined: bool = True) -> str:
    """'' if ``smiles`` is an exact answer to ``task`` (a ``Task`` of ``evals.exact_tasks``), else what is wrong with it.

    ``joined``: where a group that linked two parts is deleted, the parts bonded to each other are exact too; else only what one common
    substructure shows to have stayed.
    """
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles) if smiles else None
    if mol is None or len(Chem.GetMolFrags(mol)) != 1:
        return "no readable structure in one piece"
    if task.kind in ("add", "delete", "substitute"):
        return _judge_change(task, mol, joined)
    if task.reference:
        return _judge_property(task, mol)
    counted = {
        "atoms": lambda: {s: sum(a.GetSymbol() == s for a in mol.GetAtoms()) for s in task.counts},
        "groups": lambda: {g: count_group(mol, g) for g in task.counts},
        "bonds": lambda: bond_counts(mol),
        "rings": lambda: ring_counts(mol),
        "formula": lambda: {rdMolDescriptors.CalcMolFormula(mol): 1},
    }[task.kind]()
    wrong = [
        f"{name}: {counted.get(name, 0)} instead of {number}" for name, number in task.counts.items() if counted.get(name, 0) != number
    ]
    if task.kind == "atoms" and not wrong:
        extra = {a.GetSymbol() for a in mol.GetAtoms()} - set(task.counts) - {"H"}
        wrong = [f"also contains {', '.join(sorted(extra))}"] if extra else []
    return "; ".join(wrong)


def _judge_change(task: Any, mol: Chem.Mol, joined: bool) -> str:
    """The counts must change as asked, and all but the atoms of the group must stay."""
    before = Chem.MolFromSmiles(task.reference)
    for group, change in task.change.items():
        found = count_group(mol, group) - count_group(before, group)
        if found != change:
            return f"the number of {group} changes by {found}, not {change}"
    moved = max(GROUPS[g].size for g in task.change)
    small, large = sorted((before.GetNumHeavyAtoms(), mol.GetNumHeavyAtoms()))
    if large - small > moved:
        return f"{large - small} atoms more or less; the group has {moved}"
    if joined and task.kind == "delete" and any(_is_rest(before, mol, GROUPS[g]) for g in task.change):
        return ""
    with rdBase.BlockLogs():
        common = rdFMCS.FindMCS([before, mol], timeout=5, ringMatchesRingOnly=False, bondCompare=rdFMCS.BondCompare.CompareOrder)
    return "" if common.numAtoms >= before.GetNumHeavyAtoms() - moved else f"only {common.numAtoms} atoms are as they were"


def _is_rest(before: Chem.Mol, after: Chem.Mol, group: JudgedGroup) -> bool:
    """Whether ``after`` is ``before`` less some atoms of one occurrence of the group, perhaps with the two parts joined that it linked."""
    gone = before.GetNumHeavyAtoms() - after.GetNumHeavyAtoms()
    for match in before.GetSubstructMatches(Chem.MolFromSmarts(group.smarts), uniquify=True):
        for chosen in combinations(sorted(match), gone):
            rest = Chem.RWMol(before)
            for index in reversed(chosen):
                rest.RemoveAtom(index)
            if after.HasSubstructMatch(rest):
                return True
    return False


def _judge_property(task: Any, mol: Chem.Mol) -> str:
    before = Chem.MolFromSmiles(task.reference)
    value = {"logp": Crippen.MolLogP, "qed": qed, "refractivity": Crippen.MolMR}[task.kind]
    if (value(mol) - value(before)) * task.direction <= 1e-9:
        return f"{value(before):.4f} becomes {value(mol):.4f}"
    fingerprints = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    similarity = DataStructs.TanimotoSimilarity(fingerprints.GetFingerprint(mol), fingerprints.GetFingerprint(before))
    return "" if similarity >= task.similarity else f"the similarity is {similarity:.3f}, not {task.similarity}"
