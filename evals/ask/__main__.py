"""``python -m evals.ask DATA``: how well questions are answered from the passages of a retrieval set in BEIR's layout.

``--learn`` also learns the weights that ship (``tools/literature/answering/weights.json``); ``--write`` saves the figures for
``docs/literature.md`` and puts them there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import data as shipped_data
from core.errors import MolwrightError, UsageError
from core.settings import Settings
from evals.ask.learn import fit, save
from evals.ask.report import section
from evals.ask.run import Judged, gathered, held_out, small_collections, unanswered
from evals.kept_vectors import vectors_of
from evals.literature_report import write_page
from evals.retrieval.dataset import RetrievalSet, indexed_texts, read
from evals.retrieval.paraphrases import taught
from evals.retrieval.run import fill
from evals.sections import write_section
from tools.literature.answering.weights import AnsweringWeights
from tools.literature.minilm.model import MiniLm

WEIGHTS = Path(__file__).resolve().parents[2] / "tools" / "literature" / "answering" / "weights.json"


@dataclass(frozen=True)
class Came:
    """What came of one way of searching: the questions, the same without their document, those that nothing answers, and in small collections."""

    weights: AnsweringWeights
    answered: list[Judged]
    lacking: list[Judged]
    unanswerable: list[Judged]
    small: tuple[list[Judged], list[Judged]]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.ask", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl, queries.jsonl, qrels_passage.tsv and sources.csv")
    parser.add_argument("--embeddings", type=Path, help="folder of the model; as a rule that of 'molwright literature embeddings fetch'")
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept for the next time")
    parser.add_argument("--learn", action="store_true", help="learn the weights that ship from all questions")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/literature.md")
    options = parser.parse_args(arguments)
    try:
        data = read(options.data)
        if not data.questions:
            raise UsageError(f"{options.data}: no question has a judged passage")
        table = shipped_data.table("evals", "data/unanswerable_questions.toml")
        groups = {name: [str(q) for q in questions] for name, questions in table.items()}
        folder = options.embeddings or Settings().home / "embeddings" / MiniLm.name
        none = [question for questions in groups.values() for question in questions]
        passages, asked, nothing, others = (
            vectors_of(part, folder, options.cache)
            for part in (indexed_texts(data), [q.text for q in data.questions], none, [q.text for q in taught(data)])
        )
        came = _came(data, none, passages, asked, nothing, others)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.learn:
        save(came["words and vectors"].weights, came["words alone"].weights, WEIGHTS)
    written = {row["question"]: row["answer"] for row in shipped_data.rows("evals", "data/literature/written_answers.tsv")}
    made = section(data, groups, written, came)
    for result in made.tables:
        print(result.caption, *(" | ".join(str(cell) for cell in row) for row in result.rows), sep="\n  ")
    if options.write:
        write_section("literature", "answering", made)
        write_page()
    return 0


def _came(
    data: RetrievalSet,
    none: Sequence[str],
    passages: NDArray[np.float32],
    asked: NDArray[np.float32],
    nothing: NDArray[np.float32],
    others: NDArray[np.float32],
) -> dict[str, Came]:
    result = {}
    with tempfile.TemporaryDirectory() as scratch:
        store = fill(Path(scratch), data, passages)
        for way in ("words and vectors", "words alone"):
            of = [row.tolist() if way == "words and vectors" else None for row in asked]
            more = [(q, row.tolist()) for q, row in zip(taught(data), others, strict=True)] if way == "words and vectors" else []
            full, lacking, fold = gathered(store, list(zip(data.questions, of, strict=True)), more)
            answered, without = held_out(full, lacking, fold, data.questions)
            weights = fit(full, lacking)
            queries = [row.tolist() if way == "words and vectors" else None for row in nothing]
            small = small_collections(data, passages, asked if way == "words and vectors" else None, full, lacking)
            result[way] = Came(weights, answered, without, unanswered(store, none, queries, weights), small)
        store.close()
    return result


if __name__ == "__main__":
    sys.exit(main())
