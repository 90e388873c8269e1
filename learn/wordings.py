"""The wordings of tasks: ``wordings.toml`` has those of training and those of the test apart."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from learn.example import Split

FILE = Path(__file__).with_name("wordings.toml")


@lru_cache(maxsize=1)
def wordings() -> Mapping[str, Any]:
    """All of them. ``[frames.KIND]`` and ``[words.TABLE.NAME]`` have the lists ``train`` and ``test``."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def frames(kind: str, split: Split) -> Sequence[str]:
    """How a task of a kind is put; with the places {x}, {y}, {z} for structures, {p}, {q} for what is asked."""
    found: Sequence[str] = wordings()["frames"][kind][split]
    return found


def words(table: str, split: Split) -> dict[str, Sequence[str]]:
    """How each thing of a table (properties, rules) is called."""
    return {name: row[split] for name, row in wordings()["words"][table].items()}


def said(frame: str, rng: random.Random, **places: str) -> str:
    """``frame`` with its places filled, now and then as people type: without capitals or the last mark."""
    text = frame.format(**places)
    chance = rng.random()
    if chance < 0.12 and text.endswith(("?", ".")):
        text = text[:-1]
    if chance > 0.9 and text[:1].isupper() and text[1:2].islower():
        text = text[:1].lower() + text[1:]
    return text
