"""Papers in SQL, on both databases: stored whole, the same paper once, deleted for good, and nothing lost or doubled by a kill."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from core.errors import LiteratureError, NotFoundError, StoreError
from core.papers import Level, Mention, Paper, Piece, ReportedValue, Submission
from core.passages import Document, Passage
from memory.sql.papers import SqlPapers
from memory.sql.papers_models import JournalRow, MentionRow, PassageRow, ReportedValueRow
from tests.memory.conftest import Clock


@pytest.fixture
def papers(store_url: str, clock: Clock) -> Iterator[SqlPapers]:
    opened = SqlPapers(store_url, clock=clock)
    yield opened
    opened.close()


def make_paper(number: int = 0, *, doi: str | None = None, level: Level = "full", words: str = "", **changes: object) -> Paper:
    whole = words or f"Polymer {number} – α is stable.\n\nIts Tg is {100 + number} °C in toluene."
    head = Document(
        document_id=f"d{number:04d}", title=f"Paper {number}", authors=("A. Uthor", "Ö. Z"), year=2001, doi=doi, journal="J. Ch.",
        licence=None, retracted=None, source="paper.xml", collection="team", content_hash=hashlib.sha256(whole.encode()).hexdigest(),
    )  # fmt: skip
    at = whole.find("Its")
    passages = (
        Passage(f"d{number:04d}:0", f"d{number:04d}", whole[: at - 2], "Abstract", 1, 0, at - 2, "abstract"),
        Passage(f"d{number:04d}:1", f"d{number:04d}", whole[at:], None, 2, at, len(whole), "text"),
    )
    value = ReportedValue(
        "glass_transition_temperature", "=", 100.0 + number, None, 2.5, "°C", 100.0 + number, None, "°C", ("in toluene",), f"Polymer {number}",
        None, None, whole[at:], at, len(whole), 2,
    )  # fmt: skip
    toluene = Mention(
        whole.find("toluene"), whole.find("toluene") + 7, "name", "toluene", "toluene", "Cc1ccccc1", "YXFVVABEGXRONW-UHFFFAOYSA-N"
    )
    return Paper(
        replace(head, **changes),
        level,
        whole,
        passages,
        2,
        ("page 3 has no text",),
        (toluene,),
        (value,),
        (Piece(0, at - 2, "abstract", "Abstract", 1), Piece(at, len(whole), "text", None, 2)),
    )  # type: ignore[arg-type]


def submit(papers: SqlPapers, *given: Paper | str, source: str = "f", first: int = 0) -> list[str]:
    found = [
        Submission(source, first + n, f"p{n}", None if isinstance(p, str) else p, p if isinstance(p, str) else "")
        for n, p in enumerate(given)
    ]
    return [o.status for o in papers.store(found, "team")]


def test_a_paper_comes_back_as_it_was_stored(papers: SqlPapers) -> None:
    paper = make_paper(doi="10.1/a")
    assert submit(papers, paper) == ["added"]
    stored = papers.document("10.1/A")
    assert (stored.document, stored.level, stored.pages, stored.notes) == (paper.document, "full", 2, paper.notes)
    assert (stored.passages, stored.mentions, stored.values, stored.indexed) == (2, 1, 1, False)
    assert papers.text("d0000") == paper.text
    assert papers.layout("d0000") == paper.layout
    assert papers.with_passages(["d0000", "d9"]) == [(paper.document, list(paper.passages))]
    assert papers.mentions(names=["Toluene"]) == papers.mentions(keys=["YXFVVABEGXRONW-UHFFFAOYSA-N"]) == [("d0000", paper.mentions[0])]
    many = [f"KEY{n}" for n in range(70_000)]
    assert papers.mentions(keys=[*many, "YXFVVABEGXRONW-UHFFFAOYSA-N"]) == papers.mentions(names=["toluene"])
    assert papers.values(property="glass_transition_temperature") == [("d0000/0", paper.document, paper.values[0])]
    assert papers.values(property="logp") == []


def test_the_same_paper_is_stored_once(papers: SqlPapers) -> None:
    first, same_text = make_paper(1, doi="10.1/a"), make_paper(2, words=make_paper(1).text)
    assert submit(papers, first, make_paper(3, doi="10.1/a"), same_text) == ["added", "duplicate", "duplicate"]
    other = make_paper(4, doi="10.1/b", words=first.text)
    assert submit(papers, other, first=9) == ["added"]  # the same words under two DOIs are two papers
    assert papers.count().documents == 2


def test_a_better_copy_takes_the_place_of_a_reference_and_a_retraction_is_never_forgotten(papers: SqlPapers) -> None:
    reference = make_paper(1, doi="10.1/a", level="reference", words="Its title", year=None)
    assert submit(papers, reference) == ["added"]
    papers.set_indexed(None, True)
    assert submit(papers, make_paper(2, doi="10.1/a", retracted=True), first=1) == ["updated"]
    stored = papers.document("d0001")
    assert (stored.level, stored.passages, stored.document.year, stored.document.retracted, stored.indexed) == (
        "full",
        2,
        2001,
        True,
        False,
    )
    assert [p.passage_id for p in papers.with_passages(["d0001"])[0][1]] == ["d0001:0", "d0001:1"]
    assert submit(papers, make_paper(3, doi="10.1/a", retracted=False), first=2) == ["duplicate"]
    assert papers.document("d0001").document.retracted is True
    filled = make_paper(3, doi="10.1/a", licence="CC BY 4.0")
    assert submit(papers, filled, first=3) == ["updated"]
    assert papers.document("d0001").document.licence == "CC BY 4.0"


def test_what_was_removed_is_gone_and_can_be_added_again(papers: SqlPapers) -> None:
    submit(papers, make_paper(1), make_paper(2))
    assert papers.done("f", "team") == {0, 1}
    assert papers.remove(["d0001", "d0007"]) == 1
    with papers.database.read() as connection:
        for table in (PassageRow, MentionRow, ReportedValueRow, JournalRow):
            name = table.__tablename__
            assert connection.execute(text(f"SELECT count(*) FROM {name} WHERE document_id = 'd0001'")).scalar() == 0, name
    assert papers.done("f", "team") == {1}
    assert submit(papers, make_paper(1)) == ["added"]
    with pytest.raises(NotFoundError, match="several"):
        papers.document("d00")
    with pytest.raises(NotFoundError, match="no document 'x'"):
        papers.text("x")


def test_failures_are_listed_and_tried_again(papers: SqlPapers) -> None:
    assert submit(papers, "it is encrypted", make_paper(1)) == ["failed", "added"]
    assert papers.done("f", "team") == {1}
    assert papers.failures() == [("p0", "it is encrypted")]
    assert submit(papers, make_paper(5)) == ["added"]
    assert papers.failures() == []
    count = papers.count()
    assert (count.documents, count.passages, count.values, count.failed, count.by_collection) == (2, 4, 2, 0, {"team": 2})


def test_numbers_are_released_for_training_by_a_person_alone(papers: SqlPapers) -> None:
    submit(papers, make_paper(1), make_paper(2))
    assert papers.values(approved=True) == []
    with pytest.raises(NotFoundError, match="d0002/9"):
        papers.approve(["d0001/0", "d0002/9"], "ann")
    assert papers.values(approved=True) == []
    papers.approve(["d0001/0"], "ann")
    paper = make_paper(1)
    papers.replace_parts("d0001", paper.passages, paper.mentions, paper.values)
    assert [(name, value.approved_by) for name, _, value in papers.values(approved=True)] == [("d0001/0", "ann")]
    papers.approve(["d0001/0"], "")
    assert papers.values(approved=True) == []


def test_listing_filters_and_pages(papers: SqlPapers) -> None:
    submit(papers, *(make_paper(n) for n in range(5)), make_paper(7, retracted=True, title="50% of_it"))
    assert papers.documents(words="paper j.", limit=2)[1] == 5
    assert [d.document.document_id for d in papers.documents(words="0% f_i")[0]] == ["d0007"]
    assert papers.documents(retracted=True)[1] == 1
    assert papers.documents(retracted=False)[1] == 5
    assert papers.documents(collection="other") == ([], 0)
    assert papers.unindexed(2) == ["d0000", "d0001"]
    papers.set_indexed(["d0000"], True)
    assert papers.unindexed(9)[0] == "d0001"


def test_one_process_writes_at_a_time(papers: SqlPapers, store_url: str) -> None:
    other = SqlPapers(store_url)
    with papers.writing(), pytest.raises(LiteratureError, match="another process"), other.writing():
        pass
    with other.writing():
        pass
    other.close()


def test_a_damaged_text_is_named(papers: SqlPapers) -> None:
    submit(papers, make_paper(1))
    with papers.database.write() as connection:
        connection.execute(text("UPDATE literature_documents SET text = :bad"), {"bad": b"not packed"})
    with pytest.raises(StoreError, match=r"d0001 is damaged"):
        papers.text("d0001")


_WRITER = """
import sys
sys.path.insert(0, {repository!r})
from tests.memory.test_papers import make_paper, submit
from memory.sql.papers import SqlPapers
papers = SqlPapers({url!r})
for n in range(1000):
    submit(papers, make_paper(n), first=n)
    print(n, flush=True)
