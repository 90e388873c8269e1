"""Salts and hydrates by the name of their parent: 'metformin hydrochloride', 'diclofenac sodium', 'codeine phosphate hemihydrate' where a table knows it.

What a name does not say is assumed and said with the structure: one companion a parent, the metal on the most acidic group.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rdkit import Chem

from core import data

#: Most hydrogens that metals take the place of.
_MOST = 2
_BASIC = "[$([NX3;!$(N-C=[O,S]);!$(N-S=O);!$(N-c)]),$([NX3]C(=N)),$([NX2]=C(N)),$([nX2]1ccccc1),$([nX2]),$([NX2]=C),$([NX3;H2,H1;!$(N-C=[O,S]);!$(N-S=O)]-c)]"


@dataclass(frozen=True)
class Salt:
    """A salt or hydrate. ``assumed``: what its name does not say, '' for nothing."""

    smiles: str
    assumed: str = ""


def salt_of(name: str, known: Callable[[str], str]) -> Salt | None:
    """The structure of a parent with a companion, by ``name`` in lower case; None where the parts are not known or do not fit.

    ``known``: the SMILES of a name, '' for none.
    """
    words = name.replace("-", " ").split()
    if len(words) < 2:
        return None
    for length in (2, 1):
        behind, before = " ".join(words[-length:]), " ".join(words[:length])
        for parent, companion in ((" ".join(words[:-length]), behind), (" ".join(words[length:]), before)):
            found = _with(parent, companion, known)
            if found is not None:
                return found
    return None


def _with(parent: str, companion: str, known: Callable[[str], str]) -> Salt | None:
    table = _words()
    if not parent or not any(companion in kind for kind in (table["acids"], table["several"], table["metals"], table["water"])):
        return None
    base = (known(_acid(parent)) if companion in table["metals"] else "") or known(parent)
    base = base or (found.smiles if (found := salt_of(parent, known)) else "")
    mol = Chem.MolFromSmiles(base) if base else None
    if mol is None:
        return None
    if companion in table["water"]:
        return Salt(f"{base}{'.O' * int(table['water'][companion])}")
    if "." in base:
        return None
    if companion in table["metals"]:
        ions, charge = table["metals"][companion]
        return _metal(mol, str(ions), int(charge))
    if not mol.HasSubstructMatch(Chem.MolFromSmarts(_BASIC)):
        return None  # an ester: 'testosterone citrate' would be none of these
    added = table["several"].get(companion) or [table["acids"][companion]]
    assumed = (
        f"{companion} taken as one to one" if companion in table["acids"] and not companion.startswith(("mono", "bi", "hydrogen")) else ""
    )
    return Salt(".".join([base, *added]), assumed if _sites(mol) > 1 else "")


def _acid(anion: str) -> str:
    """The acid of an anion by its name: 'glutamic acid' of 'glutamate'; the name itself where it is none."""
    for ending, acid in (("oate", "oic acid"), ("ate", "ic acid")):
        if anion.endswith(ending):
            return anion.removesuffix(ending) + acid
    return anion


def companions() -> tuple[str, ...]:
    """Every word for a companion."""
    table = _words()
    return tuple(word for kind in ("acids", "several", "metals", "water") for word in table[kind])


def _sites(mol: Chem.Mol) -> int:
    return len(mol.GetSubstructMatches(Chem.MolFromSmarts(_BASIC)))


def _metal(mol: Chem.Mol, ions: str, charge: int) -> Salt | None:
    """``mol`` with metal ions in place of its most acidic hydrogens, as many parents as the metal has charges."""
    wanted = ions.count(".") + 1
    editable, taken = Chem.RWMol(mol), 0
    for smarts in _words()["acidic"]["order"]:
        for match in mol.GetSubstructMatches(Chem.MolFromSmarts(smarts)):
            atom = editable.GetAtomWithIdx(match[0])
            if taken < wanted and atom.GetTotalNumHs() and not atom.GetFormalCharge():
                atom.SetFormalCharge(-1)
                atom.SetNumExplicitHs(0)
                atom.SetNoImplicit(True)
                taken += 1
        if taken == wanted:
            break
    if taken < wanted or wanted > _MOST:
        return None
    anion = Chem.MolToSmiles(editable.GetMol())
    if Chem.MolFromSmiles(anion) is None:
        return None
    return Salt(".".join([anion] * charge + [ions]), "the metal stands on the most acidic group")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return data.table("tools.structures", "salt_words.toml")
