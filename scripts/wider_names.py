"""Writes tools/structures/wider_names.tsv: compounds that a question may name, each structure agreed on by two sources.

    python scripts/wider_names.py OUT.tsv ".../chemicals/Identifiers/chemical identifiers pubchem small.tsv" "... large.tsv"

The files are those of the package chemicals (MIT licence; identifiers of PubChem). Needs py2opsin and Java. A compound is taken if RDKit makes the InChIKey
that its record has of its SMILES, and OPSIN reads a name of the record as the same skeleton, or can read none of them. Taken are compounds with many synonyms,
which are those that people speak of, and of each the first of them, with abbreviations that everybody knows. A name that OPSIN reads as another structure is left out, and one that it cannot read is taken
only where it stands at the beginning of a record and looks like a name of a compound: further down are brands, which are words of the language too.
Chemical weapons of schedule 1 are left out.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from py2opsin import py2opsin
from rdkit import Chem, RDLogger

from tools.safety.tables import regulated
from tools.structures.names import common_names

#: Synonyms from which on a compound is taken (salts are spoken of less), names that are kept of each, systematic names that OPSIN is asked.
POPULAR, POPULAR_SALT, KEPT, TRIED = 10, 8, 6, 2
LONGEST = 48
#: Synonyms from which on a record counts of which OPSIN reads no name; names that OPSIN is asked at once.
UNREAD, STEP = 14, 20_000
_CAS = re.compile(r"\d{2,7}-\d\d-\d")
#: Registry numbers, inverted names, names with remarks, trade mixtures: nobody asks for these.
_ODD = re.compile(
    r"\d{5,}|[;\[\]?%/|]|, |\(\d?[a-z]*ci\)|\b(?:acs|usp|jan|inn|nf|grade|solution|reagent|standard|unii|nsc|hsdb|einecs)\b|^[a-z]{1,4}[- ]?\d{3,}"
)
#: How names of compounds end, brands and words of the language mostly do not.
_ENDING = re.compile(
    r"(?:ine|in|ol|ols|one|al|ate|ide|ane|ene|yne|yl|ose|ole|ium|ic|ene|ane|ite|ase|um|ane|oxane|azole|aldehyde|furan|phen|quat|vir|mab|tinib|pril|sartan|statin|oxacin|cillin|zepam|barbital|caine|profen|ether|acid|nitrile|urea|oxide|"
    r"copper|iron|zinc|nickel|cobalt|silver|gold|mercury|argon|neon|xenon|krypton|boron|manganese|tungsten|tin|bismuth|arsenic|antimony)\Z"
)
#: Abbreviations that are taken wherever they stand in a record.
_KNOWN = frozenset(
    [
        "tnt",
        "rdx",
        "hmx",
        "petn",
        "tatp",
        "lsd",
        "mdma",
        "thc",
        "cbd",
        "ddt",
        "pcp",
        "dmt",
        "ghb",
        "bht",
        "bha",
        "tbhq",
        "edta",
        "egta",
        "dbu",
        "dabco",
        "dmap",
        "nbs",
        "ncs",
        "nis",
        "tempo",
        "aibn",
        "hepes",
        "tris",
        "mops",
        "bapta",
        "atp",
        "amp",
        "gaba",
        "dopa",
        "l-dopa",
        "dmso",
        "dmf",
        "dmac",
        "nmp",
        "thf",
        "mtbe",
        "mek",
        "mibk",
        "dcm",
        "dce",
        "tfa",
        "tea",
        "dipea",
        "tbaf",
        "deet",
        "mcpba",
        "tcnq",
        "bsa",
        "hmpa",
        "dme",
        "diglyme",
        "pabA",
        "paba",
    ]
)
#: First places of a record whose names are taken although OPSIN cannot read them: one word, several words.
SURE, SURE_LONG = 2, 4
#: Letters from which on the first name of a record is taken however it ends.
PLAIN = 8
#: Words of the language among the first names of records.
_WORDS = frozenset(
    [
        "release",
        "screen",
        "command",
        "chrome",
        "score",
        "express",
        "phoenix",
        "verdict",
        "progress",
        "tell",
        "select",
        "counter",
        "matrix",
        "benchmark",
        "advance",
        "tilt",
        "caps",
        "trim",
        "pipes",
        "snap",
        "steward",
        "india",
        "allergen",
        "selective",
        "today",
        "imap",
        "cycle",
        "facet",
        "lance",
        "talbot",
        "disulfides",
        "probe",
        "imines",
        "hydrazines",
        "fluoresceins",
        "versus",
        "mediator",
        "dividend",
        "pivot",
        "pursuit",
        "orbit",
        "alto",
        "glean",
        "impact",
        "aurora",
        "radar",
        "raft",
        "coord",
        "torque",
        "cape",
        "sapphire",
        "fulfill",
        "assure",
        "banner",
        "manage",
        "leader",
        "same",
        "match",
        "suffix",
        "aldehyde",
        "sulfur",
        "salt",
        "vanilla",
        "candit",
        "cygnus",
        "bromelia",
        "equal",
        "carbon",
        "diamond",
        "graphite",
        "medicine",
        "protein",
        "starch",
        "sugar",
        "wine",
        "cocaine-free",
        "trial",
        "vision",
        "final",
        "union",
        "region",
        "station",
        "version",
        "mission",
        "captain",
        "origin",
        "margin",
        "basin",
        "cabin",
        "robin",
        "satin",
        "resin",
        "vitamin",
        "plain",
        "train",
        "main",
        "again",
        "within",
        "chain",
        "certain",
        "domain",
        "obtain",
        "retain",
        "contain",
        "explain",
        "remain",
        "crystal",
        "metal",
        "signal",
        "final",
        "total",
        "oral",
        "formal",
        "normal",
        "manual",
        "goal",
        "control",
        "symbol",
        "patrol",
        "protocol",
        "alcohol",
        "tool",
        "school",
        "cool",
        "pool",
        "wool",
        "one",
        "zone",
        "stone",
        "bone",
        "tone",
        "alone",
        "phone",
        "clone",
        "ozone-free",
        "silicone",
        "marine",
        "machine",
        "medicine",
        "engine",
        "imagine",
        "define",
        "combine",
        "online",
        "genuine",
        "routine",
        "fine",
        "line",
        "mine",
        "pine",
        "wine",
        "nine",
        "spine",
        "vine",
        "wide",
        "side",
        "hide",
        "ride",
        "tide",
        "guide",
        "pride",
        "slide",
        "inside",
        "provide",
        "decide",
        "climate",
        "private",
        "state",
        "rate",
        "date",
        "late",
        "plate",
        "estimate",
        "accurate",
        "separate",
        "scene",
        "gene",
        "hygiene",
        "plane",
        "crane",
        "lane",
    ]
)
_SYSTEMATIC = re.compile(r"\d|yl|ate\b|ide\b|oic|ol\b|one\b|ane\b|ine\b")


def records(path: Path) -> list[list[str]]:
    """Rows of the file: CID, CAS, formula, mass, SMILES, InChI, InChIKey, systematic name, synonyms."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def synonyms(row: list[str]) -> list[str]:
    """The names of a record that somebody might type, the best known first."""
    found = []
    for word in row[8:]:
        name = " ".join(word.strip().lower().split())
        if (
            3 <= len(name) <= LONGEST
            and not _CAS.search(name)
            and not _ODD.search(name)
            and re.search(r"[a-z]{3}", name)
            and name.isascii()
        ):
            found.append(name)
    return list(dict.fromkeys(found))


