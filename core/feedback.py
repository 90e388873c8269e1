"""What a store of runs keeps of what people say of candidates, and of the rounds that were started from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from core.review import FeedbackEntry
from core.runs import RunFilter


class Said(NamedTuple):
    """Something that is to be kept of a candidate, or of the run if ``key`` is empty.

    Attributes:
        key: key of the candidate.
        verdict: as in :class:`core.review.FeedbackEntry`.
        comment: in the person's own words.
        author: who says it.
        at: when, ISO 8601 UTC.
        content: JSON of what else is said: reason, measured, withdraws; empty for nothing.
    """

    key: str
    verdict: str
    comment: str
    author: str
    at: str
    content: Mapping[str, Any] = {}


class FeedbackStore(Protocol):
    """That part of the run store."""

    def add_feedback(self, run_id: str, *said: Said) -> list[str]:
        """Store what people say, all of it or nothing, and return the ids. The same once more changes nothing.

        Needs no lease. Raises NotFoundError if the run or a candidate does not exist.
        """
        ...

    def feedback(self, run_id: str) -> list[FeedbackEntry]:
        """What people said of the candidates of a run, in the order stored; [] for nothing. Raises NotFoundError."""
        ...

    def measured(self, wanted: RunFilter) -> list[tuple[str, FeedbackEntry]]:
        """The measured values of the runs that fit, each with its run, the oldest first, without those that were taken back; [] for none."""
        ...

    def rounds_of(self, run_id: str) -> Sequence[str]:
        """Ids of the runs that were started from the decisions on a run, the oldest first; [] for none."""
        ...
