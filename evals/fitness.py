"""How often the disqualifier rules catch what is not fit for a use, and how often they wrong what is: pairs of a goal and a structure.

    python -m evals.fitness [PAIRS.tsv] [--misses] [--json | --write]
    python -m evals.fitness --dyes dye_absorption.csv

The pairs (``evals/data/against/pairs.tsv``) were written from chemical knowledge and references by somebody who had seen neither rules nor code:
100 structures that a person of the field would turn down for the goal's use at a glance ('bad'), and 100 that are accepted for it ('good'). A bad pair is caught where
a rule of :mod:`tools.against` trips; a good one is wronged where one does. Intervals are Wilson's, 95 %. ``--misses`` names the pairs that went wrong,
``--write`` puts the table into docs/against.md. ``--dyes`` asks instead how often the rules on emission trip dyes
of high and of low measured quantum yield (columns smiles, quantum_yield). The first run is kept in ``evals/data/against/first_run.json`` and is never written again.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import NotFoundError, UsageError
from evals.sections import between_marks

PAIRS = Path(__file__).parent / "data" / "against" / "pairs.tsv"
FIRST = PAIRS.with_name("first_run.json")
PAGE = Path(__file__).parents[1] / "docs" / "against.md"
_Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True)
class Pair:
    """One pair, whether it is accepted for the use (``good``), and the ids of the rules that trip."""

    field: str
    goal: str
    smiles: str
    good: bool
    rules: tuple[str, ...]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, without a unit; (0, 1) for no trial."""
    if not total:
        return 0.0, 1.0
    share, z2 = hits / total, _Z * _Z
    centre, half = share + z2 / (2 * total), _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return (centre - half) / (1 + z2 / total), (centre + half) / (1 + z2 / total)


def read(path: Path = PAIRS) -> list[Pair]:
    """The pairs of ``path`` with the rules that trip. NotFoundError if it cannot be read, UsageError naming a line that is no pair."""
    from rdkit import Chem, rdBase

    from tools.against.disqualify import tripped_by

    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise NotFoundError(f"cannot read {path}: {error.strerror}") from error
    found = []
    for number, row in enumerate(rows, 2):
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(row.get("smiles") or "")
        if mol is None or row.get("label") not in ("good", "bad") or not row.get("goal"):
            raise UsageError(f"{path} line {number}: a goal, a structure and 'good' or 'bad' are wanted")
        rules = tuple(r.id for r in tripped_by(row["smiles"], row["goal"], "molecule"))
        found.append(Pair(row["field"], row["goal"], row["smiles"], row["label"] == "good", rules))
    return found


def counts(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many pairs there are and what became of them: bad, caught, good, wronged; numbers without a unit."""
    bad, good = [p for p in pairs if not p.good], [p for p in pairs if p.good]
    return {"bad": len(bad), "caught": sum(bool(p.rules) for p in bad), "good": len(good), "wronged": sum(bool(p.rules) for p in good)}


def table(pairs: Sequence[Pair]) -> str:
    """The table in Markdown: a row a field, and all together with intervals; the first run beneath it where it is kept."""
    lines = ["| field | unfit, caught | accepted, wronged |", "|---|---:|---:|"]
    for name in sorted({p.field for p in pairs}, key=str.lower):
        c = counts([p for p in pairs if p.field == name])
        lines.append(f"| {name} | {c['caught']} of {c['bad']} | {c['wronged']} of {c['good']} |")
    c = counts(pairs)
    shares = [f"{n} of {of} ({100 * low:.0f} to {100 * high:.0f} %)" for n, of in ((c["caught"], c["bad"]), (c["wronged"], c["good"])) for low, high in [wilson(n, of)]]  # fmt: skip
    lines.append(f"| **all** | **{shares[0]}** | **{shares[1]}** |")
    if FIRST.is_file():
        first = json.loads(FIRST.read_text(encoding="utf-8"))
        lines += ["", f"The first run, before any rule had been changed because of a pair: {first['caught']} of {first['bad']} caught, {first['wronged']} of {first['good']} wronged. {first['note']}"]  # fmt: skip
    return "\n".join(lines)


def dyes(path: Path) -> dict[str, tuple[int, int]]:
    """Of dyes whose highest measured quantum yield is at least 0.3 ('bright') or at most 0.01 ('dark'): how many are tripped as fluorescent dyes, and of how many.

    NotFoundError if the file cannot be read.
    """
    from tools.against.disqualify import tripped_by

    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise NotFoundError(f"cannot read {path}: {error.strerror}") from error
    yields: dict[str, float] = {}
    for row in rows:
        if row.get("quantum_yield"):
            yields[row["smiles"]] = max(float(row["quantum_yield"]), yields.get(row["smiles"], 0.0))
    groups = {"bright": [s for s, y in yields.items() if y >= 0.3], "dark": [s for s, y in yields.items() if y <= 0.01]}
    return {name: (sum(bool(tripped_by(s, "a fluorescent dye", "molecule")) for s in group), len(group)) for name, group in groups.items()}


def _write(text: str) -> None:
    PAGE.write_text(between_marks(PAGE.read_text(encoding="utf-8"), "figures", f"{text}\n"), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit code 2 for a file that cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.fitness", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="?", type=Path, default=PAIRS)
    parser.add_argument("--misses", action="store_true", help="name the pairs that went wrong")
    parser.add_argument("--json", action="store_true", help="counts and pairs as JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/against.md")
    parser.add_argument("--dyes", type=Path, help="a table of dyes with measured quantum yields")
    options = parser.parse_args(arguments)
    try:
        if options.dyes:
            for name, (hit, total) in dyes(options.dyes).items():
                low, high = wilson(hit, total)
                print(f"{name}: {hit} of {total} tripped ({100 * low:.0f} to {100 * high:.0f} %)")
            return 0
        pairs = read(options.pairs)
    except (NotFoundError, UsageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({**counts(pairs), "pairs": [asdict(p) for p in pairs]}, indent=1))
        return 0
    print(table(pairs))
    if options.misses:
        for pair in pairs:
            if bool(pair.rules) == pair.good:
                print(f"{'wronged' if pair.good else 'missed'}: {pair.goal} | {pair.smiles} | {', '.join(pair.rules)}")
    if options.write:
        _write(table(pairs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
