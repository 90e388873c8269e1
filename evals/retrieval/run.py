"""Asking the store every question of a retrieval set, and the rankings of each way to put what it finds in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.passages import Hit
from evals.retrieval.dataset import Question, RetrievalSet
from evals.retrieval.learn import Found, fit, folds, held_out, ranked, save
from evals.retrieval.measures import Figure, figure, ndcg, recall
from memory.passages.embedded import EmbeddedPassages
from tools.literature.analysis import sentence_words
from tools.literature.features import features
from tools.literature.fusion import closely
from tools.literature.retrieval import CANDIDATES

_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


@dataclass(frozen=True)
class Outcome:
    """nDCG@10 and recall@10 of one way, over all questions."""

    way: str
    ndcg: Figure
    recall: Figure


def fill(folder: Path, data: RetrievalSet, vectors: NDArray[np.float32]) -> EmbeddedPassages:
    """A store in ``folder`` that holds the set."""
    store = EmbeddedPassages(folder, sentence_words, space="all-MiniLM-L6-v2")
    store.add(data.documents, data.passages, vectors.tolist())
    return store


def ask(store: EmbeddedPassages, questions: Sequence[Question], vectors: NDArray[np.float32]) -> list[tuple[list[Hit], Found, Found]]:
    """For each question all hits, those looked at closely with their features, and the same for a search by words alone."""
    found = []
    for question, vector in zip(questions, vectors, strict=True):
        rarity = store.rarity(question.text)
        hits = store.search(question.text, vector.tolist(), limit=CANDIDATES)
        words = store.search(question.text, limit=CANDIDATES)
        found.append((hits, _found(question, hits, rarity), _found(question, words, rarity)))
    return found


def outcomes(
    questions: Sequence[Question], found: Sequence[tuple[list[Hit], Found, Found]], taught: Sequence[tuple[list[Hit], Found, Found]]
) -> list[Outcome]:
    """Every way to put the hits in order, judged on all questions; what is learnt, by weights from documents other than the question's.

    ``taught``: what further questions found that are learnt from, by words and vectors, and not judged.
    """
    hybrid, words = [one for _, one, _ in found], [one for _, _, one in found]
    all_hits = [hits for hits, _, _ in found]
    rankings = {
        "stemmed BM25 with titles": [_by(hits, lambda hit: hit.lexical) for hits in all_hits],
        "vectors (all-MiniLM-L6-v2)": [_by(hits, lambda hit: hit.dense or 0.0) for hits in all_hits],
        "reciprocal rank fusion": [_reciprocal(hits) for hits in all_hits],
        "one share of vectors, chosen on the other folds": _linear(questions, hybrid, all_hits),
        "learnt fusion, words alone": held_out(words),
        "learnt fusion, words and vectors": held_out([*hybrid, *(one for _, one, _ in taught)])[: len(hybrid)],
    }
    documents = [question.document_id for question in questions]
    result = []
    for way, lists in rankings.items():
        pairs = list(zip(lists, questions, strict=True))
        gained = figure([ndcg(names, q.passages) for names, q in pairs], documents)
        result.append(Outcome(way, gained, figure([recall(names, q.passages) for names, q in pairs], documents)))
    return result


def learn(found: Sequence[tuple[list[Hit], Found, Found]], taught: Sequence[tuple[list[Hit], Found, Found]], path: Path) -> None:
    """Learn the weights that ship from all questions, and write them; those for words alone from the set's, which words can find."""
    save(fit([one for _, one, _ in [*found, *taught]]), fit([one for _, _, one in found]), path)


def _found(question: Question, hits: list[Hit], rarity: dict[str, float]) -> Found:
    chosen = closely(hits)
    names = [hits[at].passage.passage_id for at in chosen]
    right = np.array([name in question.passages for name in names], bool)
    return Found(question.document_id, names, features(question.text, hits, rarity, chosen), right, question.weight)


def _by(hits: Sequence[Hit], score) -> list[str]:  # type: ignore[no-untyped-def]
    return [hit.passage.passage_id for hit in sorted(hits, key=lambda hit: (-score(hit), hit.passage.passage_id))]


def _reciprocal(hits: Sequence[Hit]) -> list[str]:
    score: dict[str, float] = {}
    for ranking in (_by(hits, lambda hit: hit.lexical), _by(hits, lambda hit: hit.dense or 0.0)):
        for rank, name in enumerate(ranking[:CANDIDATES]):
            score[name] = score.get(name, 0.0) + 1.0 / (60.0 + rank)
    return sorted(score, key=lambda name: (-score[name], name))


def _linear(questions: Sequence[Question], found: Sequence[Found], hits: Sequence[list[Hit]]) -> list[list[str]]:
    """The ranking of each question by the share of the vectors' score, 0 to 0.5, that is best on the other folds."""
    places = folds(found)

    def rank(share: float, one: Sequence[Hit]) -> list[str]:
        top = max((hit.lexical for hit in one), default=0.0) or 1.0
        near = max((hit.dense or 0.0 for hit in one), default=0.0) or 1.0
        return _by(one, lambda hit: (1.0 - share) * hit.lexical / top + share * (hit.dense or 0.0) / near)

    by_share = {share: [rank(share, one) for one in hits] for share in _SHARES}
    gained = {
        share: np.array([ndcg(names, q.passages) for names, q in zip(lists, questions, strict=True)]) for share, lists in by_share.items()
    }
    others = {fold: np.array([place != fold for place in places]) for fold in set(places)}
    best = {fold: max(_SHARES, key=lambda share: float(gained[share][rest].mean())) for fold, rest in others.items()}
    return [by_share[best[place]][at] for at, place in enumerate(places)]


__all__ = ["CANDIDATES", "Outcome", "ask", "fill", "learn", "outcomes", "ranked"]
