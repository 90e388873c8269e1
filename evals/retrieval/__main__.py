"""``python -m evals.retrieval DATA``: how well the search finds the passages of a retrieval set in BEIR's layout.

``--learn`` also learns the weights that ship (``tools/literature/fusion.json``); ``--write`` saves the figures for ``docs/literature.md``
and puts them there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.errors import MolwrightError, UsageError
from core.settings import Settings
from evals.kept_vectors import vectors_of
from evals.literature_report import write_page
from evals.retrieval.dataset import RetrievalSet, indexed_texts, read
from evals.retrieval.learn import FOLDS
from evals.retrieval.paraphrases import taught
from evals.retrieval.run import Outcome, ask, fill, learn, outcomes
from evals.sections import ResultTable, Section, write_section
from tools.literature.minilm.model import MiniLm

WEIGHTS = Path(__file__).resolve().parents[2] / "tools" / "literature" / "fusion.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval", description=__doc__)
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
        folder = options.embeddings or Settings().home / "embeddings" / MiniLm.name
        more = taught(data)
        texts, asked = indexed_texts(data), [q.text for q in data.questions]
        passages, questions, others = (vectors_of(part, folder, options.cache) for part in (texts, asked, [q.text for q in more]))
        with tempfile.TemporaryDirectory() as scratch:
            store = fill(Path(scratch), data, passages)
            found, also = ask(store, data.questions, questions), ask(store, more, others)
            store.close()
        result = outcomes(data.questions, found, also)
        if options.learn:
            learn(found, also, WEIGHTS)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for row in result:
        print(f"{row.way:48s} nDCG@10 {row.ndcg}  recall@10 {row.recall}")
    if options.write:
        write_section("literature", "retrieval", _section(data, result))
        write_page()
    return 0


def _section(data: RetrievalSet, result: Sequence[Outcome]) -> Section:
    documents = len({question.document_id for question in data.questions})
    rows: list[list[str | int | float | None]] = [[row.way, str(row.ndcg), str(row.recall)] for row in result]
    return Section(
        title="How well it finds",
        order=10,
        command="python -m evals.retrieval DATA --learn --write",
        path="`EmbeddedPassages.search`, then `tools/literature/fusion.py`",
        text=f"""
DATA is ChemRxivQuest (M. Amiri, T. Bocklitz, CC BY 4.0, https://arxiv.org/abs/2505.05232) in BEIR's layout: {len(data.questions)} questions about {documents}
of {len(data.documents)} chemistry preprints, cut into {len(data.passages)} passages of which one or two answer a question. What is learnt is judged on
questions about documents that it was not learnt from, in {FOLDS} folds by document; the weights that ship are learnt from all of them, and
this set cannot judge them any more. Learnt from are also 200 questions in other words than their passages (`evals/data/literature/paraphrased.tsv`), by the same
folds, where there are vectors. Vectors are of title and passage, as `molwright literature add` makes them. In brackets: 95 % intervals, by drawing documents anew.
""",
        tables=[ResultTable(columns=["way", "nDCG@10", "recall@10"], rows=rows)],
        notes=[
            "The questions stand close to the words of their passages: BM25 alone has nine in ten among the first ten. The figures"
            " say little about questions in other words, which are measured next.",
            "The features, and how many passages are asked for (60 and 60) and looked at closely (50 and 35), were chosen with these figu"
            "res in view, so that they flatter a little.",
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
