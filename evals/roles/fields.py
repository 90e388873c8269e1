"""A report with a model against the one without, field by field: what may never be worse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.candidate import Candidate
from core.report import Report
from evals.judges.claims import judge_report

LISTED = 10
#: By how much a mean score may differ without being called another.
SAME = 1e-9
_LEAD = "In a language model's words: "


@dataclass(frozen=True)
class Field:
    """One field of a report. ``worse``: why the second report is worse than the first in it; '' where it is not.

    ``searched``: whether the field depends on which structures were proposed, so that single runs differ by chance.
    """

    name: str
    worse: Callable[[Report, Report], str]
    searched: bool = False


def score(report: Report) -> float:
    """Mean score of the ten places of the list, an empty place counting 0."""
    return sum(c.score or 0.0 for c in report.candidates[:LISTED]) / LISTED


def _fewer(what: str, count: Callable[[Report], float]) -> Callable[[Report, Report], str]:
    def worse(without: Report, with_model: Report) -> str:
        a, b = count(without), count(with_model)
        return f"{what}: {b:g} after {a:g}" if b < a - SAME else ""

    return worse


def _more(what: str, count: Callable[[Report], float]) -> Callable[[Report, Report], str]:
    fewer = _fewer(what, lambda r: -count(r))
    return lambda without, with_model: fewer(without, with_model)


def _lost_sentences(without: str, with_model: str) -> list[str]:
    """Sentences of the built-in text that the text with a model does not have."""
    plain = with_model.replace(_LEAD, "")
    return [s for s in re.split(r"(?<=[.!?])\s+(?=[A-Z(\d])", without) if s.strip() and s.strip() not in plain]


def _text(of: Callable[[Report], str]) -> Callable[[Report, Report], str]:
    def worse(without: Report, with_model: Report) -> str:
        lost = _lost_sentences(of(without), of(with_model))
        return f"lost: {lost[0][:80]}" if lost else ""

    return worse


def _reasons(without: Report, with_model: Report) -> str:
    """Whether the reasons of a candidate that both list lost a built-in sentence; ranks may differ, so the sentence on the rank is compared without it."""
    own = {c.key: c for c in with_model.candidates}
    for candidate in without.candidates:
        other = own.get(candidate.key)
        if other is not None and (lost := _lost_sentences(_unranked(candidate), _unranked(other))):
            return f"rank {candidate.rank} lost: {lost[0][:80]}"
    return ""


def _unranked(candidate: Candidate) -> str:
    text = re.sub(r"\ARank \d+[^:]*: ", "", candidate.rationale)
    text = re.sub(r"\branks? \d+(?:[^.;]*?\d+)?", "rank", text)
    return re.sub(r"See (?:\[\d+\],? ?)+\.?", "", text)


def _moved(without: Report, with_model: Report) -> str:
    """Whether scores or probabilities of a candidate that both list differ, or an order outside the critic's bounds."""
    own = {c.key: c for c in with_model.candidates}
    for c in without.candidates:
        other = own.get(c.key)
        if other is not None and (other.score, other.p_meets) != (c.score, c.p_meets):
            return f"rank {c.rank}: score {other.score} after {c.score}"
    return ""


FIELDS = (
    Field("claims that RDKit alone finds wrong", _more("wrong claims", lambda r: float(len(judge_report(r))))),
    Field("scores and probabilities of the candidates that both list", _moved),
    Field("reasons of the candidates that both list", _reasons),
    Field("what was not checked", _fewer("phrases", lambda r: float(len(r.unchecked)))),
    Field("assumptions", _fewer("assumptions", lambda r: float(len(r.assumptions)))),
    Field("statements of the literature", _fewer("statements", lambda r: float(len(r.evidence)))),
    Field("statements without a citation that resolves", _more("statements", lambda r: float(sum(not any(c.number == e.citation for c in r.citations) for e in r.evidence)))),
    Field("warnings", _fewer("warnings", lambda r: float(len(r.warnings)))),
    Field("candidates listed", _fewer("listed", lambda r: float(len(r.candidates))), searched=True),
    Field("mean score of the ten places", _fewer("score", score), searched=True),
    Field("structures evaluated", _fewer("evaluated", lambda r: float(r.evaluated)), searched=True),
    Field("candidates with a route", _fewer("routes", lambda r: float(sum(c.route is not None and c.route.status != "none known" for c in r.candidates))), searched=True),
)  # fmt: skip
SUMMARY = Field("summary", _text(lambda r: r.summary))
"""Compared where the list is the same: it names the first and counts."""
