"""What reviewers say of candidates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import get_args

from app import wiring
from app.services.runs import RunService
from core.errors import NotFoundError, UsageError
from core.interfaces import RunStore
from core.settings import Settings
from core.trace import Verdict


class FeedbackService:
    """Keeps reviewers' verdicts in one store."""

    def __init__(self, settings: Settings, store: RunStore, *, clock: Callable[[], datetime] = wiring.now) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock

    def add(self, run_id: str, candidate: str, verdict: str, comment: str = "", author: str = "") -> str:
        """Keep a verdict on a candidate, which is named by its rank or its key; returns the key.

        ``author``: the user of the settings unless given. Raises UsageError for an unknown verdict, NotFoundError for a run without a
        report or a candidate that it does not list.
        """
        if verdict not in get_args(Verdict):
            raise UsageError(f"the verdict is accept, reject or comment, not {verdict!r}")
        run = self.store.run(run_id)
        report = RunService(self.settings, self.store, clock=self.clock).report(run.run_id)
        named = {str(c.rank): c.key for c in report.candidates} | {c.key: c.key for c in [*report.candidates, *report.closest]}
        if candidate not in named:
            raise NotFoundError(f"run {run.run_id} lists no candidate {candidate!r}; ranks 1 to {len(report.candidates)} or a key")
        key = named[candidate]
        self.store.add_feedback(run.run_id, key, verdict, comment, author or wiring.user_name(self.settings), self.clock().isoformat())
        return key
