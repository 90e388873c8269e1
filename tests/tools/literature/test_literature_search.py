"""Retrieval from the shipped notes in a real store, measured on questions of our own."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.candidate import Citation
from core.errors import LiteratureError, UsageError
from core.interfaces import Passage
from memory.literature import MilvusLiteratureStore
from tools.literature.corpus import ensure_corpus, load_notes
from tools.literature.embedder import default_embedder
from tools.literature.notes import ShippedNotes
from tools.literature.search import passages_from_json, passages_to_json, relevance, search

PAIRS = [
    (row["query"], set(row["keys"].split("|")))
    for row in csv.DictReader((Path(__file__).parent / "retrieval_pairs.tsv").open(encoding="utf-8"), delimiter="\t")
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusLiteratureStore]:
    built = MilvusLiteratureStore(str(tmp_path_factory.mktemp("literature") / "literature.db"), default_embedder())
    assert ensure_corpus(built) == len(load_notes())
    with built.session():
        yield built


def test_the_corpus_is_loaded_once(store: MilvusLiteratureStore) -> None:
    assert ensure_corpus(store) == 0
    assert store.count() == len(load_notes())


def test_the_pairs_name_notes_that_exist() -> None:
    assert len(PAIRS) >= 25
    assert set().union(*(keys for _, keys in PAIRS)) <= {n.key for n in load_notes()}


def test_the_notes_in_memory_give_the_answers_of_the_store(store: MilvusLiteratureStore) -> None:
    notes = ShippedNotes()
    assert notes.count() == store.count()
    for query, _ in PAIRS:
        kept, held = search(store, query, 20), search(notes, query, 20)
        assert kept == held, query
        nearest, own = store.search(query, 5), notes.search(query, 5)
        assert [p.score for p in own] == pytest.approx([p.score for p in nearest], abs=2e-6)
    assert notes.search("polymer", 0) == []
    with pytest.raises(LiteratureError):
        notes.add(load_notes())


def test_hit_rate_and_reciprocal_rank_hold_their_floor(
    store: MilvusLiteratureStore, record_property: Callable[[str, object], None]
) -> None:
    ranks = []
    for query, keys in PAIRS:
        found = [p.key for p in search(store, query, 20)]
        ranks.append(next((rank for rank, key in enumerate(found, 1) if key in keys), None))
    hit3 = sum(r is not None and r <= 3 for r in ranks) / len(ranks)
    mrr = sum(1 / r for r in ranks if r) / len(ranks)
    record_property("hit_at_3", hit3)
    record_property("mrr", mrr)
    assert hit3 >= 0.92, [q for (q, _), r in zip(PAIRS, ranks, strict=True) if r is None or r > 3]
    assert mrr >= 0.88


def test_the_answer_is_ordered_bounded_and_the_same_again(store: MilvusLiteratureStore) -> None:
    first = search(store, "heat-resistant polymer with Tg > 250 °C", 5)
    assert len(first) == 5
    assert [p.score for p in first] == sorted((p.score for p in first), reverse=True)
    assert all(0.0 < p.score < 1.0 for p in first)
    assert search(store, "heat-resistant polymer with Tg > 250 °C", 5) == first
    assert search(store, "polyimide", 0) == []


def test_a_query_that_meets_nothing_finds_nothing(store: MilvusLiteratureStore) -> None:
    assert search(store, "zygote xylophone") == []


@pytest.mark.parametrize("query", ["", "   ", "the of and", "500", "x" * 4001])
def test_an_unusable_query_is_an_error(store: MilvusLiteratureStore, query: str) -> None:
    with pytest.raises(UsageError):
        search(store, query)


def test_relevance_is_a_share() -> None:
    assert relevance("polyimide", "nothing of the kind") == 0.0
    assert relevance("the", "the") == 0.0
    assert 0.0 < relevance("polyimide", "polyimide films") < 1.0
    assert relevance("polyimide film", "polyimide films") > relevance("polyimide film", "polyimide")


def test_passages_survive_json() -> None:
    citation = Citation(number=2, key="k", title="T", year=None, doi="", authors="", passage="p")
    passages = [Passage(key="k", text="p", score=0.25, citation=citation, tags=("a", "b")), *load_notes()[:2]]
    assert passages_from_json(passages_to_json(passages)) == passages


@pytest.mark.parametrize("value", [{}, {"key": "k", "text": "t", "score": "high", "citation": {}, "tags": []}])
def test_a_damaged_record_is_an_error(value: dict[str, object]) -> None:
    with pytest.raises(LiteratureError, match="recorded passage"):
        passages_from_json([value])
