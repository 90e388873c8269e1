"""What the store costs: a design run as it is stored, a long run against a short one, sums over many runs.

Each function is called in a process of its own and gives figures of that process.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path

from core.candidate import Candidate, Origin, PropertyValue, RequirementResult, SafetyVerdict
from core.report import Report
from core.settings import read_settings
from core.spec import Condition, DesignSpec, PropertyRequirement
from memory.sql import SqlRunStore
from memory.sql.figures import FigureStore
from memory.sql.packing import pack

GOAL = "a molecule with MW < 300 that is stable at 200 °C"
BATCH = 160
#: Tables that hold candidates.
OF_CANDIDATES = ("candidates", "property_values", "rankings")


def design_run(budget: int) -> tuple[float, float, float]:
    """A design run in the home folder that is configured: kB a candidate with its checkpoints, MB of its trace, share of its seconds told there."""
    options = ["--yes", "--seed", "3", "--budget", str(budget), "--no-models", "--json", "-"]
    done = subprocess.run([sys.executable, "-m", "app.cli", "design", GOAL, *options], capture_output=True, check=False)
    report = Report.model_validate_json(done.stdout)
    with SqlRunStore(read_settings().sql_url()) as store:
        events = store.events(report.run_id)
    told: dict[str, dict[str, float]] = {}
    for event in events:
        of_node = told.setdefault(event.node, {})
        of_node[event.kind] = of_node.get(event.kind, 0.0) + event.seconds
    # what a node reads from outside is part of its step, where it has one
    seconds = sum(kinds.get("step", sum(kinds.values())) for kinds in told.values())
    home = read_settings().home
    stored = _sizes(home / "molwright.db")
    candidates = sum(size for name, size in stored.items() if name.startswith(OF_CANDIDATES)) + sum(
        _sizes(home / "checkpoints.db").values()
    )
    trace = sum(size for name, size in stored.items() if name.startswith("trace_events"))
    return candidates / 1000 / report.evaluated, trace / 1e6, seconds / report.timings["total"]


def _sizes(path: Path) -> dict[str, int]:
    """Bytes that each table of a SQLite file takes with its indexes, by TABLE or TABLE INDEX."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT m.tbl_name || ' ' || s.name, sum(s.pgsize) FROM dbstat s LEFT JOIN sqlite_schema m ON m.name = s.name GROUP BY 1"
        )
        return {str(name): int(size) for name, size in rows}


