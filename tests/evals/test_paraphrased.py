"""Questions in other words: the file that ships, and how a search is judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core import data as shipped_data
from core.passages import Document, Passage
from evals.retrieval.dataset import Question, RetrievalSet
from evals.retrieval.paraphrased import ask, section, shared
from evals.retrieval.paraphrases import FILES, Paraphrase
from memory.passages.embedded import EmbeddedPassages
from tools.literature.analysis import sentence_words

TEXTS = {
    "a_0": "Rinsing the beads with hexane removes the surfactant.",
    "b_0": "The lattice swells when it is warmed to room temperature.",
    "b_1": "Platinum oxidises carbon monoxide above 400 K.",
}
SET = RetrievalSet(
    [Document(name, f"Title {name}", (), None, None, None, None, None, "set", "set", name) for name in ("a", "b")],
    [Passage(name, name[0], text, None, None, 0, len(text), "text") for name, text in TEXTS.items()],
    [Question("q", "Which metal oxidises CO?", frozenset({"b_1"}), "b")],
)
QUESTIONS = [
    Paraphrase("Does hexane wash soap away?", "a_0", "a", "hexane"),
    Paraphrase("Do crystals grow with heat?", "b_0", "b", ""),
]


class ToldEmbedder:
    """The vector of the second passage for questions about heat, of the first for all others."""

    name, dimension = "all-MiniLM-L6-v2", 3

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[0.0, 1.0, 0.0] if "heat" in text else [1.0, 0.0, 0.0] for text in texts]


def test_the_questions_that_ship_are_two_hundred_each_about_a_passage_of_its_own() -> None:
    rows = shipped_data.rows("evals", "data/literature/paraphrased.tsv")
    assert len(rows) == len({row["passage"] for row in rows}) == len({row["question"] for row in rows}) == 200
    assert all(row["question"].endswith("?") and row["author"] in ("1", "2") for row in rows)
    assert sum(not row["names"] for row in rows) == 48


def test_the_questions_that_judge_are_a_hundred_others() -> None:
    taught, judged = (shipped_data.rows("evals", file) for file in FILES.values())
    assert len(judged) == len({row["passage"] for row in judged}) == len({row["question"] for row in judged}) == 100
    assert not {row["passage"] for row in judged} & {row["passage"] for row in taught}


def test_words_find_by_the_name_alone_and_vectors_what_has_none(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path, sentence_words, space="all-MiniLM-L6-v2")
    store.add(SET.documents, SET.passages, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = [ask(store, question, ToldEmbedder()) for question in QUESTIONS]
    store.close()
    assert [one.passages["BM25 alone"] for one in found] == [["a_0"], []]
    assert [one.passages["vectors alone"][0] for one in found] == ["a_0", "b_0"]
    assert [one.papers["vectors alone"][0] for one in found] == ["a", "b"]
    assert all(one.candidate and one.close for one in found)
    made = section(SET, QUESTIONS, found)
    assert [row[0] for row in made.tables[0].rows] == [
        "BM25 alone",
        "vectors alone",
        "learnt fusion without vectors",
        "learnt fusion with vectors",
    ]
    assert made.tables[0].rows[0][1:] == ["0.500 (0.000 to 1.000)", None]
    assert str(made.tables[0].rows[1][2]).startswith("+0.500 (")


def test_what_a_question_shares_leaves_the_names_out() -> None:
    assert shared(QUESTIONS, SET) == (0, 0)
    assert shared([Paraphrase("Is hexane removed?", "a_0", "a", "hexane"), Paraphrase("A title", "b_0", "b", "")], SET) == (1, 1)
