"""A newcomer's form of a role, from a package of its own: a critic that asks somebody outside, as docs/extending.md says."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.models import NO_MODELS, Place
from agent.roles.choose import choose
from agent.roles.critic.protocol import Critic, Critique, ReviewRequest
from core.report import Report
from tests.agent.roles.test_contracts import shelf
from tests.scratch_recorder import ScratchRecorder
from tools.workspace import builtin

SOURCE = '''
from agent.models import Place
from agent.roles.critic.order import lowered
from agent.roles.critic.protocol import Critic, Critique, ReviewRequest
from core.interfaces import Recorder
from core.report import Remark


class AskingCritic:
    """Lowers what a colleague has no starting materials for; ``ask`` is the colleague, ``built_in`` answers while they are away."""

    def __init__(self, recorder: Recorder, ask, built_in: Critic) -> None:
        self._recorder, self._ask, self._built_in = recorder, ask, built_in

    def review(self, request: ReviewRequest, place: Place) -> Critique:
        asked = {"smiles": [c.smiles for c in request.ranked]}
        missing = self._recorder.record(place.node, place.generation, "colleague", asked, lambda: self._ask(asked["smiles"]))
        if missing is None:
            return self._built_in.review(request, place)
        marked = [c for c in request.ranked if c.smiles in missing]
        order = lowered(request.ranked, {c.key for c in marked})
        ranks = {c.key: c.rank or 0 for c in order}
        reason = "Its starting materials are not in the store."
        remarks = [Remark(key=c.key, severity="lower", reason=reason, rank_before=c.rank or 0, rank_after=ranks[c.key]) for c in marked]
        return Critique(order, remarks)
'''
PLACE = Place("rank", 3, "critic")


@pytest.fixture
def asking_critic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    (tmp_path / "our_critic.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("our_critic").AskingCritic
    del sys.modules["our_critic"]


def test_it_takes_the_place_of_the_built_in_form_and_repeats_from_the_record(asking_critic: type, report: Report) -> None:
    recorder, asked = ScratchRecorder(), []

    def colleague(smiles: list[str]) -> list[str]:
        asked.append(smiles)
        return [report.candidates[0].smiles]

    plain = choose(NO_MODELS, recorder, shelf, builtin())
    roles = replace(plain, critic=asking_critic(recorder, colleague, plain.critic))
    request = ReviewRequest(report.candidates, report.spec)
    critique = roles.critic.review(request, PLACE)
    assert [c.key for c in critique.ranked] == ["K2", "K3", "K1"]
    assert [(r.key, r.rank_before, r.rank_after) for r in critique.remarks] == [("K1", 1, 3)]
    assert roles.critic.review(request, PLACE) == critique
    assert len(asked) == 1


def test_it_gives_way_to_the_built_in_form(asking_critic: type, report: Report) -> None:
    recorder = ScratchRecorder()
    plain = choose(NO_MODELS, recorder, shelf, builtin())
    critic: Critic = asking_critic(recorder, lambda smiles: None, plain.critic)
    assert critic.review(ReviewRequest(report.candidates, report.spec), PLACE) == Critique(report.candidates, [])
