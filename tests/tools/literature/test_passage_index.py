"""What is added to the index comes with its vector, title and text together, where there is an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from memory.passages.embedded import EmbeddedPassages
from memory.sql.papers import SqlPapers
from tests.tools.literature.test_ingest import RememberedIndex
from tools.execution import SerialExecutor
from tools.literature.analysis import sentence_words
from tools.literature.assemble import Ways
from tools.literature.ingest import Ingest
from tools.literature.keeping import problems, remove
from tools.literature.passage_index import EmbeddedIndex


class CountedEmbedder:
    """Vectors that only tell how many texts there were before."""

    name, dimension = "counted", 2

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.texts += texts
        return [[1.0, 0.0] for _ in texts]


def test_papers_are_found_until_they_are_removed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Dyes\n\nThey are blue.\n")
    (tmp_path / "b.md").write_text("# Films\n\nThey are clear.\n")
    papers, embedder = SqlPapers(f"sqlite:///{tmp_path / 'm.db'}"), CountedEmbedder()
    store = EmbeddedPassages(tmp_path / "index", sentence_words, space=embedder.name)
    index = EmbeddedIndex(store, embedder)
    tally = Ingest(papers, index, Ways(chemistry=False)).add([tmp_path / "a.md", tmp_path / "b.md"], SerialExecutor())
    assert (tally.added, tally.passages, sorted(embedder.texts)) == (2, 2, ["Dyes\nThey are blue.", "Films\nThey are clear."])
    hit = max(store.search("blue", [1.0, 0.0]), key=lambda h: h.lexical)
    assert (hit.document.title, hit.dense) == ("Dyes", 1.0)
    held = [d.document_id for d in index.documents()]
    assert list(problems(papers, held)) == []
    remove(papers, index, held[:1])
    assert [d.document_id for d in store.documents()] == held[1:] == papers.ids()
    assert len(list(problems(papers, held))) == 1
    assert "still has it" in next(problems(papers, held))
    assert "does not have it" in next(problems(papers, []))
    store.close()
    papers.close()


def test_a_crash_between_the_two_stores_leaves_a_whole_paper(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Dyes\n\nThey are blue.\n")
    papers, index = SqlPapers(f"sqlite:///{tmp_path / 'm.db'}"), RememberedIndex()
    ingest = Ingest(papers, index, Ways(chemistry=False))
    ingest.add([tmp_path / "a.md"], SerialExecutor())
    papers.set_indexed(papers.ids(), False)  # what `remove` does first; here it is killed after the index forgot the paper
    index.delete(papers.ids())
    ingest.add([tmp_path / "a.md"], SerialExecutor())
    assert sorted(index.held) == papers.ids() != []
    papers.close()
