"""Passages keep to sections and sentences, and every one stands in the text where it says."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.errors import UsageError
from core.passages import Passage
from tools.literature.chunking import Cut, Placed, passages, place
from tools.literature.reading.parts import Block
from tools.literature.sentences import sentence_spans

SENTENCES = [f"Sentence number {n} says that the film of batch {n} was clear." for n in range(30)]
TABLE = "\n".join(f"PI-{n} | {200 + n} | {400 + n}" for n in range(40))
BLOCKS = (
    Block("Abstract", "heading", "Abstract", 1),
    Block("It is short.", "abstract", "Abstract", 1),
    Block("1. Results", "heading", "1. Results", 1),
    Block(" ".join(SENTENCES[:15]), "text", "1. Results", 1),
    Block(" ".join(SENTENCES[15:]), "text", "1. Results", 2),
    Block("Table 1. Films.", "caption", "1. Results", 2),
    Block(TABLE, "table", "1. Results", 2),
    Block("Figure 1. A film.", "caption", "1. Results", 3),
    Block("2. Outlook", "heading", "2. Outlook", 3),
    Block("x" * 700, "text", "2. Outlook", 3),
    Block("References", "heading", "References", 3),
    Block("(1) Nobody.", "text", "References", 3),
)


def cut(longest: int, overlap: int = 0) -> tuple[str, list[Passage]]:
    text, placed = place(BLOCKS)
    return text, passages("d", text, placed, Cut(longest, overlap))


@pytest.mark.parametrize(("longest", "overlap"), [(150, 0), (300, 0), (500, 120), (5000, 0)])
def test_passages_stand_in_the_text_and_keep_to_their_section(longest: int, overlap: int) -> None:
    text, found = cut(longest, overlap)
    assert all(text[p.start : p.end] == p.text and len(p.text) <= longest for p in found)
    assert [p.passage_id for p in found] == [f"d:{n}" for n in range(len(found))]
    assert not any("Nobody" in p.text for p in found)
    assert {p.section for p in found} == {"Abstract", "1. Results", "2. Outlook"}
    said = " ".join(p.text for p in found if p.kind == "text")
    assert all(sentence in said for sentence in SENTENCES)
    assert all(p.text.endswith("clear.") for p in found if p.kind == "text" and p.section == "1. Results")
    rows = [row for p in found if p.kind == "table" for row in p.text.split("\n")]
    assert [row for row in rows if "|" in row] == TABLE.split("\n")
    pages = [p.page for p in found]
    assert pages == sorted(pages, key=lambda page: page or 0)


def test_overlap_repeats_whole_sentences() -> None:
    _, plain = cut(300)
    text, overlapping = cut(300, 100)
    one, two = ([p for p in found if p.section == "1. Results" and p.kind == "text"] for found in (plain, overlapping))
    assert len(two) > len(one)
    for before, after in pairwise(two):
        assert after.start < before.end
        assert text[after.start : before.end] in SENTENCES  # one of them fits into 100 characters


def test_a_table_comes_with_its_caption() -> None:
    _, found = cut(5000)
    assert [(p.kind, p.text[:12], p.page) for p in found if p.kind in ("table", "caption")] == [
        ("table", "Table 1. Fil", 2),
        ("caption", "Figure 1. A ", 3),
    ]


def test_nothing_gives_nothing() -> None:
    assert passages("d", "", [], Cut()) == []
    assert passages("d", "Only", [Placed(Block("Only", "heading", "Only"), 0, 4)], Cut()) == []


@pytest.mark.parametrize(("longest", "overlap"), [(50, 0), (30_000, 0), (1000, 600), (1000, -1)])
def test_sizes_that_make_no_sense(longest: int, overlap: int) -> None:
    with pytest.raises(UsageError):
        Cut(longest, overlap)


@pytest.mark.parametrize(
    "sentences",
    [
        ["The yield was ca. 85% (Fig. 2).", "A second run by J. Smith et al. failed."],
        ["At 1.5 mol L-1 it dissolves, e.g. THF, i.e. cyclic ethers.", "See Ref. 12.", "Tg = 250.5 °C."],
        ["It is stable.[12,13]", "Then it melts.", "(This is known.)"],
        ["No. 5 is the best vs. No. 6.", "\"Why?\" he asked.", "λmax lies at 500 nm!"],
        ["It melts at 300 °C.", "The film is tough."],
        ["One sentence without an end"],
    ],
)  # fmt: skip
def test_sentences(sentences: list[str]) -> None:
    text = "  " + " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences
