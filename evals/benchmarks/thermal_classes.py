"""The thermal risk classes against compounds of published behaviour.

    python -m evals.benchmarks.thermal_classes [--json | --levels | --sources | --section]

``evals/data/thermal/known.tsv`` names each compound with a temperature, whether it survives, and where that was read. Two kinds of evidence
stand in it: 'boils' (it boils undecomposed at atmospheric pressure, so it survives minutes at its boiling point; the rules speak of
an hour) and 'stated' (a source states decomposition, or a temperature of use). The people who wrote the rules also collected the table, and some of its
sources are the sources of the rules: it shows how conservative the rules are, it is no independent test.

``--levels`` counts, over this table and the textbook cases of ``textbook.tsv`` together, what survived and what decomposed at each level:
the counts in ``tools/calculators/thermal_levels.tsv``, from which the probability of a level is made. ``--sources`` says how many lines of
``thermal_rules.tsv`` have which kind of source. ``--section`` writes the section of docs/predictors.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from rdkit.Chem import CanonSmiles

from evals.sections import ResultTable, Section, write_section
from tools.calculators.thermal_rules import SOURCE_KINDS, source_kind, survival_probability, thermal_rules, thermal_stability
from tools.structures.parse import parse_polymer, parse_smiles

FOLDER = Path(__file__).parents[1] / "data" / "thermal"
LEVELS = ("low", "moderate", "high")


@dataclass(frozen=True)
class Case:
    """One compound of the table with the level that the rules give it."""

    name: str
    smiles: str
    temperature_c: float
    survives: bool
    evidence: str
    source: str
    level: str
    reason: str


def read() -> list[Case]:
    """The table, judged by the rules."""
    sources = {row["key"]: row["source"] for row in _rows(FOLDER / "sources.tsv")}
    cases = []
    for row in _rows(FOLDER / "known.tsv"):
        mol = parse_polymer(row["smiles"]) if "*" in row["smiles"] else parse_smiles(row["smiles"])
        risk = thermal_stability(mol, float(row["temperature_c"]))
        cases.append(
            Case(
                name=row["name"],
                smiles=row["smiles"],
                temperature_c=float(row["temperature_c"]),
                survives=row["survives"] == "yes",
                evidence="boils" if row["source"] == "CRC" else "stated",
                source=sources[row["source"]],
                level=risk.level,
                reason=risk.reasons[0],
            )
        )
    return cases


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def count_levels() -> dict[str, tuple[int, int]]:
    """Survived and decomposed by level over both tables; the same structure, outcome and level counts once, whatever the temperature."""
    seen = {(CanonSmiles(case.smiles), case.survives, case.level) for case in read()}
    for row in _rows(FOLDER / "textbook.tsv"):
        mol = parse_polymer(row["smiles"]) if "*" in row["smiles"] else parse_smiles(row["smiles"])
        risk = thermal_stability(mol, float(row["temperature_c"]))
        seen.add((CanonSmiles(row["smiles"]), row["stable"] == "yes", risk.level))
    counts = Counter((level, survives) for _, survives, level in seen)
    return {level: (counts[level, True], counts[level, False]) for level in LEVELS}


def count_sources() -> dict[str, int]:
    """How many rules have which kind of source."""
    counts = Counter(source_kind(rule) for rule in thermal_rules())
    return {kind: counts[kind] for kind in SOURCE_KINDS}


def summary(cases: list[Case]) -> dict[str, float]:
    """Counts of level by outcome, and the two shares a chemist asks for.

    ``accuracy`` takes 'high' as "decomposes" and the other levels as "survives"; ``missed`` is the share of the decomposing compounds that
    are called low; ``alarms`` the share of the surviving ones that are called high.
    """
    counts = Counter((case.level, case.survives) for case in cases)
    survived = sum(case.survives for case in cases)
    lost = len(cases) - survived
    right = sum((case.level != "high") == case.survives for case in cases)
    return {
        "n": len(cases),
        **{f"{level} and survives": counts[level, True] for level in LEVELS},
        **{f"{level} and decomposes": counts[level, False] for level in LEVELS},
        "accuracy": round(right / len(cases), 3),
        "missed": round(counts["low", False] / lost, 3) if lost else 0.0,
        "alarms": round(counts["high", True] / survived, 3) if survived else 0.0,
    }


def by_evidence(cases: list[Case]) -> dict[str, list[Case]]:
    """All cases, and those of each kind of evidence."""
    return {"all": cases, **{kind: [case for case in cases if case.evidence == kind] for kind in ("stated", "boils")}}


def section(cases: list[Case]) -> Section:
    """The figures as a section of docs/predictors.md."""
    summaries = {kind: summary(chosen) for kind, chosen in by_evidence(cases).items()}
    found = summaries["all"]
    rows: list[list[str | int | float | None]] = []
    for words, kind in (("stated in a source", "stated"), ("boils undecomposed at atmospheric pressure", "boils"), ("all", "all")):
        counts = summaries[kind]
        rows.append(
            [words, int(counts["n"]), *(int(counts[f"{level} and {end}"]) for end in ("survives", "decomposes") for level in LEVELS)]
        )
    kinds = count_sources()
    shares = {level: survival_probability(*counts) for level, counts in count_levels().items()}
    return Section(
        title="Thermal stability",
        order=20,
        command="python -m evals.benchmarks.thermal_classes --section",
        text=(
            f"The risk class at the temperature of each of {int(found['n'])} compounds of published behaviour. The people who wrote the rules collected them, so it "
            "shows how conservative the rules are and is no independent test."
        ),
        tables=[
            ResultTable(
                columns=["evidence", "compounds", *(f"{end}, called {level}" for end in ("survives", "decomposes") for level in LEVELS)],
                rows=rows,
            )
        ],
        notes=[
            f"{found['missed']:.0%} of the compounds that decompose are called low; {found['alarms']:.0%} of those that survive are called high. Boiling takes "
            "minutes where the rules speak of an hour.",
            f"{sum(kinds.values())} rules: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()) + ".",
            "Probability of surviving that the ranking takes for each level: "
            + ", ".join(f"{level} {p:.2f}" for level, p in shares.items())
            + ".",
        ],
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the confusion matrix, by kind of evidence, and the compounds on the wrong side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--levels", action="store_true", help="count outcomes by level over both tables and print thermal_levels.tsv")
    form.add_argument("--sources", action="store_true", help="count the rules by kind of source")
    form.add_argument("--section", action="store_true", help="write the section of docs/predictors.md")
    given = parser.parse_args(arguments)
    if given.section:
        print(write_section("predictors", "thermal_classes", section(read())), file=sys.stderr)
        return 0
    if given.levels:
        print("level\tsurvived\tdecomposed")
        for level, (survived, lost) in count_levels().items():
            print(f"{level}\t{survived}\t{lost}")
            print(f"P(survives | {level}) = {survival_probability(survived, lost):.2f}", file=sys.stderr)
        return 0
    if given.sources:
        for kind, n in count_sources().items():
            print(f"{n:4d}  {kind}")
        return 0
    cases = read()
    kinds = by_evidence(cases)
    if given.json:
        print(json.dumps({"summary": {kind: summary(c) for kind, c in kinds.items()}, "cases": [asdict(c) for c in cases]}, indent=1))
        return 0
    print("evidence    n  survives: low  moderate  high   decomposes: low  moderate  high   accuracy")
    for kind, chosen in kinds.items():
        s = summary(chosen)
        kept = "".join(f"{s[f'{level} and survives']:>10.0f}" for level in LEVELS)
        gone = "".join(f"{s[f'{level} and decomposes']:>10.0f}" for level in LEVELS)
        print(f"{kind:8} {s['n']:4.0f} {kept}     {gone}     {s['accuracy']:8.2f}")
    print("\non the wrong side:")
    for case in cases:
        if (case.level, case.survives) in (("high", True), ("low", False)):
            print(
                f"  {case.name} at {case.temperature_c:g} °C {'survives' if case.survives else 'decomposes'}, called {case.level}: {case.reason}"
            )
    print("\nThe authors of the rules collected this table; it shows how conservative they are and is no independent test.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
