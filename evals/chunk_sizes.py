"""How the length and the overlap of passages change what a search brings up: ``python -m evals.chunk_sizes FOLDER``.

FOLDER holds a retrieval set whose judged passages have their place in a document (corpus.jsonl with doc, start and end; queries.jsonl;
qrels_passage.tsv). The documents are put together again, cut in each way by ``tools.literature.chunking``, and searched by BM25 on stemmed
words. Passages of different lengths cannot be compared by rank, so what is compared is what a reader gets: the share of the judged passage's
characters that stand in the first 4,000 characters of the results, with the difference to the default and its 95 % interval over questions.

What it cannot show: the judgements were made on passages of about 900 characters cut without regard to sections, which may favour lengths
near that; which sentence answers is not known; the texts have neither pages nor captions of their own; and vectors may prefer other lengths
than words do.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.seeding import generator

SHOWN = 4_000
CUTS = ((300, 0), (500, 0), (800, 0), (1000, 0), (1000, 150), (1000, 300), (1500, 0), (1500, 225), (2500, 0))
DEFAULT = (1000, 0)
_K1, _B = 1.2, 0.75


@dataclass(frozen=True)
class Chunk:
    """A passage by its place."""

    document: str
    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question with the places that answer it."""

    words: tuple[str, ...]
    gold: tuple[tuple[str, int, int], ...]


class Bm25:
    """BM25 over chunks, in memory."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for n, chunk in enumerate(chunks):
            for word, times in Counter(chunk.words).items():
                postings[word].append((n, times))
        lengths = np.array([len(c.words) for c in chunks], dtype=float)
        self._norm = _K1 * (1 - _B + _B * lengths / max(1.0, float(lengths.mean())))
        self._postings = {w: (np.array([n for n, _ in p]), np.array([t for _, t in p], dtype=float)) for w, p in postings.items()}
        self._size = len(chunks)

    def ranked(self, words: Sequence[str], limit: int) -> NDArray[np.intp]:
        """Numbers of the best chunks, best first, ties by number; empty for words that none has."""
        scores = np.zeros(self._size)
        for word in set(words):
            if word in self._postings:
                ids, times = self._postings[word]
                idf = math.log(1 + (self._size - len(ids) + 0.5) / (len(ids) + 0.5))
                scores[ids] += idf * times * (_K1 + 1) / (times + self._norm[ids])
        best = np.argsort(-scores, kind="stable")[:limit]
        return best[scores[best] > 0]


def documents(folder: Path) -> tuple[dict[str, str], dict[str, tuple[str, int, int]]]:
    """The texts of the documents, put together from their passages, and the place of each passage."""
    pieces: dict[str, list[tuple[int, str]]] = defaultdict(list)
    places = {}
    for row in map(json.loads, (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()):
        pieces[row["doc"]].append((row["start"], row["text"]))
        places[row["_id"]] = (row["doc"], row["start"], row["start"] + len(row["text"]))
    texts = {}
    for name, found in pieces.items():
        text = ""
        for start, piece in sorted(found):
            text = text[:start].ljust(start) + piece
        texts[name] = text
    return texts, places


def questions(folder: Path, places: dict[str, tuple[str, int, int]]) -> list[Asked]:
    """The questions that have a judged passage."""
    from tools.literature.terms import words

    gold: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for line in (folder / "qrels_passage.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, passage, score = line.split("\t")
        if float(score) > 0:
            gold[question].append(places[passage])
    rows = map(json.loads, (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return [Asked(tuple(words(row["text"])), tuple(gold[row["_id"]])) for row in rows if gold[row["_id"]]]


def chunks(texts: dict[str, str], longest: int, overlap: int) -> list[Chunk]:
    """The documents cut in one way; what looks like a heading opens a section."""
    from tools.literature.chunking import Cut, Placed, passages
    from tools.literature.reading.parts import Block
    from tools.literature.reading.plain_text import is_heading
    from tools.literature.terms import words

    found = []
    for name, text in texts.items():
        section: str | None = None
        placed = []
        for paragraph in re.finditer(r"\S.*?(?=\n\s*\n|\Z)", text, re.DOTALL):
            line = paragraph[0].strip().lstrip("#* ").rstrip("* ")
            heading = len(line) < 90 and is_heading(line)
            section = line if heading else section
            placed.append(Placed(Block(paragraph[0], "heading" if heading else "text", section), paragraph.start(), paragraph.end()))
        for p in passages(name, text, placed, Cut(longest, overlap)):
            found.append(Chunk(name, p.start, p.end, tuple(words(f"{p.section or ''} {p.text}"))))
    return found


def shares(cut: Sequence[Chunk], asked: Sequence[Asked]) -> NDArray[np.float64]:
    """For each question the share, 0 to 1, of the judged characters that stand in the first characters shown."""
    index = Bm25(cut)
    found = []
    for question in asked:
        shown: dict[str, set[int]] = defaultdict(set)
        left = SHOWN
        for n in index.ranked(question.words, 200):
            chunk = cut[n]
            take = min(left, chunk.end - chunk.start)
            shown[chunk.document].update(range(chunk.start, chunk.start + take))
            left -= take
            if left <= 0:
                break
        total = sum(end - start for _, start, end in question.gold)
        found.append(sum(sum(1 for c in range(start, end) if c in shown[doc]) for doc, start, end in question.gold) / total)
    return np.array(found)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    texts, places = documents(given.folder)
    asked = questions(given.folder, places)
    results = {}
    for longest, overlap in CUTS:
        cut = chunks(texts, longest, overlap)
        results[longest, overlap] = (len(cut), shares(cut, asked))
    rng = np.random.default_rng(generator(0, "chunk sizes", 1, "bootstrap").getrandbits(64))
    rows = rng.integers(0, len(asked), (2000, len(asked)))
    print(
        f"{len(asked)} questions, {len(texts)} documents\n\n| longest | overlap | passages | share shown | difference to the default |\n|--:|--:|--:|--:|--:|"
    )
    for (longest, overlap), (count, found) in results.items():
        difference = found - results[DEFAULT][1]
        low, high = np.quantile(difference[rows].mean(axis=1), (0.025, 0.975))
        print(f"| {longest} | {overlap} | {count:,} | {found.mean():.3f} | {difference.mean():+.3f} [{low:+.3f}, {high:+.3f}] |")


if __name__ == "__main__":
    main()
