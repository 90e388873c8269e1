"""Budgets of calls, tokens, seconds and money stop cleanly; a prompt that does not fit is said, or shortened by the caller's rule."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, ValidationError

from agent.models import ChatAnswer, ChatRequest, ModelSession, Place, RolePlan, estimate_request, estimate_tokens
from agent.models.plan import ModelBudget, role_model
from core.model import Model
from tests.agent.models.fake_server import plan_for
from tests.scratch_recorder import ScratchRecorder

PROMPT = "---\nrole: critic\nversion: 1\nvariables: goal\ndescription: t\n---\n## system\nJudge.\n## user\n{{ goal }}\n"


class Answer(Model):
    """A structured reply."""

    a: int = Field(description="A number.")


class Canned:
    """A backend that always gives the same reply and keeps the requests."""

    def __init__(self, tokens_in: int = 100, tokens_out: int = 10) -> None:
        self.requests: list[ChatRequest] = []
        self._tokens = (tokens_in, tokens_out)

    def complete(self, request: ChatRequest) -> ChatAnswer:
        self.requests.append(request)
        return ChatAnswer('{"a": 1}', model=request.model, endpoint="e", tokens_in=self._tokens[0], tokens_out=self._tokens[1])

    def close(self) -> None:
        pass


def session(backend: Canned, **options: Any) -> ModelSession:
    return ModelSession(plan_for("critic", "reporter", prompts={"critic/test": PROMPT}, **options), backend, ScratchRecorder())


def ask(made: ModelSession, number: int = 0, goal: str = "dyes", **more: Any) -> Any:
    return made.structured(Place("explain", number, "x"), "critic", "critic/test", {"goal": goal}, Answer, **more)


def ask_until_stopped(made: ModelSession, most: int = 40) -> tuple[int, str]:
    for number in range(most):
        outcome = ask(made, number)
        if outcome.problem:
            return number, outcome.problem
    return most, ""


def test_calls_are_counted() -> None:
    backend = Canned()
    assert ask_until_stopped(session(backend, calls=3)) == (3, "budget: the 3 calls to language models of this run are spent")
    assert len(backend.requests) == 3


def test_no_calls_at_all() -> None:
    backend = Canned()
    assert ask_until_stopped(session(backend, calls=0))[0] == 0
    assert backend.requests == []


def test_tokens_are_counted_with_the_prompt_to_come() -> None:
    backend = Canned(1000, 100)
    made, problem = ask_until_stopped(session(backend, tokens=4420))
    assert made == 4
    assert problem.startswith("budget: 4400 of 4420 tokens are spent")


def test_seconds_are_counted_and_bound_the_last_call(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 4))
    monkeypatch.setattr("agent.models.session.time.monotonic", lambda: float(next(clock)))
    backend = Canned()
    made, problem = ask_until_stopped(session(backend, seconds=10))
    assert (made, problem) == (3, "budget: the 10 seconds for language models of this run are spent")
    assert [r.deadline_s for r in backend.requests] == [10.0, 6.0, 2.0]


def test_money_by_tokens() -> None:
    prices = {"m": {"per_million_in": 2.0, "per_million_out": 10.0}}
    backend = Canned(100_000, 10_000)  # 0.30 a call
    made, problem = ask_until_stopped(session(backend, money=1.0, prices=prices, tokens=10**9))
    assert made == 4
    assert problem == "budget: the 1 set for language models in this run are spent (1.2)"


def test_money_by_watts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000_000, 1800))
    monkeypatch.setattr("agent.models.session.time.monotonic", lambda: float(next(clock)))
    prices = {"m": {"watts": 600.0}}  # half an hour at 600 W: 0.3 kWh, 0.09 at 0.30 a kWh
    made, problem = ask_until_stopped(session(Canned(), money=0.2, prices=prices, price_per_kwh=0.3, seconds=1e9))
    assert made == 3
    assert "budget" in problem


def test_money_needs_a_price_for_every_model() -> None:
    with pytest.raises(ValidationError, match="needs a price for m"):
        plan_for("critic", money=1.0)
    with pytest.raises(ValidationError, match="needs a price for small"):
        plan_for("critic", fallback_model="small", money=1.0, prices={"m": {}})


def test_a_stopped_run_says_so_and_goes_on_being_asked_nothing() -> None:
    backend = Canned()
    made = session(backend, calls=2)
    for number in range(6):
        ask(made, number)
    use = made.account()[-1]
    assert len(backend.requests) == 2
    assert (use.endpoint, use.calls, use.failures, use.fell_back) == ("", 0, 4, True)
    assert "budget: the 2 calls" in use.note
    assert made.account()[0].calls == 2


def test_all_roles_spend_from_one_budget() -> None:
    prompts = {"critic/test": PROMPT, "reporter/test": PROMPT.replace("critic", "reporter")}
    made = ModelSession(plan_for("critic", "reporter", calls=2, prompts=prompts), Canned(), ScratchRecorder())
    assert ask(made).value == Answer(a=1)
    assert made.prose(Place("report", 0, "s"), "reporter", "reporter/test", {"goal": "x"}).value
    assert made.prose(Place("report", 0, "t"), "reporter", "reporter/test", {"goal": "x"}).problem.startswith("budget: ")


def test_an_unknown_role_has_no_place_in_a_plan() -> None:
    with pytest.raises(ValidationError, match="wizard: not a role"):
        RolePlan(roles={"wizard": role_model("wizard", "m")})


def test_limits_are_not_negative() -> None:
    for name in ("calls", "tokens", "seconds", "money"):
        with pytest.raises(ValidationError):
            ModelBudget.model_validate({name: -1})


# ---- context


def test_a_prompt_that_does_not_fit_is_a_problem_and_is_not_sent() -> None:
    backend = Canned()
    made = session(backend, context_tokens=1000, max_tokens=200)
    outcome = ask(made, goal="word " * 1000)
    assert outcome.problem.startswith("context: the prompt has about 1")
    assert "800 fit beside a reply of 200" in outcome.problem
    assert backend.requests == []
    assert made.account()[0].fell_back is True


def test_the_callers_rule_shortens_it() -> None:
    backend = Canned()
    made = session(backend, context_tokens=1000, max_tokens=200)
    seen: list[int] = []

    def shorter(variables: dict[str, Any]) -> dict[str, Any]:
        seen.append(len(variables["goal"]))
        return {"goal": variables["goal"][: len(variables["goal"]) // 2]}

    assert ask(made, goal="word " * 1000, shorten=shorter).value == Answer(a=1)
    assert seen == [5000, 2500]
    assert estimate_request(backend.requests[0].messages, backend.requests[0].schema) <= made.room("critic")


def test_a_rule_that_cannot_go_on_leaves_the_problem() -> None:
    backend = Canned()
    made = session(backend, context_tokens=1000, max_tokens=200)
    assert ask(made, goal="word " * 1000, shorten=lambda v: None).problem.startswith("context: ")
    assert ask(made, 1, goal="word " * 1000, shorten=lambda v: v).problem.startswith("context: ")


def test_schemas_count() -> None:
    messages = [{"role": "user", "content": "x" * 300}]
    assert estimate_request(messages) == 100 + 6
    assert estimate_request(messages, {"a": "b" * 290}) > 190


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abc", 1), ("abcd", 2), ("°C", 1), ("日本語", 3)])
def test_the_estimate_counts_bytes(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_each_call_has_a_seed_of_its_own_that_the_plans_seed_makes() -> None:
    backends = Canned(), Canned(), Canned()
    for backend, seed in zip(backends, (1, 1, 2), strict=True):
        made = session(backend, seed=seed)
        for number in range(5):
            ask(made, number)
    first, again, other = ([r.seed for r in b.requests] for b in backends)
    assert first == again
    assert len(set(first)) == 5
    assert set(first).isdisjoint(other)
    assert all(0 <= s < 2**31 for s in first + other)
