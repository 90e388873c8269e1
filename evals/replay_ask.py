"""Exact replay of a question to the team's papers: the graph runs again from the record, without papers and without a model server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import LiteratureError
from core.interfaces import RunRecord
from core.papers import OpenPapers
from core.passages import PassageFilter
from evals.scratch import recorded_models
from graphs.ask import AskContext, build
from memory.recorder import ReplayRecorder
from tools.workspace import Workspace


def replay_ask(run: RunRecord, recorder: ReplayRecorder, workspace: Workspace) -> None:
    """Answer the recorded question again. Raises ReplayDiffers at the first event that differs."""
    given = run.given
    accepted = PassageFilter(**{name: tuple(v) if isinstance(v, list) else v for name, v in (given.accepted or {}).items()})  # type: ignore[arg-type]
    context = AskContext(
        recorder, recorded_models(run, recorder), workspace, _no_papers, accepted, given.sentences or 1, tuple(given.earlier or ())
    )
    build().invoke({"asked": run.goal}, context=context)
    recorder.finish()


@contextmanager
def _no_papers() -> Iterator[OpenPapers]:
    raise LiteratureError("a replay asks nothing outside its record")
    yield  # pragma: no cover - makes this a generator
