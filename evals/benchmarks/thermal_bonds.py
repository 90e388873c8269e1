"""Whether the energy of the weakest bond (spGFN2-xTB) tells which compounds survive heating better than the rules do, or tells more within a level of the rules.

    python -m evals.benchmarks.thermal_bonds [--compute SECONDS [--largest ATOMS]] [--section]

``--compute`` breaks the bonds of the compounds of ``evals/data/thermal`` (``known.tsv``, ``textbook.tsv``; no polymers) in an order drawn by chance, for so many processor seconds; what is done is kept in
``weakest_bonds.tsv``, failures with their reason, and a second call goes on. The figures come from what is kept. A bond of energy E goes by homolysis with k = A exp(-E/RT), A = 1e15.5/s; the temperature at
which a tenth is lost in an hour is held against the temperature of the compound. The separation is the share of pairs (one that survives, one that decomposes) that are put in the right order, ties by half.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.sections import ResultTable, Section, write_section
from tools.calculators.thermal_rules import thermal_stability
from tools.structures.parse import parse_smiles

FOLDER = Path(__file__).parents[1] / "data" / "thermal"
KEPT = FOLDER / "weakest_bonds.tsv"
LEVELS = ("low", "moderate", "high")
#: Of homolysis, 1/s (a decimal logarithm); the share that is lost; seconds; the gas constant in kcal/mol/K.
LOG_A, LOST, HOUR, R = 15.5, 0.1, 3600.0, 1.987204e-3


@dataclass(frozen=True)
class Heated:
    """A compound of the tables, its temperature (°C), what became of it, the level of the rules; ``bond``: the weakest, in kcal/mol, None where it could not be had."""

    name: str
    smiles: str
    temperature_c: float
    survives: bool
    level: str
    bond: float | None
    reason: str = ""

    @property
    def margin(self) -> float:
        """How far the temperature of homolysis lies above that of the compound, K; only where there is a bond energy."""
        assert self.bond is not None
        return homolysis_c(self.bond) - self.temperature_c


def homolysis_c(bond: float) -> float:
    """The temperature in °C at which a tenth is lost in an hour by breaking a bond of so many kcal/mol."""
    rate = -math.log(1 - LOST) / HOUR
    return bond / (R * (LOG_A * math.log(10) - math.log(rate))) - 273.15


def compounds() -> list[tuple[str, str, float, bool]]:
    """(name, SMILES, °C, whether it survives) of both tables without polymers; a structure with the same outcome once, at its sharpest temperature."""
    found: dict[tuple[str, bool], tuple[str, str, float, bool]] = {}
    for file, column in (("known.tsv", "survives"), ("textbook.tsv", "stable")):
        for row in _rows(FOLDER / file):
            if "*" in row["smiles"]:
                continue
            survives, at = row[column] == "yes", float(row["temperature_c"])
            before = found.get((row["smiles"], survives))
            if before is None or (at > before[2] if survives else at < before[2]):
                found[row["smiles"], survives] = (row["name"], row["smiles"], at, survives)
    return list(found.values())


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def kept() -> dict[str, tuple[float | None, str]]:
    """(kcal/mol, or None with the reason) by SMILES, as far as computed."""
    if not KEPT.exists():
        return {}
    return {row["smiles"]: (float(row["kcal_mol"]) if row["kcal_mol"] else None, row["reason"]) for row in _rows(KEPT)}


def compute(seconds: float, largest: int, say: Callable[[str], None]) -> None:
    """Break bonds of compounds of at most ``largest`` heavy atoms for so many processor seconds and keep what came of them. ConfigurationError, from the calculator, where tblite is not installed."""
    from tools.calculators.costly.protocol import Call
    from tools.calculators.quantum.calculators import WeakestBond

    calculator, done = WeakestBond(), kept()
    left = sorted(
        smiles for smiles in {found[1] for found in compounds()} - set(done) if parse_smiles(smiles).GetNumHeavyAtoms() <= largest
    )
    random.Random(0).shuffle(left)
    begun = time.process_time()
    for smiles in left:
        if time.process_time() - begun > seconds:
            return
        at = time.process_time()
        mol = parse_smiles(smiles)
        why = calculator.refuses(mol, "molecule")
        outcome = None if why else calculator.compute(Call(smiles, ("weakest_bond",)))["weakest_bond"]
        number = None if outcome is None else outcome.value
        done[smiles] = (number, why or ("" if outcome is None or number is not None else outcome.reason))
        say(f"{smiles} {number} {done[smiles][1]} {time.process_time() - at:.1f} s")
        _keep(done)


def _keep(done: dict[str, tuple[float | None, str]]) -> None:
    rows = [
        (smiles, "" if number is None else f"{number:.1f}", " ".join(reason.split())) for smiles, (number, reason) in sorted(done.items())
    ]
    KEPT.write_text("".join("\t".join(row) + "\n" for row in [("smiles", "kcal_mol", "reason"), *rows]), encoding="utf-8")


def heated() -> list[Heated]:
    """Every compound whose bonds were looked at."""
    done = kept()
    return [
        Heated(name, smiles, at, survives, thermal_stability(parse_smiles(smiles), at).level, *done[smiles])
        for name, smiles, at, survives in compounds()
        if smiles in done
    ]


def separation(rows: Sequence[Heated], score: Callable[[Heated], float]) -> float | None:
    """The share of pairs (survives, decomposes) in which the first has the higher score, ties by half; None where there are no pairs."""
    good, bad = [score(r) for r in rows if r.survives], [score(r) for r in rows if not r.survives]
    pairs = [(g > b) + 0.5 * (g == b) for g in good for b in bad]
    return sum(pairs) / len(pairs) if pairs else None


def figures(rows: Sequence[Heated]) -> dict[str, dict[str, float | int | None]]:
    """By level of the rules, and over all: numbers, and how well the bond energy, the margin to homolysis and the level separate."""
    with_bond = [r for r in rows if r.bond is not None]
    found = {}
    for name in ("all", *LEVELS):
        chosen = [r for r in with_bond if name in ("all", r.level)]
        found[name] = {
            "n": len(chosen),
            "survive": sum(r.survives for r in chosen),
            "decompose": sum(not r.survives for r in chosen),
            "bond": separation(chosen, lambda r: float(r.bond or 0.0)),
            "margin": separation(chosen, lambda r: r.margin),
            "level": separation(chosen, lambda r: -float(LEVELS.index(r.level))),
        }
    return found


def section(rows: Sequence[Heated]) -> Section:
    """The figures as a section of docs/predictors.md."""
    found, table = figures(rows), list[list[str | int | float | None]]()
    for name, words in (("all", "all"), *((level, f"called {level}") for level in LEVELS)):
        f = found[name]
        table.append([words, f["n"], f["survive"], f["decompose"], *(_said(f[what]) for what in ("level", "bond", "margin"))])
    gone = [r for r in rows if r.bond is not None and not r.survives]
    later = [r.margin for r in gone if r.margin >= 0]
    lacking = [r for r in rows if r.bond is None]
    return Section(
        title="Thermal stability and the weakest bond",
        order=22,
        command="python -m evals.benchmarks.thermal_bonds --section",
        text=(
            f"Whether the energy of the weakest bond by xTB ([quantum.md](quantum.md)) tells what survives heating, or more than the rules within one of their levels: the compounds of `evals/data/thermal` without polymers, as many "
            f"as were computed ({len(rows)}, of the smaller ones, in an order drawn by chance). Separation is the share of pairs, one that survives and one that decomposes, put in the right order: 1 is perfect, 0.50 chance. "
            "The margin is how far the temperature at which a tenth of the bonds would be broken in an hour (A = 10^15.5/s) lies above that of the compound."
        ),
        tables=[
            ResultTable(
                columns=[
                    "compounds",
                    "with a bond energy",
                    "survive",
                    "decompose",
                    "separation by the level",
                    "by the bond energy",
                    "by the margin",
                ],
                rows=table,
            )
        ],
        notes=[
            f"{_verdict(found['all'])} Of the {len(gone)} compounds that decompose, {len(later)} do so below the temperature of homolysis, on average {sum(later) / max(len(later), 1):.0f} K below it: "
            "the rules know them by other ways, such as elimination, loss of N₂, retro-Diels-Alder and polymerisation.",
            f"For {len(lacking)} of the {len(rows)} no energy can be had. All {sum('OO' in r.smiles for r in lacking)} peroxides that were tried are among them: their radicals fall apart when they relax.",
            "The same people collected rules and table, which favours the rules over all; within a level that does not matter.",
        ],
    )


def _verdict(found: Mapping[str, float | int | None]) -> str:
    if max(found["bond"] or 0.0, found["margin"] or 0.0) > (found["level"] or 0.0):
        return "The bond energy separates better than the level, which does not use it yet."
    return "It does not help, so the thermal class does not use it."


def _said(share: float | int | None) -> str:
    return "–" if share is None else f"{share:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute where asked, then print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compute", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--largest", type=int, default=30, metavar="ATOMS", help="heavy atoms of the largest compound that is computed")
    parser.add_argument("--section", action="store_true", help="write the section of docs/predictors.md")
    given = parser.parse_args(arguments)
    if given.compute:
        compute(given.compute, given.largest, lambda text: print(text, file=sys.stderr, flush=True))
    rows = heated()
    if given.section:
        print(write_section("predictors", "thermal_bonds", section(rows)), file=sys.stderr)
        return 0
    print(json.dumps(figures(rows), indent=1))
    for r in sorted((r for r in rows if r.bond is not None), key=lambda r: r.margin):
        print(f"{r.margin:7.0f} {r.bond:6.1f} {r.temperature_c:5.0f} {'survives  ' if r.survives else 'decomposes'} {r.level:9} {r.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
