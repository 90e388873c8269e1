"""What is known of each sentence of the passages found, and of all of them together, as numbers that are learnt from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.passages import Document, Passage
from tools.literature.analysis import passage_words, words_of
from tools.literature.answering.instructions import instructs
from tools.literature.sentences import sentence_spans

#: The columns of :func:`sentence_table`. Shares are 0 to 1, weighted by how rare a word is in the collection.
SENTENCE = (
    "covered",  # of the question in the sentence
    "pairs",  # neighbouring words of the question that are neighbours here, too
    "covered_around",  # of the question in the sentence and its neighbours
    "covered_passage",  # of the question in the passage and the title
    "names",  # names, formulas and abbreviations of the question that stand here
    "number",  # 1 where the question asks for a number and the sentence has one
    "rank",  # 1 / (1 + rank of the passage), rank from 0
    "lexical_share",  # BM25 of the passage against the best
    "dense_share",  # cosine of the passage against the best, 0 without vectors
    "references",  # looks like a list of references
    "length",  # ln of characters
    "unfinished",  # does not end like a sentence: a heading, a cell, a cut
    "asks",  # is a question itself
)
#: The columns of :func:`evidence_row`, of the chosen sentence and of all that was found.
EVIDENCE = (
    "covered",
    "covered_around",
    "covered_passage",
    "pairs",
    "names",
    "best_covered_passage",  # the largest of all passages
    "lexical",  # largest BM25 against the rarity of the question's words
    "dense",  # largest cosine, 0 without vectors
    "lexical_fall",  # (first - fifth BM25) / first, by size
    "together",  # share of the five best passages that are of the chosen sentence's document
    "rarest_missing",  # rarity of the rarest word of the question that the chosen passage and its title lack, against the rarest
    "words",  # ln of the number of words asked
)
_NAME = re.compile(r"[^\s,;?!'\"]*(?:\d|[a-z][A-Z]|[A-Z]{2})[^\s,;?!'\"]*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WANTS_NUMBER = re.compile(
    r"\bhow (?:much|many|high|low|long|large|fast|far|small|strong|wide|thick|often|efficient)\b"
    r"|\b(?:what|which|at what|to what)\b.{0,60}\b(?:yields?|temperatures?|concentrations?|percentages?|values?|ranges?|sizes?|numbers?|amounts?|energ(?:y|ies)"
    r"|rates?|efficienc(?:y|ies)|capacit(?:y|ies)|ratios?|wavelengths?|ph|times?|durations?|densit(?:y|ies)|pressures?|gaps?|limits?|accurac(?:y|ies)|lengths?"
    r"|diameters?|thickness|voltages?|potentials?|points?|constants?|errors?|lifetimes?|loadings?|years?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![A-Za-z\d.])[-−]?\d+(?:[.,]\d+)*(?![\dA-Za-z]*[A-Za-z]\d)")
_FEWEST = 4  # words that a sentence has at least to answer anything


@dataclass(frozen=True)
class Read:
    """A passage that was found, as it is read for an answer, with its place among those found."""

    passage: Passage
    document: Document
    lexical: float
    dense: float | None


@dataclass(frozen=True)
class Sentence:
    """A sentence of the passage at place ``at`` among those read; ``start`` and ``end`` in characters of the passage's text."""

    at: int
    start: int
    end: int
    text: str


def wants_number(question: str) -> bool:
    """Whether the answer should hold a number."""
    return bool(_WANTS_NUMBER.search(question))


def has_number(text: str) -> bool:
    """Whether a number stands in ``text``; digits inside names and formulas count for none."""
    return bool(_NUMBER.search(text))


def numbers_in(text: str) -> set[float]:
    """The numbers of ``text``; digits inside names and formulas count for none, a comma before three digits is one of thousands."""
    found = (re.sub(r",(?=\d{3}(?!\d))", "", number[0]).replace("−", "-").replace(",", ".") for number in _NUMBER.finditer(text))
    return {float(number) for number in found if number.count(".") <= 1}


def names_in(text: str) -> set[str]:
    """Names with digits or capitals inside, formulas and abbreviations of ``text``, in lower case; plain numbers are none."""
    return {name for name in _names(text) if any(c.isalpha() for c in name)}


