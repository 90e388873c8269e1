"""Names by which a question may call a compound: those that goals know, some thousand more, salts and hydrates of all of them, and common polymers.

``wider_names.tsv`` is written by ``scripts/wider_names.py`` from the identifiers of the package chemicals 1.5 (MIT licence; PubChem), which says what is taken. ``systematic_names.tsv``
holds compounds that are missing there: the structure is that which OPSIN reads of the systematic name in the last column, and it has the formula of the compound.
Goals do not read these names, and the guard takes none of them as harmless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core import data
from tools.structures.names import common_names
from tools.structures.salt_names import salt_of

TABLES = ("systematic_names.tsv", "wider_names.tsv")
#: Words behind a name that would make another name with it: 'doxorubicin one by one'.
_ENDINGS = (" one", " on", " in", " all", " ate", " as")
#: Other ways to write a part of a name.
_SPELLINGS = (
    (re.compile("sulph"), "sulf"),
    (re.compile("aluminium"), "aluminum"),
    (re.compile("caesium"), "cesium"),
    (re.compile(r"\bsulf(?=ur\b)"), "sulf"),
    (re.compile(r"^n-(?=[a-z])"), ""),
    (re.compile(r"^(?:dl|d,l|rac)-"), ""),
)


@dataclass(frozen=True)
class Compound:
    """A compound that a name stands for. ``assumed``: what its name does not say and was assumed; '' for nothing."""

    smiles: str
    assumed: str = ""


def compound_of(name: str) -> Compound | None:
    """The compound of a name, in any spelling that the tables know, a salt of one of them included; None for none."""
    return _compound(" ".join(name.lower().split()).strip("'\""))


@lru_cache(maxsize=4096)
def _compound(name: str) -> Compound | None:
    smiles, salt = _smiles(name), salt_of(name, _smiles)
    if salt is not None and (not smiles or _formula(smiles) == _formula(salt.smiles)):
        return Compound(salt.smiles, "" if smiles else salt.assumed)  # drawn as its parent is drawn elsewhere
    return Compound(smiles) if smiles else None


def _formula(smiles: str) -> str:
    return str(rdMolDescriptors.CalcMolFormula(Chem.MolFromSmiles(smiles)))


def _smiles(name: str) -> str:
    """The SMILES of a name without a companion; '' for none."""
    for spelt in dict.fromkeys((name, *_spellings(name))):
        if unit := polymer_names().get(spelt):
            return unit
        found = common_names().get(spelt)
        if found:
            return found[1]
        if smiles := wider_names().get(spelt):
            return smiles
    return ""


def _spellings(name: str) -> list[str]:
    made, bare = [], name
    for pattern, other in _SPELLINGS:
        bare = pattern.sub(other, bare)
        made.append(bare)
    joined = bare.replace("-", " ")
    whole = [] if bare.endswith(_ENDINGS) else [joined.replace(" ", "")]
    return [*made, joined, bare.replace(" ", "-"), *whole]


@lru_cache(maxsize=1)
def wider_names() -> dict[str, str]:
    """Every name of the two tables, lower case, with its SMILES; the first that has a name keeps it."""
    made: dict[str, str] = {}
    for table in TABLES:
        for row in data.rows("tools.structures", table):
            for word in (row["name"], *filter(None, row["synonyms"].split(";"))):
                made.setdefault(word, row["smiles"])
    return made


@lru_cache(maxsize=1)
def polymer_names() -> dict[str, str]:
    """Common polymers by name and abbreviation, lower case, with their repeat unit. Abbreviations that mean something else are left out."""
    rows = data.rows("tools.structures", "polymer_names.tsv")
    return {word: row["repeat_unit"] for row in rows for word in (row["name"], *filter(None, row["synonyms"].split(";")))}
