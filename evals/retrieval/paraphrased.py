"""``python -m evals.retrieval.paraphrased DATA``: how well the search finds passages that the question shares no content word with but names.

The questions are ours (``evals/data/literature/paraphrased_judged.tsv``), the passages those of DATA. The search is the one that ships, weights
included; nothing is learnt from these questions. ``--write`` saves the figures for ``docs/literature.md`` and puts them there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import MolwrightError
from core.interfaces import Embedder
from core.passages import Hit, PassageStore
from core.settings import Settings
from evals.kept_vectors import vectors_of
from evals.literature_report import write_page
from evals.retrieval.dataset import RetrievalSet, indexed_texts, read
from evals.retrieval.measures import Figure, figure, recall
from evals.retrieval.paraphrases import Paraphrase, paraphrases
from evals.retrieval.run import fill
from evals.sections import ResultTable, Section, write_section
from tools.literature.analysis import passage_words
from tools.literature.fusion import CLOSELY, NEAREST, closely
from tools.literature.minilm.model import MiniLm
from tools.literature.retrieval import CANDIDATES, Answer, retrieve

FIRST = 10
WORDS, VECTORS, BOTH = "BM25 alone", "vectors alone", "learnt fusion with vectors"


#: What became of the questions of the two authors before, which the order has been learnt from since.
EARLIER = """
Two hundred other questions, written in the same way, were asked before: then the learnt fusion found 0.255 of the passages (0.190 to 0.322), BM25 0.195 and vectors alone 0.480, since the candidates
were cut to 50 mostly by words and the order was learnt from questions close to theirs. Since then the nearest by vectors are looked at in any case, questions that no passage has the words of have weights of
their own, and the order is learnt from those two hundred, too (by folds, so judged on papers it was not learnt from, it finds 0.62 of them).
"""


@dataclass(frozen=True)
class Asked:
    """What one question found: the first ten passages by each way, their papers, and whether its passage was a candidate, and a close one."""

    passages: dict[str, list[str]]
    papers: dict[str, list[str]]
    candidate: bool
    close: bool


def ask(store: PassageStore, question: Paraphrase, embedder: Embedder) -> Asked:
    """``question`` by every way; what ships is asked through its own door, which folds near-duplicates."""
    words = store.search(question.text, limit=CANDIDATES)
    both = store.search(question.text, embedder.embed([question.text])[0], limit=CANDIDATES)
    paper = {hit.passage.passage_id: hit.document.document_id for hit in [*words, *both]}
    close = {both[at].passage.passage_id for at in closely(both)}
    passages = {
        WORDS: _first(words, [hit.lexical for hit in words]),
        VECTORS: _first(both, [hit.dense or 0.0 for hit in both]),
        "learnt fusion without vectors": _shown(retrieve(store, question.text, limit=FIRST)),
        BOTH: _shown(retrieve(store, question.text, embedder=embedder, limit=FIRST)),
    }
    papers = {way: [paper[name] for name in names] for way, names in passages.items()}
    return Asked(passages, papers, question.passage_id in paper, question.passage_id in close)


def _first(hits: Sequence[Hit], scores: Sequence[float]) -> list[str]:
    order = sorted(range(len(hits)), key=lambda at: (-scores[at], hits[at].passage.passage_id))
    return [hits[at].passage.passage_id for at in order[:FIRST]]


def _shown(answers: Sequence[Answer]) -> list[str]:
    return [answer.passage.passage_id for answer in answers]


def shared(questions: Sequence[Paraphrase], data: RetrievalSet) -> tuple[int, int]:
    """How many questions share a word, as the search stems it, with their passage and with the title of its paper, names of substances aside."""
    text = {p.passage_id: p.text for p in data.passages}
    title = {d.document_id: d.title for d in data.documents}

    def common(question: Paraphrase, other: str) -> bool:
        return bool((set(passage_words(question.text)) - set(passage_words(question.names))).intersection(passage_words(other)))

    return sum(common(q, text[q.passage_id]) for q in questions), sum(common(q, title[q.document_id]) for q in questions)


def section(data: RetrievalSet, questions: Sequence[Paraphrase], found: Sequence[Asked]) -> Section:
    """The figures with their intervals, as a section of the page."""
    everything = list(range(len(questions)))
    named = [at for at in everything if questions[at].names]
    bare = [at for at in everything if not questions[at].names]
    in_passage, in_title = shared(questions, data)
    learnt = {question.document_id for question in data.questions}
    judged = {name for question in data.questions for name in question.passages}
    inside, same = sum(q.document_id in learnt for q in questions), sum(q.passage_id in judged for q in questions)
    return Section(
        title="How well it finds what is asked in other words",
        order=15,
        command="python -m evals.retrieval.paraphrased DATA --write",
        path="`tools/literature/retrieval.py` on `EmbeddedPassages` with the weights that ship, as `molwright literature find` asks it",
        text=f"""
