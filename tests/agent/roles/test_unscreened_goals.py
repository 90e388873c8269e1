"""A goal that the guard could not screen: no model-backed role asks a model about it, and ``--yes`` does not pass it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.models import Place
from agent.reading import interpret
from agent.roles.critic.model import ModelBackedCritic
from agent.roles.critic.protocol import ReviewRequest
from agent.roles.interpreter.model import ModelBackedInterpreter
from agent.roles.interpreter.protocol import GoalRequest
from agent.roles.proposer.model import ModelBackedProposer
from agent.roles.proposer.protocol import BatchRequest
from agent.roles.reporter.model import ModelBackedReporter
from agent.roles.reporter.protocol import ExplainRequest, SummaryRequest
from agent.roles.researcher.model import ModelBackedResearcher
from agent.roles.researcher.protocol import ResearchRequest
from agent.spec_check import check_spec
from core.approval import objections
from core.spec import DesignSpec
from graphs import opening
from graphs.context import DesignContext, DesignState
from tools.search import policy
from tools.workspace import builtin

GOAL = "a solvent with MW below 300, similar to CAS 9999999-99-5"
PLACE = Place("anywhere", 0, "")


class Untouched:
    """A session that no role may use."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the model was asked: {name}")


class BuiltIn:
    """Every built-in form: it gives back its own name, or the parser's spec."""

    def read(self, request: GoalRequest, place: Place) -> DesignSpec:
        return interpret(request.goal, may_be_empty=request.may_be_empty)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: name


@pytest.fixture(scope="module")
def spec() -> DesignSpec:
    """What the goal means."""
    return interpret(GOAL)


def test_no_role_shows_it_to_a_model(spec: DesignSpec) -> None:
    session, built_in = cast("Any", Untouched()), cast("Any", BuiltIn())
    nowhere = cast("Any", None)
    assert ModelBackedInterpreter(session, built_in, builtin()).read(GoalRequest(GOAL), PLACE).concerns
    researcher = ModelBackedResearcher(session, built_in, nowhere, builtin())
    assert researcher.research(ResearchRequest(spec), PLACE) == "research"  # type: ignore[comparison-overlap]
    proposer = ModelBackedProposer(session, nowhere, built_in, nowhere, builtin(), policy.DEFAULT)
    assert proposer.shares(cast("BatchRequest", SimpleNamespace(spec=spec))) == "shares"  # type: ignore[comparison-overlap]
    assert ModelBackedCritic(session, built_in, builtin()).review(ReviewRequest([cast("Any", object())], spec), PLACE) == "review"  # type: ignore[comparison-overlap]
    reporter = ModelBackedReporter(session, built_in, builtin())
    assert reporter.explain(ExplainRequest([], spec, []), PLACE) == "explain"  # type: ignore[comparison-overlap]
    report = cast("Any", SimpleNamespace(spec=spec))
    assert reporter.summarise(SummaryRequest(report), PLACE) == "summarise"  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("despite", [None, True])
def test_yes_does_not_pass_it(spec: DesignSpec, despite: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def ask(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        return {"decision": "reject"}

    monkeypatch.setattr(opening, "spec_of", lambda *_: spec)
    monkeypatch.setattr(opening, "interrupt", ask)
    store = SimpleNamespace(set_status=lambda *_, **__: None)
    recorder = SimpleNamespace(record=lambda *given: given[-1]())
    clock = SimpleNamespace(isoformat=lambda: "now")
    context = SimpleNamespace(store=store, recorder=recorder, lease=None, objections=objections, clock=lambda: clock)
    state = cast("DesignState", {"options": {"yes": True, "despite_objections": despite}, "spec_version": 1})
    assert opening.approve(state, cast("DesignContext", context)) == {"status": "rejected"}
    assert any("the guard cannot tell" in text for text in asked[0]["objections"])


def test_a_spec_that_was_brought_is_looked_at_too(spec: DesignSpec) -> None:
    assert check_spec(spec.model_copy(update={"concerns": []}), catalogue=builtin().catalogue).concerns == spec.concerns
