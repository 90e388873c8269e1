"""Precision@10 of the thermal stability rules on measured decomposition temperatures.

    python -m evals.benchmarks.stability --data polymer_decomposition.csv [--column td_c] [--json | --section]

The goal is "does not decompose below T". The rules were not made from these measurements, so nothing here is training data. Structures are
ranked by the risk level at T (low, moderate, high); ties count with the expected precision
of a random order within them. Beside it stand the base rate and the ranking by the measured value of the nearest other structure
(Tanimoto, Morgan radius 2), which is what a chemist with a table would do.

Labels that the literature contradicts stand in ``evals/data/thermal/doubtful_labels.tsv``, each with what speaks against it. They stay in the
first table, as they were published; where the data holds any of them, a second table leaves them out.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from rdkit import Chem, DataStructs

from core.errors import NotFoundError, StructureError, UsageError
from evals.sections import ResultTable, Section, write_section
from tools.calculators.thermal_rules import thermal_stability
from tools.structures.parse import parse_polymer, parse_smiles
from tools.structures.repeat_units import joined_units
from tools.structures.similarity import morgan_fingerprint

DOUBTFUL = Path(__file__).parents[1] / "data" / "thermal" / "doubtful_labels.tsv"
LEVELS = {"low": 0.0, "moderate": 1.0, "high": 2.0}
K = 10


def precision_at(k: int, scores: list[float], hits: list[bool]) -> float:
    """Expected share of hits among the ``k`` best of ``scores`` (lower is better), ties in random order. Needs at least k entries."""
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    cut = scores[order[k - 1]]
    sure = [i for i in order if scores[i] < cut]
    tied = [i for i in order if scores[i] == cut]
    return (sum(hits[i] for i in sure) + (k - len(sure)) * sum(hits[i] for i in tied) / len(tied)) / k


def read(path: Path, column: str) -> tuple[list[Chem.Mol], list[float]]:
    """Structures (columns psmiles or smiles) and decomposition temperatures in °C; rows that cannot be read are named on stderr."""
    mols, values = [], []
    try:
        rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    except OSError as error:
        raise NotFoundError(f"cannot read {path}: {error.strerror}") from error
    for number, row in enumerate(rows, 2):
        text = row.get("psmiles") or row.get("smiles") or ""
        try:
            mols.append(parse_polymer(text) if "*" in text else parse_smiles(text))
            values.append(float(row[column]))
        except (StructureError, KeyError, ValueError) as error:
            print(f"{path} line {number}: {error}", file=sys.stderr)
    if len(mols) <= K:
        raise UsageError(f"{path} has {len(mols)} usable rows; at least {K + 1} are needed")
    return mols, values


def doubtful(mols: list[Chem.Mol], values: list[float]) -> list[tuple[int, str]]:
    """The places of the labels that the literature contradicts, each with a name: same structure, value within 1 K of the doubtful one."""
    rows = csv.DictReader(DOUBTFUL.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    known = {Chem.MolToSmiles(parse_polymer(row["psmiles"])): (float(row["td_c"]), row["name"]) for row in rows}
    found = []
    for i, (mol, value) in enumerate(zip(mols, values, strict=True)):
        label, name = known.get(Chem.MolToSmiles(mol), (None, ""))
        if label is not None and abs(value - label) <= 1:
            found.append((i, name))
    return found


def evaluate(mols: list[Chem.Mol], values: list[float], temperature: float) -> dict[str, float]:
    """Precision@10 of the rules and of the nearest neighbour, and the base rate, for "stable at ``temperature``" in °C."""
    hits = [v >= temperature for v in values]
    levels = [LEVELS[thermal_stability(m, temperature).level] for m in mols]
    prints = [morgan_fingerprint(joined_units(m) if "*" in Chem.MolToSmiles(m) else m) for m in mols]
    neighbours = []
    for i, fingerprint in enumerate(prints):
        similar = DataStructs.BulkTanimotoSimilarity(fingerprint, prints)
        similar[i] = -1.0
        neighbours.append(-values[max(range(len(similar)), key=lambda j: (similar[j], -j))])
    return {
        "temperature_c": temperature,
        "n": float(len(mols)),
        "base_rate": sum(hits) / len(hits),
        "rules": precision_at(K, levels, hits),
        "nearest_neighbour": precision_at(K, neighbours, hits),
        "share_low": sum(level == 0.0 for level in levels) / len(levels),
    }


def _print_table(rows: list[dict[str, float]]) -> None:
    print("   T/°C    n  base rate  rules p@10  neighbour p@10  called low")
    for r in rows:
        print(
            f"{r['temperature_c']:7.0f} {r['n']:4.0f} {r['base_rate']:10.3f} {r['rules']:11.3f} {r['nearest_neighbour']:15.3f} {r['share_low']:11.3f}"
        )


def section(tables: dict[str, list[dict[str, float]]], doubtful_names: list[str]) -> Section:
    """The tables as a section of docs/predictors.md."""
    columns = ["stable at", "n", "base rate", "precision@10 of the rules", "of the nearest measured neighbour"]
    return Section(
        title="Thermal stability on measured decomposition temperatures",
        order=30,
        command="python -m evals.benchmarks.stability --data polymer_decomposition.csv --section",
        text="Ten picked from all by the risk level at T (ties in random order). The rules were not made from these measurements (OpenPoly).",
        tables=[
            ResultTable(
                caption="All labels:"
                if name == "all"
                else f"Without the labels that the literature contradicts ({', '.join(doubtful_names)}):",
                columns=columns,
                rows=[
                    [
                        f"{r['temperature_c']:g} °C",
                        int(r["n"]),
                        f"{r['base_rate']:.2f}",
                        f"{r['rules']:.2f}",
                        f"{r['nearest_neighbour']:.2f}",
                    ]
                    for r in rows
                ],
            )
            for name, rows in tables.items()
        ],
    )


def main(arguments: list[str] | None = None) -> int:
    """Print one row a temperature."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="CSV with psmiles or smiles and a decomposition temperature in °C")
    parser.add_argument("--column", default="td_c", help="name of the column with the temperature")
    parser.add_argument("--temperatures", default="250,300,350,400", help="temperatures in °C, separated by commas")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--section", action="store_true", help="write the section of docs/predictors.md")
    given = parser.parse_args(arguments)
    mols, values = read(given.data, given.column)
    temperatures = [float(t) for t in given.temperatures.split(",")]
    out = doubtful(mols, values)
    left = [i for i in range(len(mols)) if i not in {place for place, _ in out}]
    tables = {"all": [evaluate(mols, values, t) for t in temperatures]}
    if out and len(left) > K:
        tables["without doubtful labels"] = [evaluate([mols[i] for i in left], [values[i] for i in left], t) for t in temperatures]
    if given.section:
        print(write_section("predictors", "stability", section(tables, [name for _, name in out])), file=sys.stderr)
        return 0
    if given.json:
        print(json.dumps({"doubtful": [name for _, name in out], **tables}, indent=2))
        return 0
    for name, rows in tables.items():
        print(name + (f" ({', '.join(n for _, n in out)})" if name != "all" else ""))
        _print_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
