"""'My compound' goals: does what is listed keep what had to stay, and is something better than the compound?

    python -m evals.benchmarks.compound_cases [--fresh] [--cases N] [--budget 120] [--name NAME] [--json FILE]

Each of the cases in ``evals/data/compound_cases.toml`` (with ``--fresh``, of ``compound_cases_fresh.toml``) goes the way of ``molwright design GOAL --core CORE --yes``, in one process and without
the literature. The judge (``evals/judges/fixed_atoms.py``) matches the atoms that had to stay with arithmetic of its own; the report's other claims are
recomputed as in the design suite. A case is *improved* if a listed candidate meets every requirement and its aimed property is better than
that of the compound, both predicted alike. ``--name`` keeps the figures under a name of their own in ``evals/data/compound_cases.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from rdkit import Chem

from core.errors import MolwrightError
from core.report import Report
from evals.judges.claims import chain, judge_report
from evals.judges.fixed_atoms import changed, keep_of
from evals.scratch import finished_run
from tools.workspace import builtin

DATA = Path(__file__).resolve().parent.parent / "data"
CASES, FRESH, FIGURES = DATA / "compound_cases.toml", DATA / "compound_cases_fresh.toml", DATA / "compound_cases.json"


def cases(path: Path = CASES) -> list[dict[str, Any]]:
    """The cases, in the order of the file."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    return found


def run_case(case: dict[str, Any], budget: int) -> tuple[Report | None, str]:
    """The report of a case from the run's own graph in a scratch store, or None with the error that ended it."""
    options = {"core": case["core"] or None, "budget": budget, "seed": 0, "met_probability": 0.5, "yes": True, "user": "benchmark"}
    try:
        with finished_run(case["goal"], options) as store:
            return store.report("run"), ""
    except MolwrightError as error:
        return None, f"{type(error).__name__}: {error}"


def judge_case(case: dict[str, Any], report: Report, own: float | None) -> dict[str, Any]:
    """What the judge says of one report; ``own``: the aimed property of the compound."""
    aim, keep, polymer = case["aim"], keep_of(case["kept"]), bool(case.get("polymer"))
    wrong, better = [], []
    for candidate in report.candidates:
        mol = Chem.MolFromSmiles(candidate.smiles)
        why = changed(keep, chain(mol, 3) if polymer else mol)
        if why:
            wrong.append(f"{candidate.smiles}: {why}")
        value = candidate.properties.get(aim["property"])
        number = value.number if value is not None else None
        if why or number is None or own is None or not all(r.met for r in candidate.requirements):
            continue
        if (number - own if aim["better"] == "higher" else own - number) > 1e-6:
            better.append({"smiles": candidate.smiles, "value": round(number, 4), "proposer": candidate.origin.proposer})
    return {
        "name": case["name"],
        "field": case["field"],
        "listed": len(report.candidates),
        "changed": wrong,
        "improved": len(better),
        "own": own,
        "best": _best(better, aim["better"]),
        "claims": judge_report(report),
        "evaluated": report.evaluated,
    }


def _best(better: list[dict[str, Any]], direction: str) -> dict[str, Any] | None:
    sign = 1.0 if direction == "higher" else -1.0
    return max(better, key=lambda b: sign * float(b["value"]), default=None)


def own_value(case: dict[str, Any]) -> float | None:
    """The aimed property of the compound itself, by ``molwright properties``' own path; None where it cannot be had."""
    from core.spec import EstimationConditions

    kind = "polymer" if case.get("polymer") else "molecule"
    values = builtin().calculators.estimate([case["compound"]], kind, [case["aim"]["property"]], EstimationConditions())[0]  # type: ignore[arg-type]
    return values[case["aim"]["property"]].number


def figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The counts of a round."""
    return {
        "cases": len(rows),
        "listed": sum(r["listed"] for r in rows),
        "with_changed_atoms": sum(len(r["changed"]) for r in rows),
        "improved": sum(bool(r["improved"]) for r in rows),
        "wrong_claims": sum(len(r["claims"]) for r in rows),
        "failed": sum("error" in r for r in rows),
        "seconds": round(sum(r["seconds"] for r in rows), 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Print one row a case; 1 if a listed structure has a changed atom or a case failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fresh", action="store_true", help="the ten cases that nothing was tuned on")
    parser.add_argument("--cases", type=int, help="only the first so many")
    parser.add_argument("--part", default="0/1", help="every so many-th case from this one on, as 0/2 and 1/2 for two processes")
    parser.add_argument("--only", default="", help="only cases whose name holds this")
    parser.add_argument("--budget", type=int, default=120, help="evaluations of each run")
    parser.add_argument("--name", default="", help="keep the figures under this name")
    parser.add_argument("--json", type=Path, help="also write every case to this file")
    given = parser.parse_args(arguments)
    rows = []
    first, step = (int(number) for number in given.part.split("/"))
    for case in [c for c in cases(FRESH if given.fresh else CASES)[first::step] if given.only in c["name"]][: given.cases]:
        start = time.monotonic()
        report, message = run_case(case, given.budget)
        row: dict[str, Any] = {"name": case["name"], "field": case["field"], "listed": 0, "changed": [], "improved": 0, "claims": []}
        row = judge_case(case, report, own_value(case)) if report is not None else {**row, "error": message}
        row["seconds"] = round(time.monotonic() - start, 1)
        rows.append(row)
        best = row.get("best") or {}
        said = (
            row.get("error")
            or f"{row['improved']:2}/{row['listed']:2} better, {len(row['changed'])} changed, own {row['own']}, best {best}"
        )
        print(f"{row['seconds']:6.1f} s  {said}  {row['name']}", flush=True)
        for text in [*row["changed"], *row["claims"]]:
            print(f"          {text}")
    found = figures(rows)
    print(json.dumps(found))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if given.name:
        kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
        kept[given.name] = {**found, "budget": given.budget, "not_improved": [r["name"] for r in rows if not r["improved"]]}
        FIGURES.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(bool(found["with_changed_atoms"] or found["failed"]))


if __name__ == "__main__":
    sys.exit(main())
