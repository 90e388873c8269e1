"""Operators that work with whole fragments: attach, swap, insert a linker, cut a branch off.

The vocabulary is ``data/substituents.tsv``: substituents and ring systems with one open end, linkers with two.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from core import data
from tools.proposers.evolution.graph import cuttable_bonds, open_atoms, remove_atoms, side, working_form


@dataclass(frozen=True)
class Fragment:
    """A piece of a molecule in working form. ``ends`` are the atoms to which its open bonds belong, ``smiles`` marks them with '*'."""

    name: str
    smiles: str
    mol: Chem.Mol
    ends: tuple[int, ...]


def make_fragment(smiles: str, name: str = "") -> Fragment:
    """The fragment written as ``smiles`` with a '*' for each open single bond. Raises ValueError if it cannot be used."""
    parsed = Chem.MolFromSmiles(smiles)
    work = working_form(parsed) if parsed is not None else None
    if work is None:
        raise ValueError(f"not a usable fragment: {smiles}")
    stars = [a.GetIdx() for a in work.GetAtoms() if a.GetAtomicNum() == 0]
    if not stars or any([b.GetBondType() for b in work.GetAtomWithIdx(i).GetBonds()] != [Chem.BondType.SINGLE] for i in stars):
        raise ValueError(f"a fragment needs open ends with one bond each: {smiles}")
    ends = [work.GetAtomWithIdx(i).GetNeighbors()[0].GetIdx() for i in stars]
    shift = [e - sum(1 for s in stars if s < e) for e in ends]
    remove_atoms(work, set(stars))
    work.UpdatePropertyCache(strict=False)
    return Fragment(name or smiles, smiles, work.GetMol(), tuple(shift))


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, tuple[Fragment, ...]]:
    """The shipped fragments by kind: ``group``, ``ring`` and ``linker``."""
    table: dict[str, list[Fragment]] = {}
    for row in data.rows("tools.proposers", "substituents.tsv"):
        table.setdefault(row["kind"], []).append(make_fragment(row["smiles"], row["name"]))
    return {kind: tuple(fragments) for kind, fragments in table.items()}


# Rarely wanted in a design, but needed as exemplars when a goal asks for them.
_REACTIVE = frozenset(
    {"azido", "isocyanato", "isothiocyanato", "iodo", "thiocyanato", "borono", "phosphonooxy", "formyl", "oxiranyl", "sulfo"}
)


@lru_cache(maxsize=1)
def usual_groups() -> tuple[Fragment, ...]:
    """The small substituents that are attached without being asked for."""
    return tuple(f for f in vocabulary()["group"] if f.name not in _REACTIVE)


def join(work: Chem.RWMol, site: int, fragment: Fragment) -> Chem.RWMol:
    """Bond the first open end of ``fragment`` to atom ``site``, in place."""
    offset = work.GetNumAtoms()
    work.InsertMol(fragment.mol)
    work.AddBond(site, offset + fragment.ends[0], Chem.BondType.SINGLE)
    return work


def attach(work: Chem.RWMol, rng: random.Random, fragment: Fragment) -> Chem.RWMol | None:
    """Put ``fragment`` on an atom that carries hydrogen; carbon is preferred."""
    sites = open_atoms(work)
    if not sites:
        return None
    carbons = [i for i in sites if work.GetAtomWithIdx(i).GetAtomicNum() == 6]
    return join(work, rng.choice(carbons if carbons and rng.random() < 0.8 else sites), fragment)


def attach_group(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Put a small substituent on an atom that carries hydrogen."""
    return attach(work, rng, rng.choice(usual_groups()))


def attach_ring(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Put a ring system on an atom that carries hydrogen."""
    return attach(work, rng, rng.choice(vocabulary()["ring"]))


def _cut(work: Chem.RWMol, rng: random.Random, largest: int) -> tuple[int, set[int]] | None:
    """A random acyclic cut whose smaller side has at most ``largest`` atoms: the atom that stays, and the branch."""
    cuts = cuttable_bonds(work)
    rng.shuffle(cuts)
    total = work.GetNumAtoms()
    for first, second in cuts[:6]:
        branch, stays = side(work, second, first), first
        if 2 * len(branch) > total:
            branch, stays = set(range(total)) - branch, second
        if len(branch) <= largest:
            return stays, branch
    return None


def _swap(work: Chem.RWMol, rng: random.Random, largest: int, fragment: Fragment) -> Chem.RWMol | None:
    cut = _cut(work, rng, largest)
    if cut is None:
        return None
    stays, branch = cut
    join(work, stays, fragment)
    remove_atoms(work, branch)
    return work


def swap_for(work: Chem.RWMol, rng: random.Random, fragment: Fragment) -> Chem.RWMol | None:
    """Replace a substituent of up to six atoms by ``fragment``."""
    return _swap(work, rng, 6, fragment)


def swap_group(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Replace a substituent of up to six atoms by another small one."""
    return _swap(work, rng, 6, rng.choice(usual_groups()))


def swap_ring(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Replace a branch of up to fourteen atoms by a ring system."""
    return _swap(work, rng, 14, rng.choice(vocabulary()["ring"]))


def delete_branch(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Cut a branch off and leave hydrogen."""
    cut = _cut(work, rng, max(1, work.GetNumAtoms() // 2))
    if cut is None or len(cut[1]) >= work.GetNumAtoms():
        return None
    remove_atoms(work, cut[1])
    return work


def delete_branch_at(work: Chem.RWMol, index: int, rng: random.Random) -> Chem.RWMol | None:
    """Cut off a branch that contains atom ``index`` and is not more than half of the molecule; None where there is none."""
    branches = []
    for first, second in cuttable_bonds(work):
        for stays, goes in ((first, second), (second, first)):
            branch = side(work, goes, stays)
            if index in branch and 2 * len(branch) <= work.GetNumAtoms():
                branches.append(branch)
    if not branches:
        return None
    remove_atoms(work, rng.choice(branches))
    return work


def insert_linker(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
    """Put a linker into an acyclic single bond, or replace a two-ended chain atom by it."""
    cuts = cuttable_bonds(work)
    if not cuts:
        return None
    first, second = rng.choice(cuts)
    fragment = rng.choice(vocabulary()["linker"])
    removed: set[int] = set()
    middle = work.GetAtomWithIdx(second)
    if rng.random() < 0.5 and middle.GetDegree() == 2 and not middle.IsInRing():
        onward = [b for b in middle.GetBonds() if b.GetOtherAtomIdx(second) != first]
        if onward[0].GetBondType() == Chem.BondType.SINGLE:
            removed, second = {second}, onward[0].GetOtherAtomIdx(second)
    if not removed:
        work.RemoveBond(first, second)
    offset = work.GetNumAtoms()
    work.InsertMol(fragment.mol)
    work.AddBond(first, offset + fragment.ends[0], Chem.BondType.SINGLE)
    work.AddBond(second, offset + fragment.ends[1], Chem.BondType.SINGLE)
    remove_atoms(work, removed)
    return work