def _candidates(count: int) -> Iterator[Candidate]:
    """Made-up candidates of the usual size; every third meets the requirement."""
    for number in range(count):
        weight = 200.0 + 150.0 * ((number * 7919) % count) / count
        met = weight < 250
        values = {
            name: PropertyValue(
                value=weight + place, unit="g/mol", sigma=0.0, lower=weight, upper=weight, method="RDKit", method_version="1"
            )
            for place, name in enumerate(("molecular_weight", "logp", "sa_score", "tpsa", "qed"))
        }
        result = RequirementResult(
            id="R1", text="Molecular weight below 250 g/mol", met=met, probability=float(met), value=weight, unit="g/mol"
        )
        yield Candidate(
            key=f"KEY{number:011d}-UHFFFAOYSA-N",
            dedup_key=f"{number:032x}",
            smiles="C" * (number % 17 + 1) + "O" + "C" * (number % 13 + 1),
            candidate_class="molecule",
            origin=Origin(proposer="evolution", operator="crossover", generation=number // BATCH, rationale="made from two parents"),
            status="kept" if met else "rejected",
            rejected_by="" if met else "requirement:R1",
            properties=values,
            safety=SafetyVerdict(verdict="allow"),
            requirements=[result],
        )


def _run(count: int) -> float:
    """Processor seconds a candidate of what a design run of ``count`` candidates asks of the store and of the ranking, without chemistry."""
    from tools.ranking.lean import lean, restored
    from tools.ranking.rank import rank
    from tools.search.state import fittest
    from tools.workspace import builtin

    below = PropertyRequirement(id="R1", text="MW < 250", property="molecular_weight", condition=Condition(comparison="<", value=250))
    spec = DesignSpec(goal="g", candidate_class="molecule", requirements=[below], budget=count)
    calculators = builtin().calculators
    made = _candidates(count)
    with tempfile.TemporaryDirectory() as folder, SqlRunStore(f"sqlite:///{Path(folder) / 'molwright.db'}") as store:
        store.create_run("r", "goal", {}, datetime.now(UTC).isoformat())
        lease = store.acquire("r", "benchmark")
        begun = time.process_time()
        for generation in range(-(-count // BATCH)):
            batch = list(islice(made, BATCH))
            store.known_keys("r", [name for c in batch for name in (c.key, c.dedup_key)])
            for _ in ("standardise", "guard", "estimate", "check"):
                store.save_candidates(lease, batch)
                batch = store.candidates("r", generation=generation)
        fittest(store.each_candidate("r", status="kept"), spec, 150, calculators=calculators)
        names = spec.property_names()
        ranked = rank([lean(c, names) for c in store.each_candidate("r")], spec, count, calculators=calculators).ranked
        stored = {c.key: c for c in store.candidates("r", keys=[c.key for c in ranked])}
        store.save_candidates(lease, [restored(c, stored[c.key]) for c in ranked])
        if len(store.outlines("r")) != count:
            raise RuntimeError("candidates are missing")
        return (time.process_time() - begun) / count


def long_run(short: int, long: int) -> tuple[float, float]:
    """Cost a candidate of a run of ``long`` candidates over that in one of ``short``, and MB by which the longer one raises the peak of memory."""
    _run(BATCH)  # what is read once is read
    less = _run(short)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    more = _run(long)
    return more / less, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _many_runs(path: Path, runs: int, each: int) -> None:
    """A store with ``runs`` finished runs of ``each`` candidates and two generations."""
    SqlRunStore(f"sqlite:///{path}").close()
    content = pack(next(_candidates(1)).model_dump_json())
    statuses = ("kept", "rejected", "rejected")
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    loop = [(node, generation) for generation in range(2) for node in ("propose", "standardise", "guard", "estimate", "check", "select")]
    nodes = [("screen", 0), ("guard_spec", 0), *loop, ("route", 2), ("rank", 2), ("explain", 2), ("report", 2)]
    with closing(sqlite3.connect(path)) as connection:
        for number in range(runs):
            run_id = f"{number:012x}"
            values = (run_id, "a goal", "success", '{"budget":200}', begun.isoformat(), "", "", "", 1, "", 0)
            names = "run_id, goal, status, options, created_at, finished_at, error, owner, fence, heartbeat_at, spec_version"
            connection.execute(f"INSERT INTO runs ({names}) VALUES ({','.join('?' * len(values))})", values)
            connection.executemany(
                "INSERT INTO candidates (run_id, key, position, dedup_key, proposer, generation, status, rejected_by, content)"
                " VALUES (?, ?, ?, ?, 'evolution', ?, ?, '', ?)",
                [(run_id, f"KEY{i:011d}-UHFFFAOYSA-N", i, f"{i:032x}", i // BATCH, statuses[i % 3], content) for i in range(each)],
            )
            connection.executemany(
                "INSERT INTO trace_events (run_id, node, generation, place, sequence, schema_version, kind, request_hash, inputs, outputs,"
                " output_hash, endpoint, model, prompt_hash, tokens_in, tokens_out, seconds, at)"
                " VALUES (?, ?, ?, ?, ?, '1', ?, '', '{}', ?, '', '', '', '', 0, 0, 1.0, ?)",
                [
                    (run_id, node, generation, "step", place, "record" if node == "propose" else "step", json.dumps("x" * 4000), at)
                    for place, (node, generation) in enumerate(nodes, 1)
                    for at in [(begun + timedelta(seconds=place)).isoformat()]
                ],
            )
        connection.commit()


def sums(runs: int, each: int) -> tuple[float, float]:
    """Processor seconds of the sums behind the metrics of a store with ``runs`` runs of ``each`` candidates, and of the counts that ``runs show`` prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "molwright.db"
        _many_runs(path, runs, each)
        with _closing_figures(path) as figures, SqlRunStore(f"sqlite:///{path}") as store:
            shown = _least(lambda: figures.read(datetime.now(UTC)))
            last = f"{runs - 1:012x}"
            if sum(store.candidate_counts(last).values()) != each:
                raise RuntimeError("candidates are missing")
            return shown, _least(partial(store.candidate_counts, last))


@contextmanager
def _closing_figures(path: Path) -> Iterator[FigureStore]:
    figures = FigureStore(f"sqlite:///{path}")
    try:
        yield figures
    finally:
        figures.close()


def _least(work: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


class _Flat(StringIO):
    """A scorer outside to whom all structures are alike; it ends once ``most`` were asked for."""

    def __init__(self, opening: dict[str, object], most: int) -> None:
        super().__init__()
        self.opening, self.most = opening, most
        self.asked: list[str] = []
        self.batch: list[str] = []

    def write(self, text: str) -> int:
        """Take what is asked for."""
        self.batch = json.loads(text).get("smiles", [])
        self.asked += self.batch
        return len(text)

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Open, then score."""
        answer = {"scores": [1.0] * len(self.batch), "done": len(self.asked) >= self.most} if self.asked else self.opening
        return json.dumps(answer) + "\n"


def given_first(given: int) -> tuple[float]:
    """Of ``given`` start_smiles beside a start file: how many ``molwright optimise`` asks for among the first ``given``."""
    from tools.optimise.service import serve
    from tools.optimise.start import readable

    mine = readable(["N" + "C" * (n % 30 + 1) + "O" + "C" * (n // 30 + 1) for n in range(2 * given)])[:given]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "start.smi"
        file.write_text("\n".join("C" * n + "O" for n in range(3, 60)), encoding="utf-8")
        scorer = _Flat({"budget": 10 * given, "start_file": str(file), "start_smiles": mine}, given)
        serve(scorer, scorer)
    return (float(len(set(scorer.asked[:given]) & set(mine))),)
