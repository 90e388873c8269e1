"""The forecast against the search: is the number of qualifying candidates that it foretells within a factor of three of what is found?

    python -m evals.benchmarks.forecast run [--set fresh] [--first N] [--budget 400]
    python -m evals.benchmarks.forecast calibrate
    python -m evals.benchmarks.forecast compare [--set fresh] [--budget 400]

``run`` searches for the goals of a set, one after the other, and keeps in ``evals/data/forecast/counts_SET.json`` how many structures were evaluated and
how many of these met every hard requirement, after each generation; what is counted there for that budget is not searched for again.
The search is that of a run: its proposers, shares, gates, checks, selection and stop rules, seed 0, without what the literature hints at,
without a language model, and without the run's store. ``calibrate`` fits the rule that ships (``tools/forecast/calibration.json``) to the counts of the
calibration set at 400 evaluations, with how these searches improve as they go. ``compare`` makes the forecast of each counted goal and holds it against the count: right is (expected + 1) / (found + 1) between
1/3 and 3, so that none found and two expected agree.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from agent.reading import interpret
from core.candidate import Candidate
from core.errors import MolwrightError, StructureError
from core.spec import DesignSpec
from evals.suites.base import DATA
from evals.suites.design import goals as suite_goals
from tools import forecast as forecasts
from tools.evaluation.judge import checked, drug_like, estimated, guarded, plausible, standardised
from tools.forecast.chances import chances
from tools.forecast.features import FILE as CALIBRATION
from tools.forecast.features import NAMES, fitted, numbers
from tools.forecast.forecast import beyond, forecast, untold
from tools.proposers.exemptions import exemptions
from tools.search.policy import DEFAULT
from tools.search.propose import propose_with
from tools.search.shares import shares
from tools.search.state import SearchState, advance, parents_of
from tools.workspace import Workspace, builtin

FOLDER = DATA / "forecast"
#: A forecast is right within this factor.
FACTOR = 3.0
#: Structures that a run of the usual budget evaluates before it stops, where it improves no more: 1,006, 955 and 908 in the three that were run.
EVALUATED = 1000


def goals(name: str) -> list[str]:
    """The goals of the set ``name``: 'fresh', or 'calibration', which has those of the design suite too."""
    own: list[str] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["goals"]
    return own if name == "fresh" else [goal for pair in zip(own, suite_goals(), strict=False) for goal in pair]


def counts_file(name: str) -> Path:
    """Where the counts of a set are kept."""
    return FOLDER / f"counts_{name}.json"


def counts(name: str) -> list[dict[str, Any]]:
    """What the searches for the goals of a set found, one entry a goal and budget."""
    file = counts_file(name)
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return found


def spec_of(goal: str, workspace: Workspace, budget: int) -> DesignSpec:
    """What ``goal`` means, with this budget of evaluations (at least 1). Raises what the reader raises."""
    return interpret(goal, budget=budget, met_probability=0.5, may_be_empty=False, workspace=workspace)


def count(spec: DesignSpec, workspace: Workspace) -> dict[str, Any]:
    """The search of a run for ``spec``: structures ``evaluated`` and ``qualifying``, and both ``after`` each generation."""
    search, seen = SearchState(), set[str]()
    after: list[tuple[int, int]] = []
    qualifying = 0
    while not search.stop_reason:
        new = [_judged(c, spec, workspace) for c in _fresh(search, spec, seen, workspace)]
        new = _evaluated([c for c in new if not c.rejected_by], spec, workspace)
        search = SearchState(**{**vars(search), "evaluated": search.evaluated + len(new)})
        search = advance(search, new, spec, DEFAULT, calculators=workspace.calculators)
        qualifying += sum(c.meets_all() and c.status == "kept" for c in new)
        after.append((search.evaluated, qualifying))
    return {"evaluated": search.evaluated, "qualifying": qualifying, "after": after, "stop": search.stop_reason}


def _fresh(search: SearchState, spec: DesignSpec, seen: set[str], workspace: Workspace) -> Iterator[Candidate]:
    """The proposals of a generation that can be read, are plausible and new, in turns, as many as the budget allows."""
    parents = parents_of(search.frontier, {})
    asked = shares(search, spec, DEFAULT, workspace=workspace)
    batches = [propose_with(name, spec, search.generation, n, parents, (), workspace=workspace) for name, n in asked.items()]
    room, lifted = spec.budget - search.evaluated, exemptions(spec)
    for index in range(max((len(b) for b in batches), default=0)):
        for batch in batches:
            if index >= len(batch) or room <= 0:
                continue
            try:
                candidate = standardised(batch[index], spec.candidate_class, generation=search.generation)
            except StructureError:
                continue
            names = {candidate.key} if spec.exhaustive else {candidate.key, candidate.dedup_key}
            if names & seen:
                continue
            seen |= names
            candidate = plausible(candidate, lifted)
            if not candidate.rejected_by:
                room -= 1
                yield candidate


def _judged(candidate: Candidate, spec: DesignSpec, workspace: Workspace) -> Candidate:
    return guarded(candidate, alerts=drug_like(spec))


def _evaluated(candidates: list[Candidate], spec: DesignSpec, workspace: Workspace) -> list[Candidate]:
    """The candidates with their values, each held against the requirements."""
    done = estimated(candidates, spec.property_names(), spec.conditions, calculators=workspace.calculators)
    return [checked(c, spec, calculators=workspace.calculators) for c in done]


def run(name: str, first: int | None, budget: int) -> None:
    """Count the first goals of a set that have not been counted at this budget, and keep each as soon as it is there."""
    workspace = builtin()
    for goal in goals(name)[:first]:
        if any(entry["goal"] == goal and entry["budget"] == budget for entry in counts(name)):
            continue
        begun = time.process_time()
        try:
            found = count(spec_of(goal, workspace, budget), workspace)
        except MolwrightError as error:
            found = {"error": str(error)[:300]}
        entry = {"set": name, "goal": goal, "budget": budget, **found}
        rows = [json.dumps(e, ensure_ascii=False) for e in [*counts(name), entry]]
        counts_file(name).write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
        print(f"{time.process_time() - begun:.0f} s CPU", entry, flush=True)


def calibrate() -> None:
    """Fit the rule to the counts of the calibration set; the ends of its range are the 10 and 90 % points of what it errs by, each goal left out once."""
    workspace = builtin()
    entries = [e for e in counts("calibration") if "error" not in e and e["budget"] == 400]
    rows = []
    for entry in entries:
        spec = spec_of(entry["goal"], workspace, entry["budget"])
        if beyond(spec, workspace):
            continue
        found = chances(spec, workspace)
        seen = numbers(found)
        if not untold(found, seen):
            rows.append((seen.values, entry["qualifying"] / entry["evaluated"], float(entry["evaluated"])))
    features, shares, evaluated = (np.array(column) for column in zip(*rows, strict=True))
    growth, errors = _growth(entries), []
    for i in range(len(rows)):
        rest = np.arange(len(rows)) != i
        share = 1.0 / (1.0 + 10.0 ** -float(features[i] @ fitted(features[rest], shares[rest], evaluated[rest])))
        errors.append(float(np.log10((shares[i] * evaluated[i] + 1) / (share * evaluated[i] + 1))))
    weights = fitted(features, shares, evaluated)
    low, high = np.quantile(errors, [0.1, 0.9])
    made = {
        "weights": {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)},
        "low": round(min(float(low), 0.0), 3),
        "high": round(max(float(high), 0.0), 3),
        "goals": len(rows),
        "budget": int(entries[0]["budget"]),
        "evaluated": EVALUATED,
        "growth": round(growth, 3),
    }
    (Path(forecasts.__file__).parent / CALIBRATION).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    right = sum(abs(error) <= math.log10(FACTOR) for error in errors)
    print(f"{len(rows)} goals; each left out once: {right} within a factor of {FACTOR:g}; {made}")


def _growth(entries: list[dict[str, Any]]) -> float:
    """By how much the logit (base 10) of the share that qualifies grows while ten times as many are evaluated: the median of the searches.

    Each is compared with itself when about half of it was done; one of which fewer than three qualify in either half says nothing.
    """
    found = []
    for entry in entries:
        whole, hits = entry["after"][-1]
        half, then = min(entry["after"], key=lambda point: abs(point[0] - whole / 2))
        if min(then, hits - then) >= 3:
            logits = [math.log10((a + 0.5) / (n - a + 0.5)) for a, n in ((hits, whole), (then, half))]
            found.append((logits[0] - logits[1]) / math.log10(whole / half))
    return statistics.median(found)


def compare(name: str, budget: int) -> None:
    """Print a line for each goal that was counted at this budget, and the share that is right."""
    workspace, right, inside, told, seconds = builtin(), 0, 0, 0, []
    entries = [e for e in counts(name) if "error" not in e and e["budget"] == budget]
    if not entries:
        print(f"nothing was counted at a budget of {budget}")
        return
    print(f"{'found':>6} {'expected':>9} {'range':>11} {'times':>6}  goal")
    for entry in entries:
        spec, found = spec_of(entry["goal"], workspace, entry["budget"]), entry["qualifying"]
        begun = time.process_time()
        made = forecast(spec, workspace=workspace)
        seconds.append(time.process_time() - begun)
        if not made.known or made.expected is None or made.low is None or made.high is None:
            print(f"{found:6} {'unknown':>9} {'':>11} {'':>6}  {entry['goal']}: {made.reason}")
            continue
        times = (made.expected + 1) / (found + 1)
        told += 1
        right += 1 / FACTOR <= times <= FACTOR
        inside += made.low <= found <= made.high
        print(f"{found:6} {made.expected:9} {made.low:5}-{made.high:<5} {times:6.2f}  {entry['goal']}")
    print(
        f"{right} of {told} forecasts right within a factor of {FACTOR:g}, {inside} in their range; {len(entries) - told} of {len(entries)} goals unknown"
    )
    print(f"CPU seconds of a forecast: first {seconds[0]:.2f}, median {statistics.median(seconds):.2f}, most {max(seconds):.2f}")


def main(arguments: list[str] | None = None) -> int:
    """Run or compare; 0 unless a goal could not be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "calibrate", "compare"))
    parser.add_argument("--set", default="fresh", choices=("fresh", "calibration"))
    parser.add_argument("--first", type=int, help="only the first so many goals")
    parser.add_argument("--budget", type=int, default=400, help="evaluations of each search")
    given = parser.parse_args(arguments)
    if given.what == "run":
        run(given.set, given.first, given.budget)
    elif given.what == "calibrate":
        calibrate()
    else:
        compare(given.set, given.budget)
    return 0


if __name__ == "__main__":
    sys.exit(main())