def key_of(smiles: str) -> str:
    """The InChIKey of a SMILES; '' for none that can be read."""
    mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToInchiKey(mol) if mol is not None else ""


def taken(rows: list[list[str]]) -> list[tuple[list[str], list[str]]]:
    """(row, names) of the compounds with enough synonyms whose SMILES has the record's InChIKey."""
    listed = {key for key, sources in regulated().items() if any(source.endswith("1") for source, _ in sources)}
    kept = []
    for row in rows:
        names, salt = synonyms(row), "." in row[4]
        if len(row) - 8 < (POPULAR_SALT if salt else POPULAR) or not names or row[6].split("-")[0] in listed:
            continue
        if key_of(row[4]) == row[6]:
            kept.append((row, names))
    return kept


def agreed(kept: list[tuple[list[str], list[str]]]) -> set[str]:
    """InChIKeys of the records of which OPSIN reads a name as the same skeleton; where it can read none, of those that have many synonyms."""
    asked = [
        (row[6], name) for row, names in kept for name in [row[7], *[n for n in names if _SYSTEMATIC.search(n)][:TRIED]] if name.strip()
    ]
    same, other = set[str](), set[str]()
    for start in range(0, len(asked), STEP):
        part = asked[start : start + STEP]
        for (key, _), read in zip(part, _opsin([n for _, n in part]), strict=True):
            if read:
                (same if key_of(read).split("-")[0] == key.split("-")[0] else other).add(key)
        print(start + len(part), "names,", len(same), "structures confirmed,", len(other - same), "read as others", file=sys.stderr)
    return same | {row[6] for row, _ in kept if row[6] not in other and len(row) - 8 >= UNREAD}


