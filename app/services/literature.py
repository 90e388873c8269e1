"""The literature store, searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app import wiring
from core.interfaces import Passage
from core.settings import Settings


class LiteratureService:
    """Searches the stored notes and passages."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def search(self, query: str, limit: int = 5) -> list[Passage]:
        """The passages nearest to ``query``, best first, each with its reference. LiteratureError if the store cannot be used."""
        from tools.literature.search import search

        with wiring.read_literature(self.settings) as store:
            return search(store, query, limit)

    def to_json(self, passages: Sequence[Passage]) -> list[dict[str, Any]]:
        """Each passage as a JSON object: key, text, score, citation, tags."""
        from tools.literature.passages import passages_to_json

        return passages_to_json(passages)
