"""``python -m evals.literature_ablation DATA``: design runs without literature, with the notes, and with the notes and papers.

DATA is a retrieval set in BEIR's layout, whose documents are the papers. ``--write`` saves the figures for ``docs/literature.md`` and puts them
there. Each goal runs three times with the same seed; the score of a list is what the report says of it, a prediction.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.roles.researcher.protocol import OpenTeamPapers, no_papers
from core.errors import MolwrightError
from core.interfaces import LiteratureStore
from core.papers import OpenPapers
from core.report import Report
from evals.literature_report import write_page
from evals.retrieval.dataset import RetrievalSet, read
from evals.scratch import finished_run, nothing_outside
from evals.sections import ResultTable, Section, write_section
from evals.suites.design import goals as suite_goals
from memory.passages.embedded import EmbeddedPassages
from memory.sql.papers import SqlPapers
from tools.execution import SerialExecutor
from tools.literature.analysis import sentence_words
from tools.literature.assemble import Ways
from tools.literature.ingest import Ingest
from tools.literature.notes import ShippedNotes
from tools.literature.passage_index import EmbeddedIndex

#: The three example goals come from the suite; these are ten more, of the kinds that the notes and the papers speak of.
MORE = (
    "a polyimide with Tg > 300 °C",
    "a polymer with a glass transition between 150 and 200 °C that contains an ether",
    "a push-pull dye that absorbs at 620 nm",
    "an azo dye with maximum absorption at 450 nm",
    "a BODIPY dye that absorbs above 550 nm",
    "a fluorescent molecule with absorption around 400 nm and MW < 400",
    "a drug-like molecule that meets Lipinski's rules and is soluble in water",
    "a molecule that melts above 150 °C with logP below 2",
    "a solvent with a flash point above 80 °C and logP below 1",
    "a molecule stable at 250 °C with a melting point above 200 °C",
)
WAYS = ("nothing", "notes", "notes and papers")
LISTED = 10


@dataclass(frozen=True)
class Came:
    """What one run came to; ``score``: mean of its ten places, an empty one counting 0. ``error``: why there is no report."""

    goal: str
    seed: int
    way: str
    score: float = 0.0
    listed: int = 0
    met: int = 0
    evaluated: int = 0
    keys: tuple[str, ...] = ()
    hints: int = 0
    statements: int = 0
    from_papers: int = 0
    named: int = 0
    reported: int = 0
    seconds: float = 0.0
    error: str = ""


@contextmanager
def _notes() -> Iterator[LiteratureStore]:
    yield ShippedNotes()


@contextmanager
def _taken_in(data: RetrievalSet) -> Iterator[OpenPapers]:
    """The documents of the set as papers, with their substances and numbers, searched by words."""
    with tempfile.TemporaryDirectory(prefix="molwright-papers-") as name:
        folder = Path(name)
        lines = []
        for document in data.documents:
            text = ""
            for passage in sorted((p for p in data.passages if p.document_id == document.document_id), key=lambda p: p.start):
                text = text[: passage.start].ljust(passage.start) + passage.text
            lines.append(
                json.dumps({"_id": document.document_id, "title": document.title, "text": text, "metadata": {"doi": document.doi}})
            )
        (folder / "papers.jsonl").write_text("\n".join(lines), "utf-8")
        facts, store = SqlPapers(f"sqlite:///{folder / 'papers.db'}"), EmbeddedPassages(folder / "papers", sentence_words)
        Ingest(facts, EmbeddedIndex(store, None), Ways("papers")).add([folder / "papers.jsonl"], SerialExecutor())
        try:
            yield OpenPapers(store, None, facts)
        finally:
            store.close()
            facts.close()


def run(
    goal: str, seed: int, way: str, budget: int, literature: Callable[[], AbstractContextManager[LiteratureStore]], papers: OpenTeamPapers
) -> Came:
    """One run of the product's own graph in a scratch store."""
    options = {"budget": budget, "seed": seed, "candidates": LISTED, "met_probability": 0.5, "yes": True, "user": "benchmark"}
    options["despite_objections"] = True
    begun = time.process_time()
    try:
        with finished_run(goal, options, literature=literature, papers=papers) as store:
            report, found = store.report("run"), store.event("run", "research", 0, "literature")
    except MolwrightError as error:
        return Came(goal, seed, way, error=f"{type(error).__name__}: {error}")
    hints = len(found.outputs["hints"]) if found is not None else 0
    return _came(report, seed, way, hints, time.process_time() - begun)


