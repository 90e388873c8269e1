"""The figures on answers, as a section of ``docs/literature.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from evals.ask.rouge import rouge_l
from evals.ask.run import COLLECTION, Judged
from evals.retrieval.dataset import RetrievalSet
from evals.retrieval.learn import FOLDS
from evals.retrieval.measures import Figure, figure
from evals.sections import ResultTable, Section
from tools.literature.answering.extracts import SENTENCES
from tools.literature.answering.features import names_in, numbers_in
from tools.literature.sentences import sentence_spans

Cell = str | int | float | None


class Outcome(Protocol):
    """See ``evals.ask.__main__.Came``."""

    @property
    def answered(self) -> Sequence[Judged]: ...
    @property
    def lacking(self) -> Sequence[Judged]: ...
    @property
    def unanswerable(self) -> Sequence[Judged]: ...
    @property
    def small(self) -> tuple[Sequence[Judged], Sequence[Judged]]: ...


def section(data: RetrievalSet, groups: Mapping[str, Sequence[str]], written: Mapping[str, str], came: Mapping[str, Outcome]) -> Section:
    """The section with its three tables. ``written``: answers that were written by hand, by the id of the question."""
    documents = len({question.document_id for question in data.questions})
    return Section(
        title="How well it answers",
        order=20,
        command="python -m evals.ask DATA --learn --write",
        path="`tools/literature/answering/extracts.py`, behind the search in papers, without a language model",
        text=f"""
DATA as above: {len(data.questions)} questions about {documents} of {len(data.documents)} preprints. The order of the passages, the choice of sentences and the bar that
the evidence must reach are judged on questions about documents that they were not learnt from ({FOLDS} folds by document). Refusing is learnt from
the same questions asked of the collection without the document that answers them; the bar is where the shares of both errors together are
least. In brackets: 95 % intervals, by drawing documents (questions, where there is no document) anew.
""",
        tables=[_citations(came), _refusals(groups, came), _correct(data, written, came), _written(data, written, came)],
        notes=[
            "Precision: which part of the cited passages is judged to answer the question. Recall: which part of the judged passages is cited."
            " One or two passages are judged for a question; others that say the same count as wrong.",
            "Not answered counts as nothing cited: precision is over the questions that are answered, recall over all.",
            "The 60 questions were written before any was asked. The shipped weights are fitted to all questions of DATA, and the 60 are asked with these.",
            f"The {len(written)} written answers (`evals/data/literature/written_answers.tsv`; of 110 questions drawn by chance the ten left out that their passages answer worst) are"
            " by a language model that saw the question and its judged passages, and neither the search nor its answers: one or two sentences in its own words."
            " ROUGE-L is the F1 of the longest common subsequence of words in lower case, without stemming; a question that is not answered counts 0."
            " An answer of the papers' own sentences is longer than a written one, which costs precision; the last line is what one sentence can reach"
            " at most where the right passage and the written answer are known.",
            "Tried and left: the likeness of each sentence's own vector to the question's, beside that of its passage, as a feature of the choice. Learnt and judged by"
            " the same folds, the first citation is of a judged passage in 0.559 (0.566 without) and ROUGE-L is 0.266 (0.256): within the intervals, for some forty texts embedded a question.",
            f"Small collections: DATA cut into collections of {COLLECTION} papers, each asked its own questions and as many about papers of another;"
            " with weights of all questions, so that these figures flatter a little.",
        ],
    )


def _citations(came: Mapping[str, Outcome]) -> ResultTable:
    rows: list[list[Cell]] = []
    for way, one in came.items():
        for k in range(SENTENCES):
            given = [j for j in one.answered if j.answered]
            precision = _of(given, [_share(j, j.cited[k]) for j in given])
            recall = _of(one.answered, [len(j.right.intersection(j.cited[k])) / len(j.right) * j.answered for j in one.answered])
            hit = _of(one.answered, [float(j.answered and bool(j.right.intersection(j.cited[k]))) for j in one.answered])
            rows.append([f"{way}, at most {k + 1}", str(precision), str(recall), str(hit)])
        document = _of(one.answered, [float(j.answered and j.documents[:1] == [j.document_id]) for j in one.answered])
        rows.append([f"{way}: the first citation is of the right paper", None, None, str(document)])
    return ResultTable(
        caption="Citations, by the most sentences of an answer:",
        columns=["sentences", "precision", "recall", "right among them"],
        rows=rows,
    )


def _refusals(groups: Mapping[str, Sequence[str]], came: Mapping[str, Outcome]) -> ResultTable:
    names = {"other": "of other fields", "near": "of neighbouring sciences", "chemistry": "of other chemistry"}
    rows: list[list[Cell]] = [
        ["refused though answered by a paper", *(str(_of(c.answered, [float(not j.answered) for j in c.answered])) for c in came.values())]
    ]
    rows.append(["answered though the paper is missing", *(_answered(c.lacking) for c in came.values())])
    rows.append(["answered, of 60 that nothing answers", *(_answered(c.unanswerable) for c in came.values())])
    for name, questions in groups.items():
        mine = [sum(j.answered for j in c.unanswerable if j.text in set(questions)) for c in came.values()]
        rows.append([f"of these {names.get(name, name)}", *(f"{n} of {len(questions)}" for n in mine)])
    rows.append(
        [
            f"refused, collections of {COLLECTION} papers",
            *(str(_of(c.small[0], [float(not j.answered) for j in c.small[0]])) for c in came.values()),
        ]
    )
    rows.append([f"answered though the paper is missing, collections of {COLLECTION}", *(_answered(c.small[1]) for c in came.values())])
    return ResultTable(caption="Answers and refusals:", columns=["share of questions", *came], rows=rows)


def _correct(data: RetrievalSet, written: Mapping[str, str], came: Mapping[str, Outcome]) -> ResultTable:
    """By string and number: in how many answers all numbers, and all names, formulas and abbreviations, of the written answer stand."""
    wanted = {question.text: written[question.question_id] for question in data.questions if question.question_id in written}
    rows: list[list[Cell]] = []
    for kind, found_in in (("all its numbers", numbers_in), ("all its names, formulas and abbreviations", names_in)):
        for way, one in came.items():
            mine = [j for j in one.answered if j.text in wanted and found_in(wanted[j.text])]
            for k in range(1, SENTENCES + 1):
                hit = [float(j.answered and found_in(wanted[j.text]) <= found_in(" ".join(j.said[:k]))) for j in mine]
                rows.append([f"{kind}: {way}, at most {k}", len(mine), str(_of(mine, hit))])
    return ResultTable(
        caption="Correct by string and number: of the written answers that hold a number (a name), how often all of them stand in the answer given:",
        columns=["what stands there", "questions", "share"],
        rows=rows,
    )


def _written(data: RetrievalSet, written: Mapping[str, str], came: Mapping[str, Outcome]) -> ResultTable:
    """ROUGE-L of the answers against the written ones, over all questions and over those that are answered."""
    wanted = {question.text: written[question.question_id] for question in data.questions if question.question_id in written}
    rows: list[list[Cell]] = []
    for way, one in came.items():
        mine = [j for j in one.answered if j.text in wanted]
        given = [j for j in mine if j.answered]
        for k in range(1, SENTENCES + 1):
            every = _of(mine, [rouge_l(" ".join(j.said[:k]), wanted[j.text]) * j.answered for j in mine])
            only = _of(given, [rouge_l(" ".join(j.said[:k]), wanted[j.text]) for j in given])
            rows.append([f"{way}, at most {k}", len(mine), str(every), str(only)])
    judged = [question for question in data.questions if question.text in wanted]
    text = {passage.passage_id: passage.text for passage in data.passages}
    best = [max(rouge_l(text[p][a:b], wanted[q.text]) for p in q.passages for a, b in sentence_spans(text[p])) for q in judged]
    limit = str(figure(best, [q.document_id for q in judged]))
    rows.append(["for comparison: the sentence of the judged passages that is likest to the written answer", len(judged), limit, None])
    return ResultTable(
        caption="ROUGE-L against written answers, by the most sentences:",
        columns=["sentences", "questions", "all", "those that are answered"],
        rows=rows,
    )


def _answered(questions: Sequence[Judged]) -> str:
    return str(_of(questions, [float(j.answered) for j in questions]))


def _share(one: Judged, cited: Sequence[str]) -> float:
    return len(one.right.intersection(cited)) / len(cited) if cited else 0.0


def _of(questions: Sequence[Judged], values: Sequence[float]) -> Figure | str:
    return figure(values, [j.document_id for j in questions]) if questions else "–"
