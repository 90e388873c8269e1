"""What a reporter is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.models import Place
from core.candidate import Candidate, Citation
from core.report import Report
from core.spec import DesignSpec

ROLE = "reporter"


@dataclass(frozen=True)
class ExplainRequest:
    """The listed candidates and those that come close, in order; the spec; the references that a text may cite."""

    shortlist: Sequence[Candidate]
    spec: DesignSpec
    citations: Sequence[Citation]


@dataclass(frozen=True)
class Explanation:
    """The answer: the candidates with rationale and citations.

    Attributes:
        candidates: those of the request, in its order.
        note: what of a model's text was removed, or ''.
        built_in: whether the built-in text stands alone.
    """

    candidates: list[Candidate]
    note: str = ""
    built_in: bool = True


@dataclass(frozen=True)
class SummaryRequest:
    """The finished report. ``on_text`` receives a language model's text piece by piece as it arrives."""

    report: Report
    on_text: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Summary:
    """The answer: the report's summary. ``note`` and ``built_in`` as in :class:`Explanation`."""

    text: str
    note: str = ""
    built_in: bool = True


class Reporter(Protocol):
    """Writes prose in which every number is a stored one."""

    def explain(self, request: ExplainRequest, place: Place) -> Explanation:
        """Why each candidate stands where it does."""
        ...

    def summarise(self, request: SummaryRequest, place: Place) -> Summary:
        """The outcome of the run in a few sentences."""
        ...
