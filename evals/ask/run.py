"""Asking every question of a retrieval set, with and without the document that answers it, and questions that nothing answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.passages import Hit
from evals.ask.learn import Asked, asked, fit
from evals.retrieval.dataset import Question, RetrievalSet
from evals.retrieval.learn import Found, folds
from evals.retrieval.learn import fit as fit_fusion
from evals.retrieval.run import fill
from memory.passages.embedded import EmbeddedPassages
from tools.literature.answering.extracts import SENTENCES, chosen
from tools.literature.answering.features import Read
from tools.literature.answering.weights import AnsweringWeights
from tools.literature.features import features
from tools.literature.fusion import Weights, closely, shipped
from tools.literature.retrieval import CANDIDATES, folded

#: Papers of a small collection.
COLLECTION = 10
Vector = list[float] | None
#: A question that some passage answers, and a vector of it or None.
Ask = tuple[Question, Vector]


@dataclass(frozen=True)
class Judged:
    """What became of one question.

    ``cited``: ids of the passages cited by one, two … sentences, were an answer given. ``answered``: whether one is given. ``said``: the
    sentences, best first.
    """

    text: str
    document_id: str
    right: frozenset[str]
    cited: list[list[str]]
    documents: list[str]
    evidence: float
    answered: bool
    said: tuple[str, ...] = ()


def found_by(
    store: EmbeddedPassages, text: str, vector: Vector, weights: Weights, without: str = ""
) -> tuple[list[Read], dict[str, float]]:
    """The passages found for a question in the order of ``weights``, near-duplicates folded, none of document ``without``; and the words' rarity."""
    rarity = store.rarity(text)
    hits = [hit for hit in store.search(text, vector, limit=CANDIDATES) if hit.document.document_id != without]
    return _in_order(text, hits, rarity, weights), rarity


def _in_order(text: str, hits: list[Hit], rarity: dict[str, float], weights: Weights) -> list[Read]:
    places = closely(hits)
    if not places:
        return []
    scores = weights.scores(features(text, hits, rarity, places))
    ranking = sorted(
        ((hits[at], float(s)) for at, s in zip(places, scores, strict=True)), key=lambda p: (-round(p[1], 9), p[0].passage.passage_id)
    )
    return [Read(a.passage, a.document, a.lexical, a.dense) for a in folded(ranking, 10)]


def gathered(store: EmbeddedPassages, questions: Sequence[Ask], taught: Sequence[Ask] = ()) -> tuple[list[Asked], list[Asked], list[int]]:
    """Every question as it is asked, as it is asked of a collection without its document, and its fold.

    The order of the passages is by a fusion learnt from questions about other documents, ``taught`` among them, as the shipped one is learnt
    from all.
    """
    plain = [_fusion_features(store, question, vector) for question, vector in [*questions, *taught]]
    fold = folds(plain)
    fusion = [fit_fusion([f for f, at in zip(plain, fold, strict=True) if at != place]) for place in range(max(fold) + 1)]
    full: list[Asked] = []
    lacking: list[Asked] = []
    fold = fold[: len(questions)]
    for (question, vector), place in zip(questions, fold, strict=True):
        for target, without in ((full, ""), (lacking, question.document_id)):
            read, rarity = found_by(store, question.text, vector, fusion[place], without)
            right = frozenset[str]() if without else question.passages
            target.append(asked(question.text, question.document_id, read, right, rarity))
    return full, lacking, fold


def _fusion_features(store: EmbeddedPassages, question: Question, vector: Vector) -> Found:
    rarity, hits = store.rarity(question.text), store.search(question.text, vector, limit=CANDIDATES)
    places = closely(hits)
    names = [hits[at].passage.passage_id for at in places]
    right = np.array([name in question.passages for name in names], bool)
    return Found(question.document_id, names, features(question.text, hits, rarity, places), right, question.weight)


