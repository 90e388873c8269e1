"""``python -m evals.benchmarks.literature_speed``: the search in papers at 100,000 and 500,000 made-up abstracts, on one machine.

The first abstracts are embedded with the model; the others are copies of these with a tenth of the words drawn anew and noise on the vectors (both
seeded), since embedding them all would take hours. Their relevance means nothing, only their number.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import MolwrightError
from core.passages import Document, Passage
from core.settings import Settings
from evals.benchmarks.literature_corpus import abstracts, paper, perturbed, question
from evals.kept_vectors import vectors_of
from evals.literature_report import write_page
from evals.sections import ResultTable, Section, write_section
from memory.passages.embedded import EmbeddedPassages
from tools.literature.analysis import sentence_words
from tools.literature.minilm.model import MiniLm
from tools.literature.retrieval import retrieve

#: Abstracts that are embedded: more would take hours on a small machine, and what is measured does not depend on it.
EMBEDDED = 4000
SEED, BATCH, NOISE = 11, 5000, 0.6
_INGESTED, _WARM = 256, 20


@dataclass(frozen=True)
class Speed:
    """What was measured at one size. Times of one question in milliseconds, ``stored`` in passages a second of processor time."""

    size: int
    wall_50: float
    wall_95: float
    processor: float
    processor_95: float
    recall: float
    stored: float
    memory: float


class Timed:
    """The embedder of the questions: their vectors are made as in a search, and counted with it."""

    def __init__(self, model: MiniLm) -> None:
        self._model = model
        self.name, self.dimension = model.name, model.dimension

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return self._model.embed(texts)


def indexed(texts: Sequence[tuple[str, str]]) -> list[str]:
    """What vectors are made of: title and abstract."""
    return [f"{title}\n{text}" for title, text in texts]


def made(
    texts: Sequence[tuple[str, str]], vectors: NDArray[np.float32], size: int
) -> Iterator[tuple[Document, Passage, NDArray[np.float32]]]:
    """``size`` papers with a vector each: the embedded ones, then copies of them in turn."""
    draw, noise = random.Random(SEED), np.random.default_rng(SEED)
    for number in range(size):
        title, text = texts[number % len(texts)]
        vector = vectors[number % len(texts)]
        if number >= len(texts):
            text = perturbed(text, draw)
            vector = vector + NOISE * noise.normal(size=len(vector)).astype(np.float32) / len(vector) ** 0.5
        yield *paper(number, title, text, draw), vector / np.linalg.norm(vector)


def measure(store: EmbeddedPassages, model: MiniLm, asked: Sequence[str], stored: float) -> Speed:
    """The search with every question, once each, after a few to warm up; recall@10 of the vectors against comparing all, on 50 of them."""
    embedder = Timed(model)
    for text in asked[:_WARM]:
        retrieve(store, text, embedder=embedder)
    wall, processor = [], []
    for text in asked[_WARM:]:
        begun, used = time.perf_counter(), time.process_time()
        retrieve(store, text, embedder=embedder)
        wall.append(1000.0 * (time.perf_counter() - begun))
        processor.append(1000.0 * (time.process_time() - used))
    vectors = model.array(asked[:50]).tolist()
    pairs = zip(store.nearest(vectors, 10, exact=True), store.nearest(vectors, 10), strict=True)
    found = [len(set(exact) & set(near)) / max(1, len(exact)) for exact, near in pairs]
    p = [float(x) for x in np.percentile(wall, [50, 95])]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost = float(np.mean(processor)), float(np.percentile(processor, 95))
    return Speed(store.count(), p[0], p[1], *cost, float(np.mean(found)), stored, memory)


def embedding_rate(texts: Sequence[str], folder: Path) -> tuple[float, float]:
    """Passages embedded a second of processor time, and a second of the clock with all cores."""
    model = MiniLm(folder)
    model.array(texts)  # the first passages of a process are slower
    begun, used = time.perf_counter(), time.process_time()
    model.array(texts)
    return len(texts) / (time.process_time() - used), len(texts) / (time.perf_counter() - begun)


def run(sizes: Sequence[int], embedded: int, folder: Path, cache: Path | None, questions: int) -> tuple[list[Speed], tuple[float, float]]:
    """The figures at each size, growing one store; and how fast passages are embedded."""
    texts = list(abstracts(embedded))
    rate = embedding_rate(indexed(texts[:_INGESTED]), folder)
    vectors, model = vectors_of(indexed(texts), folder, cache), MiniLm(folder, threads=1)
    draw = random.Random(SEED)
    asked = [question(draw) for _ in range(questions)]
    result = []
    with tempfile.TemporaryDirectory() as scratch:
        store = EmbeddedPassages(Path(scratch), sentence_words, space=model.name)
        rows, used, held = made(texts, vectors, max(sizes)), 0.0, 0
        for size in sorted(sizes):
            while held < size:
                batch = [row for _, row in zip(range(min(BATCH, size - held)), rows, strict=False)]
                begun = time.process_time()
                held += store.add([d for d, _, _ in batch], [p for _, p, _ in batch], [v.tolist() for _, _, v in batch])
                used += time.process_time() - begun
            result.append(measure(store, model, asked, held / used))
            print(result[-1], flush=True)
        store.close()
    return result, rate


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.literature_speed", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 500_000])
    parser.add_argument("--embedded", type=int, default=EMBEDDED, help="how many abstracts are embedded; the others are copies of them")
    parser.add_argument("--questions", type=int, default=220, help="how many questions are asked; the first 20 warm up")
    parser.add_argument("--embeddings", type=Path, help="folder of the model; as a rule that of 'molwright literature embeddings fetch'")
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept for the next time")
    parser.add_argument("--busy", action="store_true", help="say on the page that other programs ran meanwhile")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/literature.md")
    options = parser.parse_args(arguments)
    try:
        folder = options.embeddings or Settings().home / "embeddings" / MiniLm.name
        result, rate = run(options.sizes, options.embedded, folder, options.cache, options.questions)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"embedding: {rate[0]:.0f} passages a second of one core, {rate[1]:.0f} a second of the clock with all")
    if options.write:
        write_section("literature", "speed", _section(result, rate, options.embedded, options.questions - _WARM, options.busy))
        write_page()
    return 0


def _section(result: Sequence[Speed], rate: tuple[float, float], embedded: int, questions: int, busy: bool) -> Section:
    rows: list[list[str | int | float | None]] = [
        [
            *(f"{r.size:,}", f"{r.processor:.0f} / {r.processor_95:.0f}", f"{r.wall_50:.0f} / {r.wall_95:.0f}"),
            *(f"{r.recall:.3f}", f"{r.stored:.0f}", f"{r.memory:.0f}"),
        ]
        for r in result
    ]
    load = "; other programs ran on the two cores meanwhile, so that the wall times are upper bounds" if busy else ""
    sizes = " ".join(str(r.size) for r in result)
    columns = ["passages", "processor ms a question, mean / p95", "wall ms, p50 / p95", "recall@10 of the vectors", "stored a second", "MB"]
    return Section(
        title="How fast it is",
        order=20,
        command=f"python -m evals.benchmarks.literature_speed --sizes {sizes} --embedded {embedded} --write",
        path="`tools/literature/retrieval.py` on `EmbeddedPassages`, the question's vector included",
        text=f"""
Made-up abstracts from a seeded generator (`evals/benchmarks/literature_corpus.py`), of which {embedded:,} are embedded; the others are copies of these with a
tenth of the words drawn anew and noise on the vectors. Their relevance means nothing, only their number. {questions} questions, one after the other, none
twice. Processor time is that of all threads{load}. Recall is that of the
vector search against comparing every vector, over 50 questions. "Stored" counts all but the embedding, per second of processor time; the embedding makes
{rate[0]:.0f} passages a second and core, {rate[1]:.0f} a second of the clock on both cores. MB is the largest memory of the process, the embedding model included.
""",
        tables=[ResultTable(columns=columns, rows=rows)],
    )


if __name__ == "__main__":
    sys.exit(main())