def _opsin(names: list[str]) -> list[str]:
    return list(py2opsin(names, tmp_fpath=str(Path(tempfile.gettempdir()) / "opsin-names.txt")))


def meant(kept: list[tuple[list[str], list[str]]]) -> dict[str, str]:
    """Each name that OPSIN can read, with the InChIKey of what it reads."""
    asked = sorted({name for _, names in kept for name in names[:KEPT]})
    found: dict[str, str] = {}
    for start in range(0, len(asked), STEP):
        part = asked[start : start + STEP]
        for name, read in zip(part, _opsin(part), strict=True):
            if read:
                found[name] = key_of(read)
        print(start + len(part), "names,", len(found), "read", file=sys.stderr)
    return found


def sure(name: str, place: int, key: str, read: dict[str, str]) -> bool:
    """Whether a name at a place of a record's list stands for the record's structure and for nothing else."""
    if name in read:
        return read[name] == key or read[name].split("-")[0] == key.split("-")[0]
    if name in _WORDS:
        return False
    if not any(_ENDING.search(word) for word in name.split()):
        return place == 0 and len(name) >= PLAIN and name.isalpha()
    return place < (SURE if " " not in name else SURE_LONG)


def main() -> None:
    """Read, hold against OPSIN, write."""
    RDLogger.DisableLog("rdApp.*")
    kept = taken([row for path in sys.argv[2:] for row in records(Path(path))])
    print(len(kept), "compounds with many synonyms", file=sys.stderr)
    taken_in = agreed(kept)
    kept = [(row, names) for row, names in kept if row[6] in taken_in]
    read = meant(kept)
    kept = [
        (row, [n for place, n in enumerate(names) if n in _KNOWN or (place < KEPT and sure(n, place, row[6], read))]) for row, names in kept
    ]
    owners: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, names in kept:
        for place, name in enumerate(names):
            owners[name].append((place, row[6]))
    shipped = set(common_names())
    lines = ["name\tsynonyms\tsmiles\tinchikey"]
    for row, names in kept:
        own = [
            n for n in names if n not in shipped and min(owners[n])[1] == row[6] and (n in _KNOWN or sum(p <= 1 for p, _ in owners[n]) <= 1)
        ]
        if own:
            smiles = Chem.MolToSmiles(Chem.MolFromSmiles(row[4]))
            lines.append("\t".join([own[0], ";".join(own[1:]), smiles, row[6]]))
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines) - 1, "compounds written", file=sys.stderr)


if __name__ == "__main__":
    main()
