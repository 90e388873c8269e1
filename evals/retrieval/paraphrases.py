"""Our own questions in other words than their passages: some that the order of passages is learnt from, others that it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core import data as shipped_data
from core.errors import UsageError
from evals.retrieval.dataset import Question, RetrievalSet

FILES = {"taught": "data/literature/paraphrased.tsv", "judged": "data/literature/paraphrased_judged.tsv"}
#: How much such a question counts in learning, against 1 for one of the set.
WEIGHT = 1.0


@dataclass(frozen=True)
class Paraphrase:
    """A question, the passage that answers it, the paper of that, and the names of substances that the two share; '' for none."""

    text: str
    passage_id: str
    document_id: str
    names: str


def paraphrases(data: RetrievalSet, which: Literal["taught", "judged"]) -> list[Paraphrase]:
    """The questions that ship, for the passages of ``data``. UsageError naming a passage that is not there."""
    paper = {p.passage_id: p.document_id for p in data.passages}
    rows = shipped_data.rows("evals", FILES[which])
    missing = [row["passage"] for row in rows if row["passage"] not in paper]
    if missing:
        raise UsageError(f"the corpus has no passage {missing[0]}: the questions are about ChemRxivQuest")
    return [Paraphrase(row["question"], row["passage"], paper[row["passage"]], row["names"]) for row in rows]


def taught(data: RetrievalSet) -> list[Question]:
    """Those that are learnt from, as questions of the set."""
    found = paraphrases(data, "taught")
    return [Question(f"taught{n}", q.text, frozenset([q.passage_id]), q.document_id, WEIGHT) for n, q in enumerate(found)]
