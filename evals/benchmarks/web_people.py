"""Fifty people look at four runs while they compute: how long a page takes, how long a run waits, and whether anything is lost.

    python -m evals.benchmarks.web_people [--people 50] [--watching 10] [--runs 4] [--workers 4] [--budget 600] [--pause 5]
        [--write docs/web.md]

Executes each run alone first, by the command line, with its seed. Then starts ``molwright serve`` over the same store, submits the same runs at once
and lets people look: those that watch have the page of a run open, with its stream; the others load a page, wait about as long as a page without
scripts does (``--pause``, seconds) and load the next: a run's page, its progress, the report of a run that is finished, the list of runs.

Prints a line a kind of request (p50, p95 and the longest wait, errors) and a line a run (seconds in the queue, seconds from submission to report,
seconds alone). Exit code 1 if anything was lost: a request that failed, a run that did not end with the ranking that it has alone, an event of a
run that a person who asked for all of them did not get, or a stream that was not closed by its end.
"""

from __future__ import annotations

import argparse
import os
import random
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from core.errors import MolwrightError
from core.report import Report
from evals.benchmarks.into_docs import printed_into
from evals.benchmarks.web_load import served, share
from evals.benchmarks.web_store import environment
from evals.suites.design import goals

#: Longest that a run may take, seconds.
LONGEST = 1800.0
#: Seconds after the start in which idle workers make ready what finished runs left (drawings, columns), as they would long have done.
SETTLE = 30.0
#: What people look at, each with its share.
LOOKED_AT = {"a run's page": 35, "its progress": 35, "report of a finished run": 20, "list of runs": 10}

#: Made once for everybody: each would read the certificates of the machine, which costs more than a page.
TLS = ssl.create_default_context()

Ranking = list[tuple[int | None, str, float | None]]


@dataclass
class Kind:
    """What was asked for in one way: seconds of each wait, and what failed, in words."""

    waits: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Asked:
    """A run: what it is asked for, what it came to alone and in how many seconds, and its id among the others ('' while it has none)."""

    goal: str
    seed: int
    alone: Ranking = field(default_factory=list)
    seconds: float = 0.0
    finished: str = ""
    run_id: str = ""


@dataclass
class Crowd:
    """What the people share: runs, results and the sign that all runs are over."""

    address: str
    asked: list[Asked]
    pause: float
    over: threading.Event = field(default_factory=threading.Event)
    kinds: dict[str, Kind] = field(default_factory=lambda: {name: Kind() for name in (*LOOKED_AT, "a stream's first state")})
    lost: list[str] = field(default_factory=list)


def ranking(report: Report) -> Ranking:
    """What a report lists: rank, key and score (0 to 1) of each candidate."""
    return [(c.rank, c.key, c.score) for c in report.candidates]


def alone(home: Path, asked: Asked, budget: int) -> None:
    """Execute a run by itself. MolwrightError if it has no report."""
    options = ["--yes", "--seed", str(asked.seed), "--budget", str(budget), "--no-models", "--json", "-"]
    command = [sys.executable, "-m", "app.cli", "design", asked.goal, *options]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, env=environment(home), check=False)
    with suppress(ValueError):
        report = Report.model_validate_json(done.stdout)
        asked.alone, asked.finished, asked.seconds = ranking(report), report.run_id, time.monotonic() - begun
        return
    raise MolwrightError(f"the run for {asked.goal!r} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")


def look(crowd: Crowd, number: int) -> None:
    """One person who loads page after page until all runs are over, and who wants to hear all that one run tells."""
    chance = random.Random(f"person {number}")
    mine, heard = crowd.asked[number % len(crowd.asked)].run_id, 0
    with httpx.Client(base_url=crowd.address, timeout=120, verify=TLS) as http:
        time.sleep(chance.random() * crowd.pause)
        while True:
            last = crowd.over.is_set()
            kind = "its progress" if last else chance.choices([*LOOKED_AT], [*LOOKED_AT.values()])[0]
            run = chance.choice(crowd.asked)
            address = {
                "a run's page": f"/runs/{run.run_id}",
                "its progress": f"/api/v1/runs/{mine}/progress?after={heard}",
                "report of a finished run": f"/runs/{run.finished}",
                "list of runs": "/runs",
            }[kind]
            told = _get(http, crowd.kinds[kind], address)
            if kind == "its progress" and told is not None:
                heard = _heard(crowd, mine, heard, told.json())
            if last:
                return
            crowd.over.wait(crowd.pause * (0.5 + chance.random()))


def _get(http: httpx.Client, kind: Kind, address: str) -> httpx.Response | None:
    """The answer, with its wait noted; None where there is none."""
    begun = time.monotonic()
    try:
        answer = http.get(address)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        kind.faults.append(f"{address}: {type(error).__name__} {error}")
        return None
    kind.waits.append(time.monotonic() - begun)
    return answer


def _heard(crowd: Crowd, run_id: str, heard: int, told: dict[str, Any]) -> int:
    """The number of the last event that a person has; what is missing before it is lost."""
    for event in told["events"]:
        if event["number"] != heard + 1:
            crowd.lost.append(f"run {run_id}: event {heard + 1} did not come, {event['number']} did")
        heard = event["number"]
    return heard


def watch(crowd: Crowd, number: int) -> None:
    """One person who has the page of a run open until its stream ends."""
    run = crowd.asked[number % len(crowd.asked)].run_id
    kind, begun, first, ended = crowd.kinds["a stream's first state"], time.monotonic(), True, False
    try:
        with httpx.Client(base_url=crowd.address, timeout=120, verify=TLS) as http, http.stream("GET", f"/runs/{run}/live") as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if first and line.startswith("event:"):
                    kind.waits.append(time.monotonic() - begun)  # until the first state
                    first = False
                ended = ended or line.startswith("event: end")
    except httpx.HTTPError as error:
        kind.faults.append(f"/runs/{run}/live: {type(error).__name__} {error}")
        return
    if not ended:
        crowd.lost.append(f"the stream of run {run} was closed before its end")


