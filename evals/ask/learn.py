"""Learning which sentences answer a question and whether any does, from questions of which the answering passage is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.literature.answering.extracts import READ
from tools.literature.answering.features import EVIDENCE, SENTENCE, Read, Sentence, evidence_row, sentence_table, sentences_of
from tools.literature.answering.weights import AnsweringWeights, Line

_PENALTY = 0.01


@dataclass(frozen=True)
class Asked:
    """A question with the passages found for it in their order, their sentences, features, and which sentences are of a right passage."""

    text: str
    document_id: str
    read: list[Read]
    sentences: list[Sentence]
    table: NDArray[np.float64]
    right: NDArray[np.bool_]
    rarity: Mapping[str, float]

    def evidence(self, best: int) -> NDArray[np.float64]:
        """The row of evidence where the sentence at place ``best`` is chosen."""
        return evidence_row(self.text, self.read, self.sentences, self.table, best, self.rarity)


def asked(text: str, document_id: str, found: Sequence[Read], right: frozenset[str], rarity: Mapping[str, float]) -> Asked:
    """The question with all that is learnt from; ``right`` has the ids of the passages that answer it."""
    read = list(found[:READ])
    sentences = sentences_of(read)
    mine = np.array([read[s.at].passage.passage_id in right for s in sentences], bool)
    return Asked(text, document_id, read, sentences, sentence_table(text, read, sentences, rarity), mine, rarity)


def fit_sentences(questions: Sequence[Asked]) -> Line:
    """The weights under which some sentence of a right passage is most likely: a softmax over the sentences of each question."""
    from scipy.optimize import minimize

    rows = np.concatenate([q.table for q in questions if len(q.table)])
    mean, scale = _standard(rows)
    lists = [((q.table - mean) / scale, q.right) for q in questions if q.right.any() and not q.right.all()]

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(weight)
        for table, right in lists:
            scores = table @ weight
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            mass = float(likely[right].sum()) + 1e-12
            total -= np.log(mass)
            slope += table.T @ (likely - np.where(right, likely / mass, 0.0))
        return total / len(lists) + _PENALTY * float(weight @ weight), slope / len(lists) + 2 * _PENALTY * weight

    return Line(minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x, mean, scale)


def fit_evidence(with_answer: Sequence[NDArray[np.float64]], without: Sequence[NDArray[np.float64]]) -> tuple[Line, float]:
    """Logistic regression of whether there is an answer, and the sureness at which both kinds of error are equally rare, on average least."""
    from scipy.optimize import minimize

    rows = np.stack([*with_answer, *without])
    truth = np.array([1.0] * len(with_answer) + [0.0] * len(without))
    mean, scale = _standard(rows)
    table = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = np.clip(table @ weight, -50, 50)
        likely = 1.0 / (1.0 + np.exp(-odds))
        total = float(np.mean(np.logaddexp(0.0, odds) - truth * odds))
        penalty = np.append(weight[:-1], 0.0)
        return total + _PENALTY * float(penalty @ penalty), table.T @ (likely - truth) / len(truth) + 2 * _PENALTY * penalty

    weight = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    sure = 1.0 / (1.0 + np.exp(-np.clip(table @ weight, -50, 50)))
    return Line(weight[:-1], mean, scale, float(weight[-1])), _threshold(sure, truth)


def fit(questions: Sequence[Asked], without: Sequence[Asked]) -> AnsweringWeights:
    """Both parts from ``questions`` that are answered, and from questions ``without`` an answer in what was found."""
    sentence = fit_sentences(questions)

    def rows(of: Sequence[Asked]) -> list[NDArray[np.float64]]:
        return [q.evidence(int(np.argmax(sentence(q.table)))) for q in of if q.sentences]

    return AnsweringWeights(sentence, *fit_evidence(rows(questions), rows(without)))


def _threshold(sure: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Where the mean of the share of false answers and that of false refusals is least; the middle of such places."""
    places = np.linspace(0.02, 0.98, 97)
    errors = np.array([np.mean(sure[truth == 0] >= at) + np.mean(sure[truth == 1] < at) for at in places])
    best = places[errors <= errors.min() + 1e-9]
    return round(float(best[len(best) // 2]), 3)


def _standard(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return rows.mean(axis=0), np.where(rows.std(axis=0) > 1e-9, rows.std(axis=0), 1.0)


def save(hybrid: AnsweringWeights, words: AnsweringWeights, path: Path) -> None:
    """Write both sets of weights, six digits each."""

    def line(of: Line) -> dict[str, list[float] | float]:
        parts = {"weight": of.weight, "mean": of.mean, "scale": of.scale}
        return {**{name: [float(f"{v:.6g}") for v in part] for name, part in parts.items()}, "constant": float(f"{of.constant:.6g}")}

    sets = {
        name: {"sentence": line(w.sentence), "evidence": line(w.evidence), "least": w.least}
        for name, w in (("hybrid", hybrid), ("words", words))
    }
    path.write_text(json.dumps({"sentence": list(SENTENCE), "evidence": list(EVIDENCE), **sets}, indent=1) + "\n", "utf-8")
