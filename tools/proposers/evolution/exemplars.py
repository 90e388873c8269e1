"""Fragments that carry a wanted group, found by matching, so that a group can be added on purpose."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from tools.groups.edits import substituents
from tools.groups.groups import GROUPS
from tools.proposers.evolution.fragments import Fragment, make_fragment, vocabulary
from tools.structures.plausibility import first_violation

_PROBES = ("CC", "c1ccccc1")
_MOST = 12


def _attached(fragment: Fragment) -> list[Chem.Mol]:
    """The fragment on an ethyl and on a phenyl group."""
    found = []
    for probe in _PROBES:
        smiles = fragment.smiles.replace("*", "", 1) if fragment.smiles.startswith("*") else ""
        mol = Chem.MolFromSmiles(probe + smiles) if smiles else None
        if mol is not None:
            found.append(mol)
    return found


def _plausible(fragment: Fragment) -> bool:
    """Whether the fragment is plausible on one of the probes."""
    return any(not first_violation(mol) for mol in _attached(fragment))


def _readable(smiles: str) -> list[Fragment]:
    try:
        return [make_fragment(smiles)]
    except ValueError:
        return []


@lru_cache(maxsize=1)
def _shipped() -> tuple[tuple[Fragment, tuple[Chem.Mol, ...]], ...]:
    table = vocabulary()
    return tuple((f, tuple(_attached(f))) for f in (*table["group"], *table["ring"]))


def _opened(smiles: str, query: Chem.Mol) -> list[Fragment]:
    """Fragments made by opening one hydrogen of ``smiles`` at which the group survives being attached; [] for an unreadable SMILES."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return []
    found: list[Fragment] = []
    for atom in mol.GetAtoms():
        if not atom.GetTotalNumHs() or len(found) >= _MOST:
            continue
        work = Chem.RWMol(mol)
        site = work.GetAtomWithIdx(atom.GetIdx())
        site.SetNumExplicitHs(max(0, site.GetNumExplicitHs() - 1))
        work.AddBond(atom.GetIdx(), work.AddAtom(Chem.Atom(0)), Chem.BondType.SINGLE)
        if Chem.SanitizeMol(work, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE or not work.HasSubstructMatch(query):
            continue
        try:
            found.append(make_fragment(Chem.MolToSmiles(work)))
        except ValueError:
            continue
    return found


@lru_cache(maxsize=256)
def exemplars(smarts: str) -> tuple[Fragment, ...]:
    """Fragments with one open end that carry the group ``smarts``, the smallest first, at most twelve; () if none is known.

    Where some of them are plausible on an ethyl or a phenyl group, only these.
    """
    query = Chem.MolFromSmarts(smarts)
    if query is None:
        return ()
    with rdBase.BlockLogs():
        found = [f for f, probes in _shipped() if probes and all(p.HasSubstructMatch(query) for p in probes)]
        if not found:
            found = [f for f, probes in _shipped() if any(p.HasSubstructMatch(query) for p in probes)]
        if not any(_plausible(f) for f in found):
            named = [g for g in GROUPS.values() if g.smarts == smarts]
            found += [f for g in named for form in substituents(g.name) for f in _readable(form)]
            found = found or [f for g in named for f in _opened(g.example, query)]
        if not found:
            found = _opened(_literal(smarts), query)
    plausible = [f for f in found if _plausible(f)]
    found = list({f.smiles: f for f in plausible or found}.values())
    found.sort(key=lambda f: (f.mol.GetNumAtoms(), f.smiles))
    return tuple(found[:_MOST])


def _literal(smarts: str) -> str:
    """The SMARTS read as a SMILES where that is possible, as for a structure that the goal spelled out; else ''."""
    mol = Chem.MolFromSmiles(smarts)
    return Chem.MolToSmiles(mol) if mol is not None else ""
