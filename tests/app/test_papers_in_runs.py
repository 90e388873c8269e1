"""A design run that asks the team's papers: what lands in its report, that it replays, and that a run without papers is as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from pypdf import PdfReader

from agent.roles.researcher.built_in import with_papers
from agent.roles.researcher.protocol import Findings, no_papers
from app.services import reports
from app.services.entry import Services
from core.candidate import Candidate, Material
from core.errors import LiteratureError
from core.options import RunOptions
from core.papers import OpenPapers
from core.report import Report
from core.spec import DesignSpec
from evals.replay import replay
from tests.settings_kit import settings_of
from tools.execution import SerialExecutor
from tools.reporting import pdf
from tools.workspace import builtin

GOAL = "a polyimide with Tg > 250 °C"
OPTIONS = RunOptions(yes=True, budget=60, candidates=4, seed=3, user="ada", met_probability=0.5, list_known=True)
TITLE = "Polyimides of our laboratory"
SENTENCE = "The glass transition temperature of aromatic polyimides lies above 300 °C."


@dataclass(frozen=True)
class Told:
    """A run in a home with papers, the same run before there were any, and the services over both."""

    services: Services
    without: Report
    with_papers: Report


def _run(services: Services) -> Report:
    runs = services.runs()
    return runs.execute(runs.start(GOAL, OPTIONS))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home = tmp_path_factory.mktemp("home")
    services = Services(settings_of(home=home, workers__processes=1, user__name="ada"))
    without = _run(services)
    paper = home / "papers.jsonl"
    paper.write_text(json.dumps({"_id": "ours", "title": TITLE, "text": _sentences(without)}))
    services.paper_keeping.add([paper], collection="team", longest=1000, overlap=0)
    return Told(services, without, _run(services))


def _sentences(report: Report) -> str:
    """A paper that names the first two candidates and a monomer of each."""
    lines = [SENTENCE, *(f"The polymer {c.smiles} had a Tg of {381 + n} °C by DSC." for n, c in enumerate(report.candidates[:2]))]
    lines += [f"We thank our supplier for {m.smiles} of high purity." for c in report.candidates[:2] for m in _materials(c)[:1]]
    return "\n\n".join(lines) + "\n"


def _materials(candidate: Candidate) -> list[Material]:
    return [m for m in candidate.route.starting_materials if m.role != "intermediate"] if candidate.route else []


def test_the_report_shows_what_the_papers_say_and_the_ranking_is_the_same(told: Told) -> None:
    before, after = told.without, told.with_papers
    assert [(c.key, c.rank, c.score) for c in after.candidates] == [(c.key, c.rank, c.score) for c in before.candidates]
    assert (before.papers, after.papers is not None) == (None, True)
    (stated,) = [e for e in after.evidence if "aromatic polyimides lies above 300 °C" in e.text]
    assert stated.requirements
    first = after.candidates[0]
    assert first.in_papers is not None
    (value,) = first.in_papers.of("glass_transition_temperature")
    assert value.said == "381 °C, by DSC (Polyimides of our laboratory)"
    assert first.in_papers.known
    assert any(m.of == "a monomer" for m in first.in_papers.mentions)
    catalogue = told.services.workspace.catalogue
    html = reports.render(after, "html", catalogue=catalogue)
    for words in ("reported: 381 °C, by DSC (Polyimides of our laboratory)", "Known already.", "From your own papers", "Its monomer "):
        assert words in html, words
    assert "381 °C" in reports.render(after, "csv", catalogue=catalogue)
    pages = PdfReader(io.BytesIO(pdf.to_pdf(after, catalogue=catalogue))).pages
    printed = " ".join(" ".join(page.extract_text() for page in pages).split())
    for words in (
        "381 °C, by DSC (Polyimides of our laboratory)",
        "Known already. It is named",
        "From your own papers",
        "Its monomer ",
        SENTENCE,
    ):
        assert words in printed, words
    assert '"in_papers"' in reports.render(after, "json", catalogue=catalogue)


def test_it_replays_without_the_papers(told: Told) -> None:
    store = told.services.store
    assert [e.index for e in store.events(told.with_papers.run_id) if e.node == "explain" and e.kind == "record"] == ["papers"]
    assert told.services.paper_keeping.remove([], "team") == 1
    for report in (told.with_papers, told.without):
        result = replay(store, report.run_id, executor=SerialExecutor())
        assert result.identical, result.text


def test_without_papers_nothing_is_recorded_and_nothing_opened(told: Told) -> None:
    report = told.without
    assert not [e for e in told.services.store.events(report.run_id) if e.node == "explain" and e.kind == "record"]
    document = report.model_dump(mode="json")
    assert "papers" not in document
    assert not any("in_papers" in c for c in document["candidates"])
    assert "papers" not in reports.render(report, "html", catalogue=told.services.workspace.catalogue).lower().replace("papers of", "")


def test_papers_that_cannot_be_read_cost_the_papers_not_the_run() -> None:
    @contextmanager
    def broken() -> Iterator[OpenPapers | None]:
        raise LiteratureError("the index is damaged")
        yield None

    found = Findings(hints=["imide"], warning="No notes.")
    spec = DesignSpec(goal=GOAL, candidate_class="polymer")
    after = with_papers(spec, found, broken, builtin())
    assert after.warning == "No notes. Your papers were not searched: the index is damaged"
    assert after.plain() == {**found.plain(), "warning": after.warning}
    assert with_papers(spec, found, no_papers, builtin()) is found