def sentences_of(found: Sequence[Read]) -> list[Sentence]:
    """Every sentence of at least four words of the passages, in their order, but none that tells a language model what to do."""
    return [
        Sentence(at, start, end, read.passage.text[start:end])
        for at, read in enumerate(found)
        for start, end in sentence_spans(read.passage.text)
        if len(read.passage.text[start:end].split()) >= _FEWEST and not instructs(read.passage.text[start:end])
    ]


def sentence_table(question: str, found: Sequence[Read], sentences: Sequence[Sentence], rarity: Mapping[str, float]) -> NDArray[np.float64]:
    """One row of :data:`SENTENCE` a sentence. ``rarity``: of the words of the question (``PassageStore.rarity``)."""
    table = np.zeros((len(sentences), len(SENTENCE)))
    asked = passage_words(question)
    wanted, pairs = frozenset(asked), set(pairwise(asked))
    total = _weight(wanted, rarity) or 1.0
    names, number = _names(question), wants_number(question)
    words = [passage_words(s.text) for s in sentences]
    whole = [wanted & (frozenset(passage_words(read.passage.text)) | words_of(read.document.title)) for read in found]
    lexical = max((read.lexical for read in found), default=0.0) or 1.0
    dense = max((read.dense or 0.0 for read in found), default=0.0) or 1.0
    for row, (sentence, mine) in enumerate(zip(sentences, words, strict=True)):
        read = found[sentence.at]
        near = [words[n] for n in (row - 1, row, row + 1) if 0 <= n < len(sentences) and sentences[n].at == sentence.at]
        plain = sentence.text.lower()
        references = len(_YEAR.findall(plain)) + sum(plain.count(w) for w in ("doi", "http", "et al", " vol ", "p."))
        table[row] = (
            _weight(wanted.intersection(mine), rarity) / total,
            len(pairs.intersection(pairwise(mine))) / len(pairs) if pairs else 0.0,
            _weight(wanted.intersection(*[frozenset().union(*near)]), rarity) / total,
            _weight(whole[sentence.at], rarity) / total,
            sum(name in plain for name in names) / len(names) if names else 0.0,
            float(number and has_number(sentence.text)),
            1.0 / (1.0 + sentence.at),
            read.lexical / lexical,
            (read.dense or 0.0) / dense,
            100.0 * references / max(1, len(plain)),
            math.log(max(1, len(plain))),
            float(not sentence.text.rstrip("\"'”’)] ").endswith((".", "!", "?", ":", ";"))),
            float(sentence.text.rstrip().endswith("?")),
        )
    return table


def evidence_row(
    question: str, found: Sequence[Read], sentences: Sequence[Sentence], table: NDArray[np.float64], best: int, rarity: Mapping[str, float]
) -> NDArray[np.float64]:
    """The row of :data:`EVIDENCE` where the sentence at place ``best`` is the one chosen."""
    column = {name: table[:, at] for at, name in enumerate(SENTENCE)}
    chosen = found[sentences[best].at]
    wanted = frozenset(passage_words(question))
    have = frozenset(passage_words(chosen.passage.text)) | words_of(chosen.document.title)
    rarest = max((rarity.get(w, 0.0) for w in wanted), default=0.0) or 1.0
    by_size = sorted((read.lexical for read in found), reverse=True)
    top = by_size[0] or 1.0
    return np.array(
        [
            column["covered"][best],
            column["covered_around"][best],
            column["covered_passage"][best],
            column["pairs"][best],
            column["names"][best],
            float(column["covered_passage"].max()),
            by_size[0] / (_weight(wanted, rarity) or 1.0),
            max((read.dense or 0.0 for read in found), default=0.0),
            (by_size[0] - by_size[min(4, len(by_size) - 1)]) / top,
            sum(read.document.document_id == chosen.document.document_id for read in found[:5]) / min(5, len(found)),
            max((rarity.get(w, 0.0) for w in wanted - have), default=0.0) / rarest,
            math.log(max(1, len(wanted))),
        ]
    )


def _names(question: str) -> set[str]:
    return {name.strip("().[]").lower() for name in _NAME.findall(question)} - {""}


def _weight(words: frozenset[str], rarity: Mapping[str, float]) -> float:
    return sum(rarity.get(word, 0.0) for word in words)
