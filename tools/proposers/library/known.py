"""The known compounds that ship with molwright, ranked by how near they come to the countable part of a spec."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core import data
from tools.groups.groups import GROUPS
from tools.proposers.spec_fit import SpecFit
from tools.structures.names import common_names
from tools.structures.plausibility import first_violation, rules
from tools.synthesis.blocks import building_blocks


@dataclass(frozen=True)
class Known:
    """A known compound: name, canonical SMILES, where it is listed ('building block' or 'common compound'), and the molecule."""

    name: str
    smiles: str
    source: str
    mol: Chem.Mol

    @property
    def reagent(self) -> bool:
        """Whether it is kept to make other things from: an acid chloride, a boronic acid, ..."""
        return self.smiles in _reagents()

    @property
    def implausible(self) -> bool:
        """Whether it breaks a plausibility rule, known as it is: a reagent, a reactive monomer, an initiator."""
        return self.smiles in _implausible()


@lru_cache(maxsize=1)
def known_compounds() -> tuple[Known, ...]:
    """The building blocks, then the common compounds by name that are not among them; one neutral molecule each."""
    found = {b.smiles: Known(b.name, b.smiles, "building block", b.mol) for b in building_blocks()}
    with rdBase.BlockLogs():
        for row in data.rows("tools.structures", "common_names.tsv"):
            mol = Chem.MolFromSmiles(row["smiles"])
            if mol is None or "." in row["smiles"] or "*" in row["smiles"] or mol.GetNumAtoms() < 2:
                continue
            smiles = Chem.MolToSmiles(mol)
            found.setdefault(smiles, Known(row["name"], smiles, "common compound", mol))
    return tuple(found.values())


@lru_cache(maxsize=1)
def _with_a_name() -> tuple[Chem.Mol, ...]:
    """The compounds that have a name here, and the examples of the registered groups, without stereo marks; one neutral or charged molecule each."""
    found: dict[str, Chem.Mol] = {}
    with rdBase.BlockLogs():
        for smiles in (*(s for _, s in common_names().values()), *(group.example for group in GROUPS.values())):
            mol = Chem.MolFromSmiles(smiles)
            if mol is None or "." in smiles or "*" in smiles or mol.GetNumAtoms() < 2:
                continue
            Chem.RemoveStereochemistry(mol)
            found.setdefault(Chem.MolToSmiles(mol), mol)
    return tuple(found[smiles] for smiles in sorted(found))


def members(fit: SpecFit, most: int) -> list[Chem.Mol]:
    """Named compounds that carry every group that ``fit`` wants, as starts of a search: nearest first, at most ``most``; [] if it wants none."""
    wanted = [g for g in fit.groups if g.condition.bounds()[0] > 0]
    if not wanted:
        return []
    having = [
        m for m in _with_a_name() if m.GetNumHeavyAtoms() <= fit.max_heavy_atoms and all(m.HasSubstructMatch(g.query) for g in wanted)
    ]
    near = sorted((round(fit.distance(mol), 6), Chem.MolToSmiles(mol), n) for n, mol in enumerate(having) if not fit.excluded(mol))
    return [Chem.Mol(having[n]) for _, _, n in near[:most]]


@lru_cache(maxsize=1)
def _reagents() -> frozenset[str]:
    queries = next(r.queries for r in rules() if r.id == "reagent")
    return frozenset(k.smiles for k in known_compounds() if any(k.mol.HasSubstructMatch(q) for q in queries))


@lru_cache(maxsize=1)
def _implausible() -> frozenset[str]:
    return frozenset(k.smiles for k in known_compounds() if first_violation(k.mol))


def ranked(fit: SpecFit, limit: int, allow_excluded: bool = False) -> list[tuple[float, Known]]:
    """At most ``limit`` known compounds with their distance from ``fit``, nearest first, then by SMILES; reagents count one step more.

    Compounds that the spec excludes (a forbidden element or group, a missing scaffold) are left out unless ``allow_excluded``.
    """
    return list(_ranked(fit, allow_excluded)[:limit])


@lru_cache(maxsize=8)
def _ranked(fit: SpecFit, allow_excluded: bool) -> tuple[tuple[float, Known], ...]:
    """All of :func:`ranked`. Several proposers ask for it in every generation of a run."""
    scored = [(fit.distance(k.mol) + k.reagent, k) for k in known_compounds() if allow_excluded or not fit.excluded(k.mol)]
    return tuple(sorted(scored, key=lambda item: (round(item[0], 6), item[1].smiles)))
