"""What every store of passages must do (``core.passages.PassageStore``)."""

from __future__ import annotations

import pytest

from core.errors import LiteratureError
from core.passages import Document, Passage, PassageFilter, PassageStore

TEXTS = {
    "glass": ["The glass transition of polyimides rises with stiffness.", "Their glass transition is at 285.5 K in π-stacked films."],
    "dye": ["Push-pull chromophores absorb at longer wavelengths.", "Stronger donors shift the absorption of dyes."],
    "drug": ["Aqueous solubility of drugs falls with lipophilicity.", "Melting points limit the solubility, too."],
}
VECTORS = {"glass": [1.0, 0.0, 0.0, 0.0], "dye": [0.0, 1.0, 0.0, 0.0], "drug": [0.0, 0.0, 0.6, 0.8]}


def document(name: str, **other: object) -> Document:
    """A document with what is known of it."""
    years = {"glass": 2001, "dye": 2010, "drug": None}
    facts = {
        **{
            "document_id": name,
            "title": f"On {name}",
            "authors": ("A. Uthor", 'B. "Q" Öz'),
            "year": years.get(name),
            "doi": f"10.1/{name}",
        },
        **{"journal": None, "licence": "CC BY 4.0", "retracted": None, "source": "files", "collection": "ours", "content_hash": name},
    }
    return Document(**{**facts, **other})  # type: ignore[arg-type]


def passages(name: str, texts: list[str] | None = None) -> list[Passage]:
    """The passages of a document, one after the other."""
    found, start = [], 0
    for at, text in enumerate(texts or TEXTS[name]):
        section = "Results" if at else None
        found.append(Passage(f"{name}/{at}", name, text, section, at + 1, start, start + len(text), "text"))
        start += len(text)
    return found


def fill(store: PassageStore) -> int:
    """All documents with their vectors."""
    everything = [p for name in TEXTS for p in passages(name)]
    return store.add([document(name) for name in TEXTS], everything, [VECTORS[p.document_id] for p in everything])


def names(hits: object) -> set[str]:
    """The ids of the passages of hits."""
    return {hit.passage.passage_id for hit in hits}  # type: ignore[attr-defined]