def judged(one: Asked, right: frozenset[str], weights: AnsweringWeights) -> Judged:
    """What the weights make of a question."""
    if not one.sentences:
        return Judged(one.text, one.document_id, right, [[]] * SENTENCES, [], 0.0, False)
    order = chosen(one.sentences, weights.sentence(one.table), SENTENCES)
    names = [one.read[one.sentences[n].at].passage.passage_id for n in order]
    sure = weights.sureness(one.evidence(order[0]))
    documents = [one.read[one.sentences[n].at].document.document_id for n in order]
    return Judged(
        one.text,
        one.document_id,
        right,
        [list(dict.fromkeys(names[: k + 1])) for k in range(SENTENCES)],
        documents,
        sure,
        sure >= weights.least,
        tuple(one.sentences[n].text for n in order),
    )


def held_out(
    full: Sequence[Asked], lacking: Sequence[Asked], fold: Sequence[int], questions: Sequence[Question]
) -> tuple[list[Judged], list[Judged]]:
    """Every question, and every question without its document, judged by weights from questions about other documents."""
    weights = [_fit_on(full, lacking, fold, lambda at, place=place: at != place) for place in range(max(fold) + 1)]  # type: ignore[misc]
    rows = list(zip(full, lacking, fold, questions, strict=True))
    return (
        [judged(one, question.passages, weights[place]) for one, _, place, question in rows],
        [judged(one, question.passages, weights[place]) for _, one, place, question in rows],
    )


def _fit_on(full: Sequence[Asked], lacking: Sequence[Asked], fold: Sequence[int], wanted: Callable[[int], bool]) -> AnsweringWeights:
    return fit([q for q, at in zip(full, fold, strict=True) if wanted(at)], [q for q, at in zip(lacking, fold, strict=True) if wanted(at)])


def unanswered(store: EmbeddedPassages, texts: Sequence[str], vectors: Sequence[Vector], weights: AnsweringWeights) -> list[Judged]:
    """Questions that nothing in the collection answers, asked with the shipped fusion."""
    result = []
    for text, vector in zip(texts, vectors, strict=True):
        read, rarity = found_by(store, text, vector, shipped()["words" if vector is None else "hybrid"])
        result.append(judged(asked(text, text, read, frozenset(), rarity), frozenset(), weights))
    return result


def small_collections(
    data: RetrievalSet, passages: NDArray[np.float32], vectors: NDArray[np.float32] | None, full: Sequence[Asked], lacking: Sequence[Asked]
) -> tuple[list[Judged], list[Judged]]:
    """The set cut into collections of ten papers, each asked the questions about its papers and those about the papers of the next one.

    By weights of all questions, with the shipped fusion.
    """
    weights, fusion = fit(full, lacking), shipped()["words" if vectors is None else "hybrid"]
    of: dict[str, list[int]] = {}
    for at, question in enumerate(data.questions):
        of.setdefault(question.document_id, []).append(at)
    names = list(np.random.default_rng(0).permutation(sorted(of)))
    parts = [set(names[at : at + COLLECTION]) for at in range(0, len(names) - COLLECTION + 1, COLLECTION)]
    own: list[Judged] = []
    foreign: list[Judged] = []
    for part, after in zip(parts, [*parts[1:], parts[0]], strict=True):
        keep = [at for at, p in enumerate(data.passages) if p.document_id in part]
        some = RetrievalSet([d for d in data.documents if d.document_id in part], [data.passages[at] for at in keep], [])
        with tempfile.TemporaryDirectory() as folder:
            store = fill(Path(folder), some, passages[keep])
            for wanted, target in ((part, own), (after, foreign)):
                for at in (at for name in sorted(wanted) for at in of[name]):
                    question = data.questions[at]
                    read, rarity = found_by(store, question.text, None if vectors is None else vectors[at].tolist(), fusion)
                    target.append(
                        judged(asked(question.text, question.document_id, read, question.passages, rarity), question.passages, weights)
                    )
            store.close()
    return own, foreign
