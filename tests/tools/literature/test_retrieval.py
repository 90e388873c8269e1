"""Search in papers: fusion, folding, marks, several questions, words alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.errors import UsageError
from core.passages import Document, Hit, Passage, PassageFilter
from memory.passages.embedded import EmbeddedPassages
from tools.literature.analysis import marked, passage_words, sentence_words
from tools.literature.features import FEATURES, features
from tools.literature.fusion import CLOSELY, closely, shipped
from tools.literature.retrieval import broader, folded, retrieve

PAPERS = {
    "polyimide": "Polyimides from rigid diamines were cast. The glass transition temperature of the polyimide is 410 °C.",
    "dye": "A push-pull dye absorbs at 620 nm in toluene. Its fluorescence quantum yield is low.",
    "copy": "A push-pull dye absorbs at 620 nm in toluene. Its fluorescence quantum yield is rather low.",
    "water": "The aqueous solubility of the drug was measured by shaking flasks for two days.",
    "list": "[12] A. Author et al. Glass transition. J. Chem. 2001, 5, 1. doi 10.1/x [13] B. Author et al. Polyimide. 1999. http://x",
}


class Axes:
    """Three axes: words about polymers, light and water."""

    name, dimension = "axes", 3
    words = (("polymer", "polyimide", "soften"), ("light", "dye", "colour"), ("water", "aqueous", "drug"))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        rows = [[0.05 + sum(word in text.lower() for word in axis) for axis in self.words] for text in texts]
        return [[x / math.hypot(*row) for x in row] for row in rows]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedPassages]:
    opened = EmbeddedPassages(tmp_path / "papers", sentence_words, space="axes")
    documents = [Document(n, f"On {n}", (), 2000 + at, None, None, None, None, "t", "c", n) for at, n in enumerate(PAPERS)]
    passages = [Passage(f"{n}/0", n, text, None, None, 0, len(text), "text") for n, text in PAPERS.items()]
    opened.add(documents, passages, Axes().embed(list(PAPERS.values())))
    yield opened
    opened.close()


def test_the_passage_that_answers_comes_before_the_list_of_references(store: EmbeddedPassages) -> None:
    found = retrieve(store, "What is the glass transition temperature of the polyimide?", embedder=Axes())
    assert found[0].document.document_id == "polyimide"
    assert [a.score for a in found] == sorted((a.score for a in found), reverse=True)
    alone = retrieve(store, "What is the glass transition temperature of the polyimide?")
    assert alone[0].document.document_id == "polyimide"
    assert {a.dense for a in alone} == {None}


def test_vectors_find_what_shares_no_word(store: EmbeddedPassages) -> None:
    assert retrieve(store, "colour under light") == []
    assert "dye" in {a.document.document_id for a in retrieve(store, "colour under light", embedder=Axes(), limit=2)}


def test_near_duplicates_are_folded_into_the_better_one(store: EmbeddedPassages) -> None:
    found = retrieve(store, "fluorescence quantum yield of a push-pull dye")
    assert len(found) == 1
    assert {found[0].passage.passage_id, *found[0].folded} == {"dye/0", "copy/0"}


def test_matched_words_are_marked_in_all_their_forms(store: EmbeddedPassages) -> None:
    answer = retrieve(store, "transitions of polyimide at 410")[0]
    assert [answer.passage.text[a:b] for a, b in answer.marks] == ["Polyimides", "transition", "polyimide", "410"]
    assert marked("nothing here", frozenset(["x"])) == []


def test_filters_and_limit_hold(store: EmbeddedPassages) -> None:
    found = retrieve(store, "polyimide dye drug", embedder=Axes(), accepted=PassageFilter(since=2003), limit=9)
    assert {a.document.year for a in found} == {2003, 2004}
    assert len(retrieve(store, "polyimide dye drug", limit=1)) == 1


def test_several_questions_are_fused_and_the_table_of_synonyms_steps_back(store: EmbeddedPassages) -> None:
    found = retrieve(store, ["polyimide", "solubility of a drug"], limit=2)
    assert {a.document.document_id for a in found} == {"polyimide", "water"}
    assert retrieve(store, "Tg") == []
    assert "glass transition temperature" in broader("Tg of X")[0]
    assert retrieve(store, "Tg", step_back=True)[0].document.document_id == "polyimide"
    assert broader("nothing of the kind") == []


@pytest.mark.parametrize("question", ["", "the of and", [], "x" * 5000])
def test_a_question_that_cannot_be_asked_is_an_error(store: EmbeddedPassages, question: str | list[str]) -> None:
    with pytest.raises(UsageError):
        retrieve(store, question)


def test_features_are_shares_and_count_neighbours_and_documents() -> None:
    document = Document("d", "Polyimide films", (), None, None, None, None, None, "t", "c", "h")
    texts = ["Rigid polyimide chains.", "Glass transition of polyimide films. Other things."]
    hits = []
    for at, text in enumerate(texts):
        words = "\n".join(" ".join(part) for part in sentence_words(text))
        hits.append(Hit(Passage(f"d/{at}", "d", text, None, None, 30 * at, 30 * at + 30, "text"), document, 1.0 + at, 0.5, words))
    rarity = dict.fromkeys(passage_words("glass transition polyimide"), 1.0)
    table = features("glass transition polyimide", hits, rarity, [1])
    row = dict(zip(FEATURES, table[0], strict=True))
    assert (row["covered"], row["covered_sentence"], row["pairs"]) == (1.0, 1.0, 0.5 * 1 + 0.5 * 1)
    assert row["title_covered"] == pytest.approx(1 / 3)
    assert (row["before_lexical"], row["after_lexical"], row["document_lexical"]) == (0.5, 0.0, 1.0)
    assert (row["lexical"], row["lexical_share"], row["lexical_rank"]) == (2.0, 1.0, 0.1)
    assert features("x", [], {}, []).shape == (0, len(FEATURES))


def test_the_shipped_weights_fit_and_the_best_are_looked_at_closely() -> None:
    assert all(len(w.weight) == len(w.mean) == len(w.scale) == len(FEATURES) for w in shipped().values())
    document = Document("d", "", (), None, None, None, None, None, "t", "c", "h")
    hits = [Hit(Passage(f"d/{n:03}", "d", "x", None, None, n, n + 1, "text"), document, float(n), None, "x") for n in range(80)]
    assert closely(hits) == list(range(79, 79 - CLOSELY, -1))
    assert folded([], 5) == []
