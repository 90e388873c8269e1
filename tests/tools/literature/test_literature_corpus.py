"""The shipped notes: each complete, in bounds, and with a reference that was seen in a source."""

from __future__ import annotations

import json
import re
from importlib import resources

from core.interfaces import Passage
from tests.tables import each_row
from tools.literature import build_idf
from tools.literature.corpus import REMARK, load_notes
from tools.literature.evidence import STRUCTURAL_HINTS

NOTES = load_notes()
VERIFIED = resources.files("tools.literature.corpus").joinpath("VERIFIED.md").read_text("utf-8")


def test_there_are_about_thirty_notes_or_more_with_keys_of_their_own() -> None:
    assert len(NOTES) >= 30
    assert len({n.key for n in NOTES}) == len(NOTES)
    assert [n.key for n in NOTES] == sorted(n.key for n in NOTES)
    assert len({n.citation.doi.lower() for n in NOTES}) == len(NOTES)


@each_row("note", NOTES)
def test_a_note_is_short_and_its_reference_complete(note: Passage) -> None:
    assert 60 <= len(note.text.split()) <= 150
    assert re.fullmatch(r"10\.\d{4,5}/\S+", note.citation.doi)
    assert note.citation.year is not None
    assert 1900 <= note.citation.year <= 2026
    assert len(note.citation.title) > 3
    assert note.citation.authors
    assert note.citation.key == note.key
    assert note.tags
    assert re.fullmatch(r"[a-z0-9-]+", note.key)
    assert not re.search(r"\[\d+\]", note.text)


@each_row("note", NOTES)
def test_a_note_says_what_the_source_says_and_what_we_conclude(note: Passage) -> None:
    said, mark, remark = note.text.partition(REMARK)
    assert mark
    assert len(said.split()) >= 10
    assert remark
    assert REMARK.strip() not in remark


@each_row("note", NOTES)
def test_where_the_reference_was_seen_is_written_down(note: Passage) -> None:
    row = re.search(rf"^\| `{note.key}` \| (\S+) \| (.{{20,}}) \|$", VERIFIED, re.MULTILINE)
    assert row, f"{note.key} has no entry in VERIFIED.md"
    assert row[1] == note.citation.doi
    assert "http" in row[2] or "public GitHub repositories" in row[2] or "documentation" in row[2]


def test_nothing_else_is_listed_as_seen() -> None:
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", VERIFIED, re.MULTILINE)) == {n.key for n in NOTES}


def test_every_structural_hint_comes_from_a_note() -> None:
    assert {tag for n in NOTES for tag in n.tags} >= STRUCTURAL_HINTS


def test_the_shipped_weights_belong_to_the_shipped_notes() -> None:
    shipped = json.loads(resources.files("tools.literature").joinpath("idf.json").read_text("utf-8"))
    assert shipped == build_idf.compute(), "run: python -m tools.literature.build_idf"