"""


def test_a_kill_loses_no_acknowledged_paper_and_doubles_none(papers: SqlPapers, store_url: str, repository: str) -> None:
    script = _WRITER.format(repository=repository, url=store_url)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    process.wait()
    done = papers.done("f", "team")
    assert set(acknowledged) <= done
    stored = papers.ids()
    assert stored == [f"d{n:04d}" for n in sorted(done)]
    assert all(len(passages) == 2 for _, passages in papers.with_passages(stored))


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path_factory: pytest.TempPathFactory, repository: str) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('full') / 'm.db'}"
    papers = SqlPapers(url)
    submit(papers, make_paper(1))
    papers.close()
    script = f"""
import resource, signal, sys
sys.path.insert(0, {repository!r})
from core.errors import StoreError
from memory.sql.papers import SqlPapers
from tests.memory.test_papers import make_paper, submit
papers = SqlPapers({url!r})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
import random
words = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=400_000)))
try:
    submit(papers, make_paper(2, words="Its " + words), first=2)
except StoreError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "the disk is full" in said.stdout or "writing the disk failed" in said.stdout, said
    with_all = SqlPapers(url)
    assert with_all.ids() == ["d0001"]
    with_all.close()


def test_a_notice_of_retraction_reaches_its_paper_whichever_comes_first(papers: SqlPapers) -> None:
    submit(papers, make_paper(1, doi="10.1/first"))
    papers.set_indexed(None, True)
    notice = replace(make_paper(2, doi="10.1/notice"), retracts=("10.1/first", "10.1/later"))
    assert submit(papers, notice, make_paper(3, doi="10.1/later"), make_paper(4, doi="10.1/sound"), first=1) == ["added"] * 3
    assert {d.document.doi for d in papers.documents(retracted=True)[0]} == {"10.1/first", "10.1/later"}
    assert "d0001" in papers.unindexed(9)


def test_a_source_that_is_stored_whole_is_opened_again_when_a_paper_of_it_was_removed(papers: SqlPapers) -> None:
    submit(papers, make_paper(1), make_paper(2))
    papers.finish("f", "team", "list.bib")
    papers.finish("f", "team", "list.bib")
    assert papers.done("f", "team") == {-1, 0, 1}
    papers.remove(["d0001"])
    assert papers.done("f", "team") == {1}
