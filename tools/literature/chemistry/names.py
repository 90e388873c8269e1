"""The names that are looked for in texts: compounds, monomers with their abbreviations, and polymers, each with its structure and key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase

from core import data
from core.errors import StructureError
from tools.structures.names import common_names
from tools.structures.polymer_key import polymer_key
from tools.structures.standardise import standardise
from tools.synthesis.polymers.chemistry import first_unit
from tools.synthesis.polymers.library import monomers, polymerisations

#: Names that texts use for something else more often than for the compound.
_WORDS = frozenset({"prodan", "cubane", "pinacol", "biotin", "hedione", "tempo", "captan", "lawsone", "topo", "urea"}) - {
    "urea",
    "biotin",
    "pinacol",
    "cubane",
}
_ABBREVIATION = re.compile(r"(?P<name>.+?) \((?P<short>[A-Za-z0-9,'-]{2,12})\)$")


@dataclass(frozen=True)
class Substance:
    """A substance by its main name; ``key`` is its InChIKey, or for a polymer the key of its repeat unit."""

    name: str
    smiles: str
    key: str | None


@lru_cache(maxsize=1)
def dictionary() -> dict[str, Substance]:
    """Every name in lower case. Abbreviations are in :func:`abbreviations`."""
    found = {
        word: Substance(name, smiles, None) for word, (name, smiles) in common_names().items() if word not in _WORDS and not _short(word)
    }
    for name, _, smiles in _named():
        found.setdefault(name.lower(), Substance(name, smiles, None))
    return found


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, Substance]:
    """Abbreviations as they are written ('PMDA', 'THF'). One that stands for two substances is left out."""
    found: dict[str, Substance] = {}
    twice: set[str] = set()
    for word, (name, smiles) in common_names().items():
        if word not in _WORDS and _short(word):
            found[word.upper() if word.isalpha() else word] = Substance(name, smiles, None)
    for name, short, smiles in _named():
        if short:
            if short in found and not _same(found[short].smiles, smiles):
                twice.add(short)
            found.setdefault(short, Substance(name, smiles, None))
    found.setdefault("ODA", found["4,4'-ODA"])
    return {short: substance for short, substance in found.items() if short not in twice}


def _short(word: str) -> bool:
    """Whether a name of the table is an abbreviation, which counts only in capitals."""
    return (len(word) <= 5 and word.isalpha() and len(re.findall("[aeiouy]", word)) <= 1) or word in _SHORT


_SHORT = frozenset(
    [
        "aibn",
        "amps",
        "aptes",
        "atbc",
        "bisgma",
        "bpda",
        "btda",
        "cpme",
        "dabco",
        "dapi",
        "deet",
        "dipea",
        "dmaema",
        "edot",
        "edta",
        "egcg",
        "egdma",
        "etoac",
        "fdca",
        "gaba",
        "hema",
        "ipa",
        "ipdi",
        "mehq",
        "mek",
        "mibk",
        "mma",
        "nipam",
        "oda",
        "odpa",
        "paba",
        "pfoa",
        "pfos",
        "pgmea",
        "pmda",
        "ptcda",
        "taic",
        "taddol",
        "tegdma",
        "teos",
        "tmeda",
        "todga",
        "totm",
        "binap",
        "binol",
        "mecn",
        "dotp",
        "dehp",
        "didp",
        "dinp",
        "hmpa",
        "hdda",
    ]
)


def _named() -> Iterator[tuple[str, str, str]]:
    """Monomers and polymers: name, abbreviation or '', SMILES."""
    for monomer in monomers():
        found = _ABBREVIATION.match(monomer.name)
        yield (found["name"], found["short"], monomer.smiles) if found else (monomer.name, "", monomer.smiles)
    for row in data.rows("tools.predictors.reference_values", "tables/glass_transition_temperature.tsv"):
        found = _ABBREVIATION.match(row["name"])
        name, short = (found["name"], found["short"]) if found else (row["name"], "")
        if row["structure"].count("*") == 2 and len(name) > 4:
            yield name.removesuffix(", atactic"), short if short.isupper() or short[1:].isupper() or "P" in short else "", row["structure"]


def _same(first: str, second: str) -> bool:
    return key_of(first) is not None and key_of(first) == key_of(second)


@lru_cache(maxsize=20_000)
def key_of(smiles: str) -> str | None:
    """The InChIKey of a molecule, or the key of a repeat unit; None for what cannot be read."""
    try:
        with rdBase.BlockLogs():
            if smiles.count("*") == 2:
                return polymer_key(smiles)
            return standardise(smiles, "molecule").inchikey or None
    except (StructureError, ValueError, RuntimeError):
        return None


@lru_cache(maxsize=1)
def first_words() -> dict[str, tuple[str, ...]]:
    """The names by the first run of letters in them, the longest first."""
    index: dict[str, list[str]] = {}
    for name in dictionary():
        if found := re.search(r"[^\W\d_]+", name):
            index.setdefault(found[0], []).append(name)
    return {word: tuple(sorted(names, key=lambda n: (-len(n), n))) for word, names in index.items()}


@lru_cache(maxsize=2_000)
def polymer_of(first: str, second: str) -> Substance | None:
    """The polymer of two monomers by their abbreviations ('PMDA', 'ODA'), in either order; None where they make none, or more than one kind."""
    known = abbreviations()
    if first not in known or second not in known:
        return None
    by_smiles = {monomer.smiles: monomer.monomer_class for monomer in monomers()}
    a, b = (_monomer_smiles(known[short].smiles) for short in (first, second))
    units: dict[str, str] = {}
    for polymerisation in polymerisations():
        if polymerisation.slots != 2 or polymerisation.whole:
            continue
        for one, two in ((a, b), (b, a)):
            if by_smiles.get(one) in polymerisation.classes[0] and by_smiles.get(two) in polymerisation.classes[1]:
                unit = first_unit(polymerisation, (one, two))
                if unit and (key := key_of(unit)):
                    units.setdefault(key, unit)
    if len(units) != 1:
        return None
    key, unit = next(iter(units.items()))
    return Substance(f"{first}-{second}", unit, key)


@lru_cache(maxsize=2_000)
def _monomer_smiles(smiles: str) -> str:
    """The SMILES of the same compound in the table of monomers; itself where it is not there."""
    wanted = key_of(smiles)
    return next((monomer.smiles for monomer in monomers() if key_of(monomer.smiles) == wanted), smiles)


def readable(smiles: str) -> Chem.Mol | None:
    """The molecule of a SMILES; None where it cannot be read."""
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(smiles)
