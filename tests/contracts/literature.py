"""What every literature store and every embedder must do (``core.interfaces``)."""

from __future__ import annotations

import math

import pytest

from core.candidate import Citation
from core.errors import LiteratureError
from core.interfaces import Embedder, LiteratureStore, Passage

TEXTS = {
    "glass": "The glass transition temperature of polyimides rises with the stiffness of the backbone.",
    "dye": "Push-pull chromophores absorb at longer wavelengths when the donor is stronger.",
    "solubility": "Aqueous solubility of drugs falls with lipophilicity and melting point.",
}


def passage(key: str, text: str = "") -> Passage:
    """A passage with its reference."""
    citation = Citation(number=1, key=key, title=f"On {key}", year=2001, doi="10.1/x", authors="A. Uthor")
    return Passage(key=key, text=text or TEXTS[key], score=0.0, citation=citation, tags=("one", "two"))


class LiteratureStoreContract:
    """Subclass it and give the fixture ``store``: an empty store."""

    @pytest.fixture
    def store(self) -> LiteratureStore:
        raise NotImplementedError("the fixture store of the subclass")

    def test_what_is_stored_is_found_with_its_reference(self, store: LiteratureStore) -> None:
        assert (store.count(), store.search("anything")) == (0, [])
        assert store.add([passage(key) for key in TEXTS]) == 3
        assert store.count() == 3
        for key, text in TEXTS.items():
            best = store.search(text, limit=2)[0]
            assert (best.key, best.text, best.tags) == (key, text, ("one", "two"))
            assert (best.citation.title, best.citation.year, best.citation.doi) == (f"On {key}", 2001, "10.1/x")

    def test_scores_fall_and_the_limit_holds(self, store: LiteratureStore) -> None:
        store.add([passage(key) for key in TEXTS])
        found = store.search(TEXTS["glass"], limit=2)
        assert len(found) == 2
        assert found[0].score >= found[1].score

    def test_storing_again_writes_only_what_changed(self, store: LiteratureStore) -> None:
        store.add([passage(key) for key in TEXTS])
        assert store.add([passage(key) for key in TEXTS]) == 0
        assert store.add([passage("glass", "Polyimides have another glass transition now.")]) == 1
        assert store.count() == 3
        assert "another" in store.search("another glass transition of polyimides")[0].text

    def test_a_passage_that_cannot_be_stored_is_an_error(self, store: LiteratureStore) -> None:
        with pytest.raises(LiteratureError):
            store.add([passage("a key with spaces", "text")])
        assert store.count() == 0


class EmbedderContract:
    """Subclass it and give the fixture ``embedder``."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError("the fixture embedder of the subclass")

    def test_vectors_have_the_stated_length_and_norm_one(self, embedder: Embedder) -> None:
        vectors = embedder.embed(list(TEXTS.values()))
        assert [len(v) for v in vectors] == [embedder.dimension] * 3
        assert [math.sqrt(sum(x * x for x in v)) for v in vectors] == pytest.approx([1.0] * 3, abs=1e-5)

    def test_the_same_text_gives_the_same_vector_alone_or_among_others(self, embedder: Embedder) -> None:
        together = embedder.embed(list(TEXTS.values()))
        alone = [embedder.embed([text])[0] for text in TEXTS.values()]
        assert together == alone
        assert embedder.embed([]) == []

    def test_a_text_is_nearest_to_itself(self, embedder: Embedder) -> None:
        vectors = embedder.embed(list(TEXTS.values()))
        for i, text in enumerate(TEXTS.values()):
            asked = embedder.embed([text])[0]
            scores = [sum(a * b for a, b in zip(asked, v, strict=True)) for v in vectors]
            assert scores.index(max(scores)) == i

    def test_it_has_a_name(self, embedder: Embedder) -> None:
        assert embedder.name.strip()
