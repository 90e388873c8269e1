"""Adding papers: every kind in one go, failures listed, nothing twice, going on after a kill, and the index kept up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import core
from core.errors import LiteratureError
from core.passages import Document, Passage
from memory.sql.papers import SqlPapers
from tests.tools.literature.reading.kit import make_pdf
from tools.execution import ProcessExecutor, SerialExecutor
from tools.literature import ingest
from tools.literature.assemble import Ways
from tools.literature.ingest import Ingest, Tally, Unit, read_unit
from tools.literature.reading.parts import Reading
from tools.literature.reading.sources import Source

ROOT = str(Path(core.__file__).resolve().parents[1])


class RememberedIndex:
    """An index in memory, which can be made to fail."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.broken = False

    def add(self, documents: Sequence[Document], passages: Sequence[Passage]) -> int:
        if self.broken:
            raise LiteratureError("the index is away")
        for document in documents:
            self.held[document.document_id] = sum(p.document_id == document.document_id for p in passages)
        return len(passages)

    def documents(self) -> list[Document]:
        return []

    def delete(self, document_ids: Sequence[str]) -> int:
        return sum(self.held.pop(d, None) is not None for d in document_ids)


@pytest.fixture
def papers(tmp_path: Path) -> Iterator[SqlPapers]:
    opened = SqlPapers(f"sqlite:///{tmp_path / 'home' / 'm.db'}")
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    (made / "a.pdf").write_bytes(
        make_pdf([["Polyimides of Pyromellitic Dianhydride", "doi: 10.1234/abc.17", "Abstract", "Films are clear."]])
    )
    (made / "b.md").write_text("# Dyes\n\nThey are blue.\n")
    (made / "c.bib").write_text(
        "@article{k1, title={Polyimides}, doi={10.1234/abc.17}, year=2001}\n@article{k2, title={Other}, year=2002}\n@article{k3, broken"
    )
    (made / "d.jsonl").write_text("".join(json.dumps({"_id": str(n), "title": f"T{n}", "text": f"Text {n}."}) + "\n" for n in range(250)))
    (made / "e.pdf").write_bytes(make_pdf([[]], scanned=True))
    (made / "f.txt").write_text("Dyes\n\nThey are blue.\n")
    return made


def add(papers: SqlPapers, *paths: Path, index: RememberedIndex | None = None) -> Tally:
    return Ingest(papers, index, Ways(chemistry=False)).add(paths, SerialExecutor())


def test_a_folder_of_every_kind(papers: SqlPapers, folder: Path) -> None:
    index = RememberedIndex()
    tally = add(papers, folder, index=index)
    assert (tally.added, tally.updated, tally.failed, tally.files) == (254, 1, 2, 6)
    assert sorted((Path(o.name).name.split(",")[0], o.reason[:16]) for o in tally.outcomes) == [
        ("c.bib", "the BibTeX entry"),
        ("e.pdf", "it is scanned: i"),
    ]
    assert papers.document("10.1234/abc.17").document.year == 2001  # the PDF does not say it, the reference does
    assert papers.document("10.1234/abc.17").level == "full"
    assert sorted(index.held) == papers.ids()
    assert papers.unindexed(9) == []
    assert sum(index.held.values()) == papers.count().passages


def test_adding_again_adds_nothing_and_tries_failures_again(papers: SqlPapers, folder: Path) -> None:
    add(papers, folder)
    (folder / "e.pdf").write_bytes(make_pdf([["It has a text now, which is long enough."]]))
    tally = add(papers, folder)
    assert (tally.added, tally.updated, tally.before, tally.failed) == (1, 0, 4, 1)
    assert ["c.bib" in name for name, _ in papers.failures()] == [True]  # the scanned one is not listed any more


def test_an_index_that_was_away_is_caught_up(papers: SqlPapers, folder: Path) -> None:
    index = RememberedIndex()
    index.broken = True
    with pytest.raises(LiteratureError, match="away"):
        add(papers, folder, index=index)
    assert len(papers.ids()) >= 200
    index.broken = False
    tally = add(papers, folder, index=index)
    assert sorted(index.held) == papers.ids()
    assert tally.passages == papers.count().passages


