"""How much of what is proposed can be made: routes of listed candidates, and of what evolution alone proposes.

    python -m evals.benchmarks.routes [--goals N] [--skip-runs] [--json FILE]

Three tables. (1) The goals of the design suite at default settings, each in a process of its own: listed candidates by class, how many
carry a route, and how many of these give the product again when ``tools.synthesis.routes.verify_route`` runs them forwards. (2) The same for the
listed candidates that evolution over atoms proposed. (3) What the evolution proposer alone suggests for the molecule goals in its first
generation, without any selection: for how many a route of one, two or three steps is found. Baseline of (3): one step only. The design
suite judges the same runs; its score is given in the notes.
The figures become the section 'routes' of docs/engine.md unless goals are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from core.report import Report
from evals.sections import ResultTable, Section, write_section
from evals.suites.design import goals, judged
from tools.workspace import builtin

#: Structures asked of the evolution proposer for each goal.
ASKED = 40


def run_goal(goal: str) -> Report | None:
    """The report of a default design run in a process of its own; None if it failed."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "design", goal, "--yes", "--no-models", "--json", "-"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "MOLWRIGHT_HOME": home},
            check=False,
        )
    return Report.model_validate_json(done.stdout) if done.returncode in (0, 4) else None


def judge(report: Report) -> dict[str, Any]:
    """Counts of one report: listed, with a route, with a route that runs forwards to the candidate; the same for evolution's own.

    ``score`` and ``problems`` are those of the design suite (``molwright eval run design``), which judges the same runs.
    """
    from tools.synthesis.routes import verify_route

    kind = report.spec.candidate_class
    case = judged(report.goal, report.spec.seed, report)
    row: dict[str, Any] = {"goal": report.goal, "class": kind, "asked": report.spec.candidates, "listed": len(report.candidates)}
    row |= {"seconds": report.timings.get("total", 0.0), "steps": [], "proposers": Counter()}
    row |= {"score": case.score, "problems": case.detail["problems"], "relaxed": report.choice.relaxed_listed if report.choice else 0}
    row |= dict.fromkeys(("routed", "verified", "evolution", "evolution_verified"), 0)
    for candidate in report.candidates:
        route = candidate.route
        routed = route is not None and route.status != "none known"
        verified = routed and route is not None and not verify_route(route, candidate.smiles, kind)
        row["routed"] += routed
        row["verified"] += verified
        row["proposers"][candidate.origin.proposer] += 1
        if routed and route is not None:
            row["steps"].append(len(route.steps))
        if candidate.origin.proposer == "evolution":
            row["evolution"] += 1
            row["evolution_verified"] += verified
    return row


def evolution_alone(asked: int) -> list[dict[str, Any]]:
    """For each molecule goal: proposals of the evolution proposer, and how many have a route by number of steps."""
    from agent.reading import interpret
    from tools.proposers.base import ProposalRequest
    from tools.proposers.evolution.proposer import EvolutionProposer
    from tools.synthesis.routes import find_route

    rows = []
    for goal in goals():
        spec = interpret(goal)
        if spec.candidate_class != "molecule":
            continue
        proposals = EvolutionProposer().propose(ProposalRequest(spec, 0, asked, (), 1, calculators=builtin().calculators))
        start = time.process_time()
        steps = Counter(len(r.steps) for p in proposals if (r := find_route(p.smiles, "molecule")).status != "none known")
        spent = 1000 * (time.process_time() - start) / max(1, len(proposals))
        rows.append({"goal": goal, "proposed": len(proposals), "steps": dict(steps), "ms": round(spent, 1)})
    return rows


