"""Passages as JSON values, for records of a run and for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from core.candidate import Citation
from core.errors import LiteratureError
from core.interfaces import Passage


def passages_to_json(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Each passage as a JSON object: key, text, score, citation, tags."""
    return [
        {"key": p.key, "text": p.text, "score": p.score, "citation": p.citation.model_dump(mode="json"), "tags": list(p.tags)}
        for p in passages
    ]


def passages_from_json(values: Sequence[dict[str, Any]]) -> list[Passage]:
    """The passages that :func:`passages_to_json` wrote. Raises LiteratureError if a value has another form."""
    try:
        return [
            Passage(
                key=str(v["key"]),
                text=str(v["text"]),
                score=float(v["score"]),
                citation=Citation.model_validate(v["citation"]),
                tags=tuple(str(tag) for tag in v["tags"]),
            )
            for v in values
        ]
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise LiteratureError(f"a recorded passage cannot be read: {error}") from error