class PassageStoreContract:
    """Subclass it and give the fixture ``store``: an empty store whose words are stemmed."""

    @pytest.fixture
    def store(self) -> PassageStore:
        raise NotImplementedError("the fixture store of the subclass")

    def test_what_is_stored_comes_back_whole(self, store: PassageStore) -> None:
        assert (store.count(), store.search("glass", VECTORS["glass"]), store.documents()) == (0, [], [])
        assert fill(store) == 6
        assert store.count() == 6
        found = store.get(["dye/1", "nothing", "glass/0"])
        assert found == [(passages("dye")[1], document("dye")), (passages("glass")[0], document("glass"))]
        assert store.documents() == [document(name) for name in sorted(TEXTS)]
        assert store.documents("theirs") == []

    def test_words_and_vectors_find_each_with_both_scores(self, store: PassageStore) -> None:
        fill(store)
        hits = {hit.passage.passage_id: hit for hit in store.search("glass transitions", VECTORS["dye"], limit=2)}
        assert set(hits) == {"glass/0", "glass/1", "dye/0", "dye/1"}
        assert hits["glass/0"].lexical > 0 == hits["dye/0"].lexical
        assert [hits[name].dense for name in ("glass/0", "dye/0")] == pytest.approx([0.0, 1.0], abs=1e-3)
        assert hits["dye/0"].document == document("dye")

    def test_words_alone_give_no_similarity(self, store: PassageStore) -> None:
        fill(store)
        hits = store.search("solubility")
        assert names(hits) == {"drug/0", "drug/1"}
        assert {hit.dense for hit in hits} == {None}
        assert names(store.search("285.5")) == names(store.search("π")) == {"glass/1"}
        assert store.search("", None) == []

    def test_vectors_alone_find_without_a_common_word(self, store: PassageStore) -> None:
        fill(store)
        assert names(store.search("", VECTORS["drug"], limit=2)) == {"drug/0", "drug/1"}

    @pytest.mark.parametrize(
        ("accepted", "expected"),
        [
            (PassageFilter(since=2001, until=2001), {"glass/0", "glass/1"}),
            (PassageFilter(until=2009), {"glass/0", "glass/1"}),
            (PassageFilter(since=2002), {"dye/0", "dye/1"}),
            (PassageFilter(sections=("Results",)), {"glass/1", "dye/1", "drug/1"}),
            (PassageFilter(dois=("10.1/drug", "10.1/none")), {"drug/0", "drug/1"}),
            (PassageFilter(sources=("elsewhere",)), set()),
            (PassageFilter(collections=("ours",), since=2010), {"dye/0", "dye/1"}),
        ],
    )
    def test_filters_hold_for_words_and_vectors(self, store: PassageStore, accepted: PassageFilter, expected: set[str]) -> None:
        fill(store)
        assert names(store.search("glass dyes solubility absorption drugs chromophores", None, accepted)) == expected
        assert names(store.search("", [0.5, 0.5, 0.5, 0.5], accepted)) == expected

    def test_storing_again_writes_nothing_and_a_changed_document_takes_the_place(self, store: PassageStore) -> None:
        fill(store)
        assert fill(store) == 0
        changed = passages("glass", ["Polyimides soften at the melting point."])
        assert store.add([document("glass", content_hash="new")], changed, [VECTORS["glass"]]) == 1
        assert store.count() == 5
        assert store.search("stiffness") == []
        assert names(store.search("", VECTORS["glass"], limit=1)) == {"glass/0"}
        assert store.get(["glass/0"])[0][0].text == "Polyimides soften at the melting point."

    def test_deleted_documents_are_gone_everywhere(self, store: PassageStore) -> None:
        fill(store)
        assert store.delete(["dye", "never there"]) == 1
        assert (store.count(), store.delete(["dye"])) == (4, 0)
        assert "dye/0" not in names(store.search("chromophores absorb dyes", VECTORS["dye"], limit=10))
        assert store.get(["dye/0"]) == []

    def test_what_has_no_vector_is_found_by_its_words(self, store: PassageStore) -> None:
        fill(store)
        store.add([document("plain")], passages("plain", ["Zeolites sieve molecules."]))
        hits = {hit.passage.passage_id: hit for hit in store.search("zeolites", VECTORS["glass"], limit=3)}
        assert hits["plain/0"].dense is None
        assert hits["glass/0"].dense == pytest.approx(1.0, abs=1e-3)

    def test_rare_words_weigh_more(self, store: PassageStore) -> None:
        fill(store)
        rarity = store.rarity("glass stiffness unheard")
        assert sorted(rarity, key=lambda word: rarity[word])[0] == "glass"
        assert len(rarity) == 3
        assert min(rarity.values()) >= 0.0

    @pytest.mark.parametrize("fault", ["orphan", "twice", "stolen", "few vectors", "long vector", "no number"])
    def test_what_cannot_be_stored_is_an_error_and_stores_nothing(self, store: PassageStore, fault: str) -> None:
        fill(store)
        mine = passages("new", ["One.", "Two."])
        vectors = [[1.0, 0.0, 0.0, 0.0]] * 2
        given = {
            "orphan": ([document("other")], mine, vectors),
            "twice": ([document("new")], [mine[0], mine[0]], vectors),
            "stolen": ([document("new")], [Passage("glass/0", "new", "One.", None, None, 0, 4, "text")], vectors[:1]),
            "few vectors": ([document("new")], mine, vectors[:1]),
            "long vector": ([document("new")], mine, [[1.0] * 7] * 2),
            "no number": ([document("new")], mine, [[float("nan"), 0.0, 0.0, 0.0]] * 2),
        }[fault]
        with pytest.raises(LiteratureError):
            store.add(*given)
        assert (store.count(), store.documents()) == (6, [document(name) for name in sorted(TEXTS)])