DATA as above, with {len(questions)} questions of our own (`evals/data/literature/paraphrased_judged.tsv`) about passages of {len({q.document_id for q in questions})}
preprints. The passages were drawn by chance (500 to 2,500 characters, at most two of a paper; the author chose 100 of 120). The author, a language model, wrote the questions blind: it saw the
passages, and neither the search nor what it finds. No question shares a content word with its passage but the names of substances, which {len(named)} have.
These are the figures of the first run; nothing was chosen or learnt with these questions. Recall@10: the share of questions whose passage, or any passage of whose paper, is among the first ten. Lift: the
difference to BM25 on the same questions. In brackets: 95 % intervals, by drawing documents anew. What ships is the learnt fusion, with vectors where there is an embedding model.
"""
        + EARLIER,
        tables=[
            _table(f"Recall@10 of the passage, {len(questions)} questions:", questions, [one.passages for one in found], False, everything),
            _table("Recall@10 of the paper, the same questions:", questions, [one.papers for one in found], True, everything),
            _table(
                f"Recall@10 of the passage, {len(named)} questions with names:", questions, [one.passages for one in found], False, named
            ),
            _table(f"Recall@10 of the passage, {len(bare)} questions without:", questions, [one.passages for one in found], False, bare),
        ],
        notes=[
            f"Learnt fusion with vectors against vectors alone, passages: {_against_vectors(questions, found)}.",
            f"For {sum(one.candidate for one in found)} of the {len(questions)} the passage is among the candidates ({CANDIDATES} by words and {CANDIDATES} by vectors)"
            f", for {sum(one.close for one in found)} among those of these that are looked at closely and put in order ({CLOSELY} and {NEAREST}); the others cannot be found by any order of them.",
            "One passage is judged for a question; others that say the same count as wrong.",
            "The authors avoided the words of the passages on purpose, and the questions of the table above stand close to them: neither is how people ask their own papers.",
            f"Content words were told by a list of stop words and by cutting endings. As the search itself stems words, {in_passage} questions share a word with their passage"
            f" all the same (a number, a unit, 'way', 'two'), and {in_title} share one with the title of its paper. None was left out.",
            f"The weights that ship were learnt from other questions about {inside} of these {len(questions)} passages' papers; {same} of the passages answer one of those.",
        ],
    )


def _table(
    caption: str, questions: Sequence[Paraphrase], found: Sequence[dict[str, list[str]]], papers: bool, chosen: Sequence[int]
) -> ResultTable:
    documents = [questions[at].document_id for at in chosen]
    right = [frozenset([q.document_id if papers else q.passage_id]) for q in questions]
    values = {way: [recall(found[at][way], right[at], FIRST) for at in chosen] for way in found[0]}
    rows: list[list[str | int | float | None]] = []
    for way, mine in values.items():
        lift = None if way == WORDS else _signed(figure([a - b for a, b in zip(mine, values[WORDS], strict=True)], documents))
        rows.append([way, str(figure(mine, documents)), lift])
    return ResultTable(caption=caption, columns=["way", "recall@10", "lift over BM25"], rows=rows)


def _against_vectors(questions: Sequence[Paraphrase], found: Sequence[Asked]) -> str:
    right = [(one, q.passage_id) for one, q in zip(found, questions, strict=True)]
    gained = [float(name in one.passages[BOTH]) - float(name in one.passages[VECTORS]) for one, name in right]
    return _signed(figure(gained, [q.document_id for q in questions]))


def _signed(difference: Figure) -> str:
    return f"{difference.value:+.3f} ({difference.lower:+.3f} to {difference.upper:+.3f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval.paraphrased", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl, queries.jsonl, qrels_passage.tsv and sources.csv")
    parser.add_argument("--embeddings", type=Path, help="folder of the model; as a rule that of 'molwright literature embeddings fetch'")
    parser.add_argument("--cache", type=Path, help="folder where vectors are kept for the next time")
    parser.add_argument("--write", action="store_true", help="save the figures and rebuild docs/literature.md")
    options = parser.parse_args(arguments)
    try:
        data = read(options.data)
        questions = paraphrases(data, "judged")
        folder = options.embeddings or Settings().home / "embeddings" / MiniLm.name
        passages, model = vectors_of(indexed_texts(data), folder, options.cache), MiniLm(folder)
        with tempfile.TemporaryDirectory() as scratch:
            store = fill(Path(scratch), data, passages)
            found = [ask(store, question, model) for question in questions]
            store.close()
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    made = section(data, questions, found)
    for table in made.tables:
        print(table.caption, *(" | ".join(str(cell) for cell in row) for row in table.rows), sep="\n  ")
    print(*made.notes, sep="\n")
    if options.write:
        write_section("literature", "paraphrased", made)
        write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
