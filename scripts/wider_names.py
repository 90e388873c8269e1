"""Writes tools/structures/wider_names.tsv: compounds that a question may name, each structure agreed on by two sources.

    python scripts/wider_names.py OUT.tsv ".../chemicals/Identifiers/chemical identifiers pubchem small.tsv" "... large.tsv"

The files are those of the package chemicals (MIT licence; identifiers of PubChem). Needs py2opsin and Java. A compound is taken if RDKit makes the InChIKey
that its record has of its SMILES, and OPSIN reads a systematic name of the record as the same InChIKey. Taken are compounds with many synonyms,
which are those that people speak of, and of each the first of them. Chemical weapons of schedule 1 are left out.
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
_CAS = re.compile(r"\d{2,7}-\d\d-\d")
#: Registry numbers, inverted names, names with remarks, trade mixtures: nobody asks for these.
_ODD = re.compile(
    r"\d{5,}|[;\[\]?%/|]|, |\(\d?[a-z]*ci\)|\b(?:acs|usp|jan|inn|nf|grade|solution|reagent|standard|unii|nsc|hsdb|einecs)\b|^[a-z]{1,4}[- ]?\d{3,}"
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


def confirmed(kept: list[tuple[list[str], list[str]]]) -> dict[str, str]:
    """InChIKey to the systematic name by which OPSIN agrees."""
    asked = [
        (row[6], name) for row, names in kept for name in [row[7], *[n for n in names if _SYSTEMATIC.search(n)][:TRIED]] if name.strip()
    ]
    found: dict[str, str] = {}
    for start in range(0, len(asked), 20_000):
        part = asked[start : start + 20_000]
        for (key, name), read in zip(part, py2opsin([n for _, n in part], tmp_fpath=str(Path(tempfile.gettempdir()) / "opsin-names.txt")), strict=True):
            if read and key not in found and key_of(read) == key:
                found[key] = name
        print(start + len(part), "names,", len(found), "structures confirmed", file=sys.stderr)
    return found


def main() -> None:
    """Read, hold against OPSIN, write."""
    RDLogger.DisableLog("rdApp.*")
    kept = taken([row for path in sys.argv[2:] for row in records(Path(path))])
    print(len(kept), "compounds with many synonyms", file=sys.stderr)
    by = confirmed(kept)
    kept = [(row, names) for row, names in kept if row[6] in by]
    owners: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, names in kept:
        for place, name in enumerate(names):
            owners[name].append((place, row[6]))
    shipped = set(common_names())
    lines = ["name\tsynonyms\tsmiles\tinchikey\tsystematic_name"]
    for row, names in kept:
        own = [n for n in names if n not in shipped and min(owners[n])[1] == row[6] and sum(p <= 1 for p, _ in owners[n]) <= 1]
        if own:
            smiles = Chem.MolToSmiles(Chem.MolFromSmiles(row[4]))
            lines.append("\t".join([own[0], ";".join(own[1:KEPT]), smiles, row[6], by[row[6]]]))
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines) - 1, "compounds written", file=sys.stderr)


if __name__ == "__main__":
    main()