def test_workers_give_the_same_and_a_file_that_ends_one_is_named(
    papers: SqlPapers, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "b.md").write_text("DEADLY")
    with monkeypatch.context() as patched, ProcessExecutor(2) as executor:
        patched.setattr(ingest, "read_unit", deadly)
        tally = Ingest(papers, None, Ways(chemistry=False)).add([folder], executor)
    assert ("b.md", "reading it ended the process (out of memory?)") in [(Path(o.name).name, o.reason) for o in tally.outcomes]
    (folder / "b.md").unlink()
    other = SqlPapers(f"sqlite:///{tmp_path / 'other.db'}")
    assert add(other, folder).added == tally.added == 253
    assert other.with_passages(other.ids()) == papers.with_passages(papers.ids())
    other.close()


def deadly(job: tuple[Unit, Ways]) -> object:
    if job[0].source.path and job[0].source.path.name == "b.md":
        os.kill(os.getpid(), signal.SIGKILL)
    return read_unit(job)


def test_a_file_that_takes_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "PATIENCE", 0.05)
    monkeypatch.setattr(ingest.read, "records", lambda *_: (time.sleep(5), "")[1])
    (tmp_path / "a.txt").write_text("x")
    (said,) = read_unit((Unit(Source("a.txt", "text", "h", path=tmp_path / "a.txt")), Ways()))
    assert "still being read after 0.05 s" in said.reason


def test_characters_that_no_database_holds_are_left_out(papers: SqlPapers, tmp_path: Path) -> None:
    odd = "a\\ud800b\\u0000c"
    fields = {
        "_id": "ODD",
        "title": "ODD",
        "text": "ODD",
        "metadata": {"authors": ["ODD"], "doi": "10.1234/ODD", "licence": "ODD", "journal": "ODD"},
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(fields).replace("ODD", odd.replace("\\\\", "\\")) + "\n")
    assert add(papers, tmp_path / "a.jsonl").added == 1
    document = papers.documents()[0][0].document
    assert (document.title, document.authors, document.doi, document.licence) == ("abc", ("abc",), "10.1234/abc", "abc")


def test_our_own_predictions_are_no_literature(papers: SqlPapers, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(make_pdf([["A film of it has a Tg of 300 °C, as predicted."]], title="molwright: a stable film"))
    tally = add(papers, tmp_path / "report.pdf")
    assert (tally.added, tally.outcomes[0].reason) == (0, "it is a report of molwright's own: what it predicts is no literature")


def test_a_reader_that_fails_costs_one_file(papers: SqlPapers, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes) -> Reading:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setitem(ingest.read._PAPERS, "markdown", fail)
    tally = add(papers, folder)
    assert tally.added == 253
    assert any("ZeroDivisionError: nobody thought of this" in o.reason for o in tally.outcomes)


def test_a_kill_in_the_middle_goes_on_where_it_ended(papers: SqlPapers, tmp_path: Path) -> None:
    lines = tmp_path / "many.jsonl"
    lines.write_text("".join(json.dumps({"_id": str(n), "title": f"T{n}", "text": f"Text {n} " * 50}) + "\n" for n in range(900)))
    script = (
        f"import sys; sys.path.insert(0, {ROOT!r})\n"
        "from pathlib import Path\nfrom memory.sql.papers import SqlPapers\nfrom tools.execution import SerialExecutor\n"
        "from tools.literature.assemble import Ways\nfrom tools.literature.ingest import Ingest\n"
        f"papers = SqlPapers({str(papers.database.url)!r})\n"
        "Ingest(papers, None, Ways(chemistry=False), progress=lambda t, n: print(t.added, flush=True)).add([Path(sys.argv[1])], SerialExecutor())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(lines)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(3)]
    with pytest.raises(LiteratureError, match=r"being changed by another process \(\d+\)"):
        add(papers, lines)
    process.kill()
    said += [int(line) for line in process.stdout if line.endswith("\n")]
    process.wait()
    before = papers.ids()
    assert 0 < said[-1] <= len(before) < 900
    tally = add(papers, lines)
    assert tally.added + len(before) == 900 == papers.count().documents
    assert set(before) < set(papers.ids())
    assert add(papers, lines).before == 1
