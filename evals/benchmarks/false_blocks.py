"""How many ordinary compounds the guard blocks: drugs, named compounds, reagents and building blocks, monomers, fragrances.

    python -m evals.benchmarks.false_blocks [FILE.tsv ...]

Screens every structure of the tables that ship, and of further tab-separated files with the columns ``name`` and ``smiles`` (dyes, say). Prints
a row a table and the names of what is blocked; the exit code is 1 if more than 1 in 300 of all are.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core import data
from evals.suites.base import DATA
from tools.safety.guard import structure_verdict

#: The share of ordinary compounds that may be blocked.
ALLOWED = 1 / 300
#: Tables that ship: what they hold, package and file.
TABLES = (
    ("named compounds", "tools.structures", "common_names.tsv"),
    ("further named compounds", "tools.structures", "further_names.tsv"),
    ("reagents and building blocks", "tools.synthesis", "building_blocks.tsv"),
    ("monomers", "tools.synthesis", "polymers/monomers.tsv"),
)
#: Sets of this package: what they hold, file, column of the name.
SETS = (("drugs", "drug_sets.tsv", "drug"), ("fragrances", "guard/fragrances.tsv", "name"))


def tables(further: list[Path]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What each table holds, and its compounds as (name, SMILES), each structure once. Raises OSError and KeyError for a file that is none."""
    for title, package, file in TABLES:
        yield title, _once((row["name"], row["smiles"]) for row in data.rows(package, file))
    for title, file, column in SETS:
        yield title, _once(_rows(DATA / file, column))
    for path in further:
        yield path.name, _once(_rows(path, "name"))


def _rows(path: Path, column: str) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield row[column], row["smiles"]


def _once(rows: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    named = {smiles: name for name, smiles in rows if smiles}
    return [(name, smiles) for smiles, name in named.items()]


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if more than ``ALLOWED`` are blocked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    total: Counter[str] = Counter()
    for title, compounds in tables(parser.parse_args(arguments).files):
        verdicts = {name: structure_verdict(smiles, "polymer" if smiles.count("*") == 2 else "molecule") for name, smiles in compounds}
        counts = Counter(found.verdict for found in verdicts.values())
        total += counts
        print(f"{title:32}{len(verdicts):6} compounds, {counts['block']:3} blocked, {counts['warn']:4} with a warning")
        for name, found in verdicts.items():
            if found.verdict == "block":
                print(f"    {name}: {', '.join(hit.id for hit in found.rules if hit.verdict == 'block')}")
    print(f"{'all':32}{total.total():6} compounds, {total['block']:3} blocked (at most 1 in 300)")
    return 0 if total["block"] <= ALLOWED * total.total() else 1


if __name__ == "__main__":
    sys.exit(main())