def _came(report: Report, seed: int, way: str, hints: int, seconds: float) -> Came:
    shown = report.candidates[:LISTED]
    papers = {c.number for c in report.citations if c.document}
    said = [c.in_papers for c in [*report.candidates, *report.closest] if c.in_papers]
    return Came(
        goal=report.goal,
        seed=seed,
        way=way,
        score=sum(c.score or 0.0 for c in shown) / LISTED,
        listed=len(shown),
        met=sum(counts.get("kept", 0) for counts in report.proposers.values()),
        evaluated=report.evaluated,
        keys=tuple(c.key for c in shown),
        hints=hints,
        statements=len(report.evidence),
        from_papers=sum(e.citation in papers for e in report.evidence),
        named=sum(bool(s.mentions) for s in said),
        reported=sum(bool(s.values) for s in said),
        seconds=seconds,
    )


def interval(differences: Sequence[Sequence[float]], draws: int = 10_000) -> tuple[float, float, float]:
    """The mean of the goals' mean differences, with a 95 % interval by drawing goals anew; no unit, of scores from 0 to 1."""
    means = np.array([float(np.mean(d)) for d in differences])
    drawn = means[np.random.default_rng(0).integers(0, len(means), (draws, len(means)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(means.mean()), float(low), float(high)


def section(came: Sequence[Came], documents: int, budget: int, seeds: int) -> Section:
    """The figures as a section of the page."""
    by = {(c.goal, c.seed, c.way): c for c in came if not c.error}
    goals = [g for g in dict.fromkeys(c.goal for c in came) if all((g, s, w) in by for s in range(seeds) for w in WAYS)]
    failed = sorted({c.goal for c in came} - set(goals))

    def mean(goal: str, way: str, of: Callable[[Came], float]) -> float:
        return float(np.mean([of(by[goal, seed, way]) for seed in range(seeds)]))

    def difference(goal: str, way: str, against: str) -> list[float]:
        return [by[goal, s, way].score - by[goal, s, against].score for s in range(seeds)]

    def new(goal: str, way: str, against: str) -> float:
        pairs = [(set(by[goal, s, way].keys), set(by[goal, s, against].keys)) for s in range(seeds)]
        return float(np.mean([len(one - other) for one, other in pairs]))

    rows: list[list[str | int | float | None]] = [
        [
            goal,
            *(mean(goal, way, lambda c: c.score) for way in WAYS),
            f"{new(goal, 'notes', 'nothing'):.1f}",
            f"{new(goal, 'notes and papers', 'notes'):.1f}",
            f"{mean(goal, 'notes and papers', lambda c: c.statements):.0f}, {mean(goal, 'notes and papers', lambda c: c.from_papers):.0f}",
            f"{mean(goal, 'notes and papers', lambda c: c.named):.1f}, {mean(goal, 'notes and papers', lambda c: c.reported):.1f}",
        ]
        for goal in goals
    ]
    table = ResultTable(
        caption="Mean score of the ten places of a list, by what the run could read:",
        columns=["goal", *WAYS, "new by notes", "new by papers", "statements, of papers", "candidates named, with numbers"],
        rows=rows,
    )
    effects = ResultTable(
        caption="Difference of the mean score, over goals:",
        columns=["of", "difference", "95 % interval", "goals better", "goals worse"],
        rows=[
            _effect(way, against, [difference(g, way, against) for g in goals])
            for way, against in (("notes", "nothing"), ("notes and papers", "notes"))
        ],
    )
    notes = [
        "The score is what the report itself says of its candidates (probability of meeting all requirements times desirability): whether literature helps is"
        " judged by predictions, not by measurements.",
        "New: how many of the listed candidates are not in the list of the run with less literature; a list differs for other reasons than quality.",
        "Literature changes the search by hints alone: words that steer which monomers and recipes are drawn, and structures to start from. Evidence, places where a"
        " candidate is named and reported values are shown and change no score.",
    ]
    for what, way, against in (("the notes", "notes", "nothing"), ("the papers", "notes and papers", "notes")):
        notes.append(verdict(what, *interval([difference(g, way, against) for g in goals])))
    if failed:
        notes.append(f"Left out, because a run ended without a report: {'; '.join(failed)}.")
    text = (
        f"The three example goals and ten more, {seeds} seeds, at most {budget} structures a run. The papers are the {documents} preprints of DATA (as above), which are on"
        " other chemistry than most of the goals; searched by words. In the last two columns means over the seeds, of runs with notes and papers: statements of"
        " evidence and how many of these are of papers; listed or close candidates that a paper names, itself or by a monomer, and those of which a number is reported."
    )
    command = "python -m evals.literature_ablation DATA --write"
    return Section(
        title="What literature does to design runs", order=40, command=command, path="`graphs/design.py`, as `molwright design` runs it",
        text=text, tables=[table, effects], notes=notes,
    )  # fmt: skip


def _effect(way: str, against: str, differences: Sequence[Sequence[float]]) -> list[str | int | float | None]:
    mean, low, high = interval(differences)
    each = [float(np.mean(d)) for d in differences]
    better, worse = sum(d > 1e-9 for d in each), sum(d < -1e-9 for d in each)
    return [f"{way} against {against}", f"{mean:+.3f}", f"{low:+.3f} to {high:+.3f}", better, worse]


def verdict(what: str, mean: float, low: float, high: float) -> str:
    """Whether it helped, in a sentence; scores from 0 to 1."""
    if low > 0 or high < 0:
        return (
            f"{what[:1].upper()}{what[1:]} {'raise' if low > 0 else 'lower'} the mean score of a list over these goals, by {abs(mean):.3f}."
        )
    return f"Over these goals no effect of {what} on the mean score of a list is certain: single lists are better or worse, together it is {f'{mean:+.3f}' if abs(mean) >= 0.0005 else 'less than 0.001'}."


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.literature_ablation", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl, queries.jsonl, qrels_passage.tsv and sources.csv")
    parser.add_argument("--budget", type=int, default=200, help="most structures of a run")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each goal with each way")
    parser.add_argument("--goals", type=int, default=13, help="how many of the goals")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/literature.md")
    options = parser.parse_args(arguments)
    try:
        data = read(options.data)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    came: list[Came] = []
    with _taken_in(data) as papers:

        @contextmanager
        def opened() -> Iterator[OpenPapers | None]:
            yield papers

        for goal in [*suite_goals()[:3], *MORE][: options.goals]:
            for seed in range(options.seeds):
                for way in WAYS:
                    literature = nothing_outside if way == "nothing" else _notes
                    one = run(goal, seed, way, options.budget, literature, opened if "papers" in way else no_papers)
                    came.append(one)
                    print(f"{one.score:.3f} {one.listed:3} {one.seconds:5.1f} s  {way:17} {goal} {one.error}", flush=True)
    made = section(came, len(data.documents), options.budget, options.seeds)
    for result in made.tables:
        print(result.caption, *(" | ".join(str(cell) for cell in row) for row in result.rows), sep="\n  ")
    if options.write:
        write_section("literature", "ablation", made)
        write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
