"""The starter corpus: short notes in our own words, each with one reference (``VERIFIED.md`` says where it was seen)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

from core.candidate import Citation
from core.errors import LiteratureError
from core.interfaces import LiteratureStore, Passage

#: Parts what the source says from what we conclude for design; nothing after it may be quoted as the source's.
REMARK = " Our remark: "


@lru_cache(maxsize=1)
def load_notes() -> tuple[Passage, ...]:
    """Every note, ordered by key. ``score`` is 0: nothing was asked yet. Raises LiteratureError if a shipped file is damaged."""
    notes: dict[str, Passage] = {}
    folder = resources.files(__package__)
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            table = tomllib.loads(file.read_text("utf-8"))["note"]
            passages = [_passage(entry) for entry in table]
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            raise LiteratureError(f"the shipped notes {file.name} cannot be read: {error}") from error
        for passage in passages:
            if passage.key in notes:
                raise LiteratureError(f"the shipped notes {file.name}: key {passage.key!r} occurs twice")
            notes[passage.key] = passage
    return tuple(notes[key] for key in sorted(notes))


def ensure_corpus(store: LiteratureStore) -> int:
    """Load the starter corpus into ``store``; returns how many notes were new or changed.

    Calling it again writes nothing, since the store compares contents. Raises LiteratureError if the store cannot be used.
    """
    return store.add(load_notes())


def _passage(entry: dict[str, object]) -> Passage:
    key, tags = str(entry["key"]), entry["tags"]
    if not isinstance(tags, list):
        raise ValueError(f"note {key!r}: tags is not a list")
    text = f"{_line(entry['text'])}{REMARK}{_line(entry['remark'])}"
    citation = Citation(
        number=1,
        key=key,
        title=str(entry["title"]),
        year=int(str(entry["year"])),
        doi=str(entry["doi"]),
        authors=str(entry["authors"]),
        passage=text,
    )
    return Passage(key=key, text=text, score=0.0, citation=citation, tags=tuple(str(tag) for tag in tags))


def _line(text: object) -> str:
    return " ".join(str(text).split())
