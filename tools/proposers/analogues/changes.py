"""Single changes of a compound that leave its fixed atoms alone: a substituent exchanged, added or removed, or a matched-pair change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdChemReactions

from core import data
from core.errors import ConfigurationError
from tools.proposers.exact.moves import attach, finished
from tools.structures.fixed_atoms import FixedAtoms, branch, placement, placements

#: Products of one matched-pair change of one structure that are looked at.
_MOST = 60


@dataclass(frozen=True)
class Analogue:
    """A changed structure and what was done, in words: 'chloro in the place of methyl'."""

    mol: Chem.Mol
    change: str


@dataclass(frozen=True)
class Site:
    """An open position of a structure: the atom, and the first atom of the substituent that stands there; None for a hydrogen."""

    atom: int
    first: int | None
    leaving: str


@lru_cache(maxsize=1)
def substituents() -> dict[str, str]:
    """Substituents by name, as SMILES with one '*'."""
    return {row["name"]: row["smiles"] for row in data.rows("tools.proposers.analogues", "substituents.tsv")}


@lru_cache(maxsize=1)
def _named() -> dict[str, str]:
    return {Chem.MolToSmiles(Chem.MolFromSmiles(smiles)): name for name, smiles in substituents().items()}


@lru_cache(maxsize=1)
def matched_pairs() -> dict[str, rdChemReactions.ChemicalReaction]:
    """The matched-pair changes by name. Raises ConfigurationError for one that cannot be read."""
    found = {}
    for row in data.table("tools.proposers.analogues", "matched_pairs.toml")["change"]:
        reaction = rdChemReactions.ReactionFromSmarts(row["smarts"])
        if reaction is None or reaction.Validate(silent=True)[1]:
            raise ConfigurationError(f"matched_pairs.toml: {row['name']!r} is no reaction")
        reaction.Initialize()
        found[row["name"]] = reaction
    return found


def sites(cores: list[FixedAtoms], mol: Chem.Mol) -> list[Site]:
    """The open positions of ``mol`` that are open for every core, by atom; none where it has not kept the cores."""
    if not cores:
        return []
    places = [placement(core, mol) or next(placements(core, mol), None) for core in cores]
    if any(place is None for place in places):
        return []
    inside = {i for place in places for i in place or ()}
    closed = {p[i] for core, p in zip(cores, places, strict=True) if p for i in range(len(p)) if i not in core.open}
    opened = {p[i] for core, p in zip(cores, places, strict=True) if p for i in core.open} - closed
    return [site for atom in sorted(opened) for site in _sites_at(mol, atom, inside)]


def _sites_at(mol: Chem.Mol, index: int, inside: set[int]) -> Iterator[Site]:
    atom = mol.GetAtomWithIdx(index)
    if atom.GetTotalNumHs():
        yield Site(index, None, "hydrogen")
    for bond in atom.GetBonds():
        first = bond.GetOtherAtomIdx(index)
        if first in inside or bond.GetBondType() != Chem.BondType.SINGLE or bond.IsInRing():
            continue
        gone = branch(mol, first, {index})
        if gone & inside or any(mol.GetAtomWithIdx(i).GetAtomicNum() == 0 for i in gone):
            continue
        yield Site(index, first, _name(mol, index, first, gone))


def _name(mol: Chem.Mol, anchor: int, first: int, atoms: set[int]) -> str:
    """A substituent's name where the table has it, else its SMILES with '*'."""
    work = Chem.RWMol(mol)
    work.AddBond(first, work.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
    work.RemoveBond(anchor, first)
    keep = atoms | {mol.GetNumAtoms()}
    smiles = str(Chem.MolFragmentToSmiles(work, sorted(keep)))
    return _named().get(smiles, smiles)


def exchanged(mol: Chem.Mol, site: Site, name: str) -> Analogue | None:
    """``mol`` with the substituent ``name`` ('hydrogen': none) at ``site``; None where that is no molecule or nothing would change."""
    if name == site.leaving:
        return None
    rest, atom = (mol, site.atom) if site.first is None else _without(mol, site)
    if rest is None:
        return None
    made = finished(Chem.RWMol(rest)) if name == "hydrogen" else attach(rest, atom, substituents()[name])
    return None if made is None else Analogue(made, f"{name} in the place of {site.leaving}")


def _without(mol: Chem.Mol, site: Site) -> tuple[Chem.Mol | None, int]:
    """``mol`` without the substituent at ``site``, and the new number of the atom that held it."""
    assert site.first is not None
    gone = branch(mol, site.first, {site.atom})
    work = Chem.RWMol(mol)
    anchor = work.GetAtomWithIdx(site.atom)
    if anchor.GetNoImplicit() or (anchor.GetIsAromatic() and anchor.GetAtomicNum() != 6):
        anchor.SetNumExplicitHs(anchor.GetNumExplicitHs() + 1)
    for index in sorted(gone, reverse=True):
        work.RemoveAtom(index)
    return finished(work), site.atom - sum(i < site.atom for i in gone)


def matched(mol: Chem.Mol, name: str) -> list[Analogue]:
    """What the matched-pair change ``name`` makes of ``mol``, each structure once. Fixed atoms are not looked at."""
    made: dict[str, Analogue] = {}
    for (product,) in matched_pairs()[name].RunReactants((mol,), maxProducts=_MOST):
        done = finished(Chem.RWMol(product))
        if done is not None:
            made.setdefault(Chem.MolToSmiles(done), Analogue(done, name))
    return list(made.values())