def submit(http: httpx.Client, asked: list[Asked], budget: int) -> None:
    """Put every run into the queue. httpx.HTTPError if one is not taken."""
    for run in asked:
        wanted = {"goal": run.goal, "budget": budget, "seed": run.seed, "approve": True, "use_models": False}
        answer = http.post("/api/v1/runs", json=wanted)
        answer.raise_for_status()
        run.run_id = str(answer.json()["run_id"])


def wait(http: httpx.Client, asked: list[Asked]) -> None:
    """Until every run is over, at most :data:`LONGEST` seconds."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if all(http.get(f"/api/v1/runs/{run.run_id}").json()["status"] not in ("queued", "running") for run in asked):
            return
        time.sleep(1)


def times(http: httpx.Client, run: Asked) -> tuple[float, float]:
    """Seconds that a run was in the queue, and from its submission to its report; NaN for what never came."""
    record = http.get(f"/api/v1/runs/{run.run_id}").json()
    told = http.get(f"/api/v1/runs/{run.run_id}/progress").json()["events"]
    created = datetime.fromisoformat(record["created_at"])

    def since(at: str) -> float:
        return (datetime.fromisoformat(at) - created).total_seconds() if at else float("nan")

    return since(told[0]["at"] if told else ""), since(record["finished_at"])


def together(address: str, asked: list[Asked], people: int, watching: int, budget: int, pause: float) -> Crowd:
    """Submit the runs, let the people look until they are over, and tell what was lost."""
    with httpx.Client(base_url=address, timeout=120) as http:
        for page in ("/runs", *(f"/runs/{run.finished}" for run in asked)):  # what is read once is read
            http.get(page).raise_for_status()
        submit(http, asked, budget)
        crowd = Crowd(address, asked, pause)
        doing: list[Callable[[Crowd, int], None]] = [watch if number < watching else look for number in range(people)]
        threads = [threading.Thread(target=one, args=(crowd, number)) for number, one in enumerate(doing)]
        for thread in threads:
            thread.start()
        wait(http, asked)
        crowd.over.set()
        for thread in threads:
            thread.join()
        for run in asked:
            crowd.lost += _differs(http, run)
    return crowd


def _differs(http: httpx.Client, run: Asked) -> list[str]:
    """How the run differs from what it is alone, in words; [] where it does not."""
    status = http.get(f"/api/v1/runs/{run.run_id}").json()["status"]
    if status != "success":
        return [f"run {run.run_id} (seed {run.seed}) is {status}"]
    found = ranking(Report.model_validate(http.get(f"/api/v1/runs/{run.run_id}/report").json()))
    return [] if found == run.alone else [f"run {run.run_id} (seed {run.seed}) has another ranking than alone"]


def shown(crowd: Crowd, lines: list[tuple[float, float]]) -> int:
    """Print the tables and what was lost; the exit code."""
    print(f"{'':26} {'asked':>6} {'failed':>6} {'p50':>7} {'p95':>7} {'longest':>8} ms")
    for name, kind in crowd.kinds.items():
        waits = [1000 * s for s in kind.waits]
        figures = f"{share(waits, 50):7.0f} {share(waits, 95):7.0f} {max(waits, default=float('nan')):8.0f}"
        print(f"{name:26} {len(waits) + len(kind.faults):6} {len(kind.faults):6} {figures}")
    print(f"\n{'run':14} {'seed':>4} {'in the queue':>12} {'to the report':>13} {'alone':>7} s")
    for run, (queued, whole) in zip(crowd.asked, lines, strict=True):
        print(f"{run.run_id:14} {run.seed:4} {queued:12.1f} {whole:13.1f} {run.seconds:7.1f}")
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    faults = [fault for kind in crowd.kinds.values() for fault in kind.faults]
    for what in [*faults[:10], *crowd.lost]:
        print(f"lost: {what}")
    print("nothing was lost" if not faults and not crowd.lost else f"LOST: {len(faults)} requests, {len(crowd.lost)} other things")
    return int(bool(faults or crowd.lost))


def main(arguments: list[str] | None = None) -> int:
    """Execute the runs alone, then with people looking; compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50, help="how many look")
    parser.add_argument("--watching", type=int, default=10, help="how many of them have a run's page open with its stream")
    parser.add_argument("--runs", type=int, default=4, help="runs that are submitted at once")
    parser.add_argument("--workers", type=int, default=4, help="worker processes")
    parser.add_argument("--budget", type=int, default=600, help="structures that each run may evaluate")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two pages of a person")
    parser.add_argument("--write", type=Path, help="page of the docs that the table goes into, between its marks web-people")
    given = parser.parse_args(arguments)
    with printed_into(given.write, "web-people"):
        return measured(given)


def measured(given: argparse.Namespace) -> int:
    """Execute the runs alone, then all of them with people looking, and print what came of it; the exit code."""
    named = goals()
    asked = [Asked(named[number % min(3, len(named))], seed=number + 1) for number in range(given.runs)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        for run in asked:
            alone(home, run, given.budget)
        with served(home, given.workers) as server:
            time.sleep(SETTLE)
            crowd = together(server.address, asked, given.people, given.watching, given.budget, given.pause)
            with httpx.Client(base_url=server.address, timeout=120) as http:
                lines = [times(http, run) for run in asked]
    print(f"{given.people} people, {given.watching} of them with a run's page open; {given.runs} runs at once, {given.workers} workers\n")
    return shown(crowd, lines)


if __name__ == "__main__":
    sys.exit(main())