def section(runs: list[dict[str, Any]], alone: list[dict[str, Any]], command: str) -> Section:
    """The figures as a section of the engine's page."""
    from tools.synthesis.blocks import building_blocks
    from tools.synthesis.reactions.table import reactions

    tables = []
    if runs:
        by_class = []
        for kind in ("molecule", "polymer"):
            own = [r for r in runs if r["class"] == kind]
            listed = sum(r["listed"] for r in own)
            verified = sum(r["verified"] for r in own)
            asked = sum(r["asked"] for r in own)
            by_class.append([kind, len(own), asked, listed, sum(r["routed"] for r in own), verified, _percent(verified, listed)])
        heading = ["class", "goals", "asked for", "listed", "with a route", "runs forward", "share"]
        tables.append(ResultTable(caption="Listed candidates of default runs.", columns=heading, rows=by_class))
        brought: Counter[str] = sum((r["proposers"] for r in runs), Counter())
        rows = [[name, count] for name, count in sorted(brought.items(), key=lambda i: (-i[1], i[0]))]
        tables.append(ResultTable(caption="Who proposed what is listed.", columns=["proposer", "listed"], rows=rows))
        evolved, made = sum(r["evolution"] for r in runs), sum(r["evolution_verified"] for r in runs)
        row = ["listed, proposed by evolution", evolved, made, _percent(made, evolved)]
        heading = ["", "structures", "with a route that runs forward", "share"]
        tables.append(ResultTable(caption="Evolution's own among them.", columns=heading, rows=[row]))
    proposed = sum(r["proposed"] for r in alone)
    counts = [sum(r["steps"].get(n, 0) for r in alone) for n in (0, 1, 2, 3)]
    rows = [["listed as a building block", counts[0], _percent(counts[0], proposed)]]
    rows += [[f"{n} step{'s' if n > 1 else ''}", counts[n], _percent(counts[n], proposed)] for n in (1, 2, 3)]
    rows.append(["none found", proposed - sum(counts), _percent(proposed - sum(counts), proposed)])
    caption = f"{proposed} first proposals of evolution alone for {len(alone)} molecule goals, unselected."
    tables.append(ResultTable(caption=caption, columns=["route", "structures", "share"], rows=rows))
    milliseconds = statistics.median(r["ms"] for r in alone)
    text = (
        f"{len(reactions())} named reactions and {len(building_blocks())} building blocks. A route counts if running its steps forwards, with "
        "the selectivity guards, from its starting materials gives the listed structure."
    )
    notes = [f"A route search takes {milliseconds:.0f} ms of CPU time a structure at the median goal."]
    if runs:
        wrong = sum(bool(r["problems"]) for r in runs)
        full = sum(r["listed"] >= r["asked"] for r in runs)
        notes.append(
            f"The same runs by the design suite (`molwright eval run design`): mean score {statistics.fmean(r['score'] for r in runs):.3f}, {full} of "
            f"{len(runs)} goals list as many as asked for, {wrong} reports make a claim that RDKit does not confirm. "
            f"{sum(r['relaxed'] for r in runs)} of the listed are closer to a better one than 0.7, which their reports say."
        )
        seconds = [r["seconds"] for r in runs]
        notes.append(
            f"Default runs took {statistics.median(seconds):.0f} s at the median, {max(seconds):.0f} s at most, on a shared machine."
        )
    return Section(
        title="Routes: can it be made?",
        order=50,
        command=command,
        path="`molwright design` with its defaults: whole runs",
        text=text,
        tables=tables,
        notes=notes,
    )


def _rows(path: Path | None) -> dict[str, dict[str, Any]]:
    """The rows of an earlier, perhaps stopped benchmark by goal; {} without a file."""
    if path is None or not path.exists():
        return {}
    return {r["goal"]: {**r, "proposers": Counter(r["proposers"])} for r in json.loads(path.read_text())["runs"]}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def main(arguments: list[str] | None = None) -> int:
    """Print one line a goal and the tables; 1 if a run failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--goals", type=int, help="only the first N goals of the design suite")
    parser.add_argument("--skip-runs", action="store_true", help="only what evolution alone proposes")
    parser.add_argument("--json", type=Path, help="also write the rows to this file; goals that are in it already are not run again")
    given = parser.parse_args(arguments)
    before = _rows(given.json)
    runs: list[dict[str, Any]] = []
    failed = 0
    for goal in [] if given.skip_runs else goals()[: given.goals]:
        if goal in before:
            runs.append(before[goal])
            continue
        report = run_goal(goal)
        if report is None:
            failed += 1
            print(f"failed: {goal}", flush=True)
            continue
        row = judge(report)
        runs.append(row)
        share = f"{row['verified']:3}/{row['listed']:3} of {row['asked']:3}"
        print(f"{share} {row['seconds']:6.1f} s  score {row['score']:.2f}  {goal} {'; '.join(row['problems'])}".rstrip(), flush=True)
        if given.json:
            given.json.write_text(json.dumps({"runs": runs}, indent=1))
    alone = evolution_alone(ASKED)
    made = section(runs, alone, "python -m evals.benchmarks.routes")
    for table in made.tables:
        print(table.caption, *("  ".join(str(cell) for cell in row) for row in table.rows), sep="\n")
    if given.json:
        given.json.write_text(json.dumps({"runs": runs, "evolution_alone": alone}, indent=1))
    if runs and not given.goals and not failed:
        write_section("engine", "routes", made)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
