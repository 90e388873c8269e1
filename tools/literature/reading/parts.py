"""What reading a file gives: its metadata, and its text as blocks with their section and page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Literal

BlockKind = Literal["heading", "text", "table", "caption", "abstract"]

#: Longest text of one document, characters: a thesis has two million.
MAX_TEXT = 20_000_000
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b")
_RETRACTED = re.compile(r"^\W*(?:retracted(?: article)?|article retracted|withdrawn)\b(?=\W|$)(?! for\b)\W*", re.IGNORECASE)
#: Control characters that no text needs; NUL cannot be stored in PostgreSQL.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF, 0xAD], None)
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": None, "\ufeff": None})
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})


class Unreadable(Exception):
    """A file or record that cannot be read; the message says why, for the person who gave it."""


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, table or caption. A heading belongs to the section that it opens."""

    text: str
    kind: BlockKind = "text"
    section: str | None = None
    page: int | None = None


@dataclass(frozen=True)
class Reading:
    """A paper as it was read; None and () stand for what it does not say. ``retracts``: DOIs that it, a notice of retraction, takes back."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    journal: str | None = None
    licence: str | None = None
    retracted: bool | None = None
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    notes: tuple[str, ...] = ()
    retracts: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether there is more than a title and an abstract."""
        return any(block.kind not in ("abstract", "heading") for block in self.blocks)


def clean(text: str) -> str:
    """``text`` without control characters and ligatures, every run of white space one space. Sub- and superscripts stay."""
    text = unicodedata.normalize("NFC", text.translate(_CONTROLS).translate(_HYPHENS).translate(_LIGATURES))
    return " ".join(text.split())


def bare_doi(text: str | None) -> str | None:
    """The DOI in ``text`` (an address, 'doi:…' or the DOI itself), in lower case; None if there is none."""
    found = _DOI.search((text or "").translate(_CONTROLS))
    if found is None:
        return None
    doi = found[0].rstrip(".,;:'\"]}").lower()
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;")
    return doi


def year_of(text: Any) -> int | None:
    """The first year, 1600 to 2099, in ``text``; None if there is none."""
    found = _YEAR.search(str(text or ""))
    return int(found[0]) if found else None


def titled(reading: Reading) -> Reading:
    """The reading with a mark of retraction taken from its title: 'RETRACTED: …', 'Retracted Article: …'."""
    title = clean(reading.title)
    found = _RETRACTED.match(title)
    if found and found.end() < len(title) and (title[: found.end()].upper() == title[: found.end()] or ":" in found[0] or "]" in found[0]):
        return replace(reading, title=title, retracted=True)
    return replace(reading, title=title)


def people(names: Any) -> tuple[str, ...]:
    """Authors from a list of names or one string ('A; B', 'A and B'); () for anything else."""
    if isinstance(names, str):
        names = re.split(r"\s*;\s*|\s+and\s+", names)
    if not isinstance(names, (list, tuple)):
        return ()
    return tuple(name for name in (clean(n) for n in names if isinstance(n, str)) if name)
