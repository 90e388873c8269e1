"""What is packed comes back; what is damaged or of a newer molwright is named."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.sql import packing
from tests.memory.conftest import make_candidate

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), st.lists)


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_texts_come_back(text: str) -> None:
    assert packing.unpack(packing.pack(text)).decode() == text


@given(JSON, st.integers(1, 300))
def test_values_come_back(value: Any, times: int) -> None:
    many = [value] * times
    text = packing.packed_text(many)
    assert packing.unpacked_text(text) == many
    assert len(text) < packing.LONG or text.startswith("z:")


def test_a_candidate_takes_a_third_of_its_json() -> None:
    text = make_candidate(1).model_dump_json()
    assert len(packing.pack(text)) < len(text) / 3


def test_a_dictionary_never_changes() -> None:
    digests = {number: hashlib.sha256(words).hexdigest()[:16] for number, words in packing._DICTIONARIES.items()}
    assert digests == {1: "3750a587d03b6067"}


@pytest.mark.parametrize("damaged", [b"", b"\xff123", packing.pack("a text")[:-1], packing.pack("a text") + b"x", b"\x01\xff\xff\xff"])
def test_what_is_damaged_is_named(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="packed"):
        packing.unpack(damaged)


@pytest.mark.parametrize("damaged", ["z:####", "z:AAAA", "nothing"])
def test_a_text_that_is_damaged_is_refused(damaged: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (JSON's own error is one)
        packing.unpacked_text(damaged)
