"""Terms and the built-in embedder."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from math import isclose, sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.literature.embedder import DIMENSION, HashedTermsEmbedder, default_embedder, idf
from tools.literature.terms import expanded_words, normalise, terms, words

EMBEDDER = default_embedder()


def cosine(a: str, b: str) -> float:
    x, y = EMBEDDER.embed([a, b])
    return sum(p * q for p, q in zip(x, y, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("polymerisation", "polymerization"),
        ("polyimides", "polyimide"),
        ("push–pull", "push-pull"),
        ("λmax", "lambda max"),
        ("Absorbing", "absorb"),
        ("optimise", "optimize"),
    ],
)
def test_spellings_of_one_word_give_one_term(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("abbreviation", "meaning"),
    [
        ("Tg", "glass transition temperature"),
        ("λmax", "absorption maximum"),
        ("PBI", "polybenzimidazole"),
        ("logS", "aqueous solubility"),
        ("CNS", "central nervous system"),
        ("heat-resistant", "glass transition"),
        ("easy to make", "synthetic accessibility"),
    ],
)
def test_abbreviations_meet_what_they_stand_for(abbreviation: str, meaning: str) -> None:
    added = {word for run in expanded_words(abbreviation)[1:] for word in run}
    assert set(words(meaning)) <= added
    assert cosine(abbreviation, meaning) > 0.1


def test_stop_words_and_bare_numbers_are_left_out() -> None:
    assert words("Design a molecule with the 500 and 300") == []
    assert words("Tg > 250 °C") == ["tg", "c"]
    assert terms("glass transition")["glass transit"] >= 1.0
    assert normalise("A\u2212B  _c") == "a b c"


def test_vectors_have_the_length_and_norm_they_promise() -> None:
    vectors = EMBEDDER.embed(["", "500", "polyimide", "polyimide " * 5000])
    assert EMBEDDER.dimension == DIMENSION
    assert all(len(v) == DIMENSION and isclose(sqrt(sum(x * x for x in v)), 1.0) for v in vectors)
    assert vectors[0] == vectors[1] != vectors[2]


def test_texts_that_share_words_are_nearer_than_texts_that_do_not() -> None:
    assert cosine("glass transition of polyimides", "polyimide glass transition temperature") > 0.5
    assert abs(cosine("glass transition of polyimides", "fluorescence of coumarin dyes")) < 0.25


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    assert idf("cardo") > idf("temperatur")
    assert idf("word-that-no-note-has") >= idf("cardo")


def test_vectors_are_the_same_in_another_process_and_in_threads() -> None:
    text = "a cardo polymer with λmax at 500 nm"
    here = EMBEDDER.embed([text])[0]
    code = f"from tools.literature.embedder import default_embedder as d; print(d().name, d().embed([{text!r}])[0] == {here!r})"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert done.stdout.split() == [EMBEDDER.name, "True"]
    texts = [f"{text} polyimide{i} stemming{i}" for i in range(60)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda t: EMBEDDER.embed([t])[0], texts)) == EMBEDDER.embed(texts)


def test_the_name_says_what_it_is() -> None:
    assert EMBEDDER.name.startswith("hashed-terms-1-")
    assert HashedTermsEmbedder().name == EMBEDDER.name


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_embedded(text: str) -> None:
    (vector,) = EMBEDDER.embed([text])
    assert isclose(sum(x * x for x in vector), 1.0, rel_tol=1e-9)
