"""Training sets held against every evaluation: what is asked there must not be trained on."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evals.suites.base import DATA
from learn.example import Example

#: Shared words of all words of two texts from which on they are the same but for a detail, 0 to 1.
NEAR = 0.8
#: Texts of evaluations that are shorter are names and values, longer ones results.
_FEWEST, _MOST = 3, 120
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Contamination:
    """What was found.

    Attributes:
        texts: texts of evaluations that were held against, from how many ``files``.
        same, near: examples that were left out because their words are those of such a text, or nearly (:data:`NEAR`).
        between: examples of the test whose words stand in training too; they were left out.
        nearest: the largest share of words that a kept example has in common with a text of an evaluation, and the two.
    """

    texts: int
    files: int
    same: int
    near: int
    between: int
    nearest: tuple[float, str, str]


def evaluation_texts(folder: Path = DATA) -> dict[str, str]:
    """Every text of the evaluations, in normal form, with its file. Tables, TOML, JSON and plain text are read, whatever they hold."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".toml", ".tsv", ".txt", ".json", ".md"):
            for text in _strings(path):
                words = _WORD.findall(text.lower())
                if _FEWEST <= len(words) <= _MOST:
                    found.setdefault(" ".join(words), path.relative_to(folder).as_posix())
    return found


def _strings(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from _leaves(tomllib.loads(text))
    elif path.suffix == ".json":
        yield from _leaves(json.loads(text))
    elif path.suffix == ".tsv":
        for row in csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
            yield from row
    else:
        yield from text.splitlines()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)


class Nearest:
    """Finds the text that shares most words with another; looks only at texts that share a rare one."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = [frozenset(t.split()) for t in texts]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._words):
            for word in words:
                self._by_word[word].append(number)

    def of(self, text: str) -> tuple[float, str]:
        """(the largest share of common words, 0 to 1; that text's words), (0, '') where none shares a word."""
        words = frozenset(normal(text).split())
        known = sorted((w for w in words if w in self._by_word), key=lambda w: (len(self._by_word[w]), w))
        # a text that shares NEAR of the words shares one of the rarest few
        candidates = {n for w in known[: max(1, len(words) - int(NEAR * len(words)) + 1)] for n in self._by_word[w]}
        best, said = 0.0, ""
        for number in sorted(candidates):
            share = len(words & self._words[number]) / len(words | self._words[number])
            if share > best:
                best, said = share, " ".join(sorted(self._words[number]))
        return best, said


def normal(text: str) -> str:
    """The words of a text in lower case."""
    return " ".join(_WORD.findall(text.lower()))


@lru_cache(maxsize=2)
def _held_against(folder: Path) -> tuple[dict[str, str], Nearest]:
    texts = evaluation_texts(folder)
    return texts, Nearest(texts)


def cleaned(train: Sequence[Example], test: Sequence[Example], folder: Path = DATA) -> tuple[list[Example], list[Example], Contamination]:
    """The examples whose words stand in no evaluation and in no other part, and what was left out."""
    texts, nearest = _held_against(folder)
    same = near = 0
    closest: tuple[float, str, str] = (0.0, "", "")
    kept: dict[str, list[Example]] = {"train": [], "test": []}
    seen: dict[str, tuple[float, str]] = {}
    for example in (*train, *test):
        asked = normal(example.asked)
        small_talk = example.kind in ("answer", "list", "report")  # "hello" is said everywhere, and is right or wrong for nobody
        if asked in texts:
            same += 1
            continue
        if asked not in seen:
            seen[asked] = nearest.of(asked)
        share, other = seen[asked]
        if share >= NEAR and not small_talk:
            near += 1
            continue
        if share > closest[0] and not small_talk:
            closest = (round(share, 3), example.asked, other)
        kept[example.split].append(example)
    trained = {normal(e.asked) for e in kept["train"]}
    apart = [e for e in kept["test"] if normal(e.asked) not in trained]
    between = len(kept["test"]) - len(apart)
    return kept["train"], apart, Contamination(len(texts), len(set(texts.values())), same, near, between, closest)
