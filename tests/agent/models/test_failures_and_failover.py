"""What servers do wrong: each failure has a clear text and ends in the built-in form, and another server answers where there is one."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from pydantic import Field

from agent.models import Message, NoBackend, Place, ToolSchema
from agent.models.session import ModelSession
from core.model import Model
from serving.pool import PoolConfig
from tests.agent.models.fake_server import QUICK, Reply, fake_model, json_reply, open_session, plan_for, pool_config
from tests.scratch_recorder import ScratchRecorder
from tests.tables import each_row

PROMPT = "---\nrole: critic\nversion: 1\nvariables: goal\ndescription: t\n---\n## system\nJudge.\n## user\n{{ goal }}\n"
PLACE = Place("explain", 0, "x")
SECRET = "sk-very-secret-0123456789"


class Answer(Model):
    """A structured reply."""

    a: int = Field(description="A number.", ge=0)
    note: str = Field(default="", description="A word.", max_length=20)


def ask(session: ModelSession, place: Place = PLACE, goal: str = "dyes", **more: Any) -> Any:
    return session.structured(place, "critic", "critic/test", {"goal": goal}, Answer, **more)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@each_row(
    ("replies", "kind", "said"),
    [
        ([Reply(status=401, error="bad key")] * 2, "key", "the server of m refused the API key"),
        ([Reply(status=403, error="no")] * 2, "key", "refused the API key"),
        ([Reply(status=404, error="The model `m` does not exist.")] * 9, "unknown_model", "no server has the model m"),
        ([Reply(status=500, error="engine is dead")] * 2, "unavailable", "engine is dead"),
        ([Reply(status=503, error="loading")] * 2, "unavailable", "loading"),
        ([Reply(status=429, error="slow down")] * 4, "busy", "slow down"),
        ([Reply(status=400, error="This model's maximum context length is 2048 tokens. You asked for 9000")], "context", "context: "),
        ([Reply(status=400, error="top_k must be positive")], "request", "HTTP 400"),
        ([Reply(status=418, error="teapot")], "request", "HTTP 418"),
    ],
)
def test_an_http_error_is_a_problem_with_a_text(replies: list[Reply], kind: str, said: str) -> None:
    recorder = ScratchRecorder()
    with fake_model() as fake, open_session(fake.url, recorder=recorder, prompts={"critic/test": PROMPT}) as session:
        fake.script.extend(replies)
        outcome = ask(session)
        use = session.account()[0]
    assert outcome.value is None
    assert said in outcome.problem
    assert recorder.events[-1].outputs["kind"] == kind
    assert (use.fell_back, use.failures, use.tokens_out) == (True, 1, 0)
    assert said in use.note


def test_a_dead_server_is_a_problem() -> None:
    with open_session(f"http://127.0.0.1:{free_port()}/v1", prompts={"critic/test": PROMPT}) as session:
        outcome = ask(session)
        assert outcome.value is None
        assert outcome.problem.startswith("no server of m answered")
        assert session.account()[0].endpoint == ""


def test_a_server_that_takes_too_long_is_a_problem() -> None:
    recorder = ScratchRecorder()
    with fake_model() as fake, open_session(fake.url, recorder=recorder, prompts={"critic/test": PROMPT}, deadline_s=0.3) as session:
        fake.script.append(Reply(json.dumps({"a": 1}), delay=3))
        outcome = ask(session)
    assert outcome.value is None
    assert recorder.events[0].outputs["kind"] == "timeout"
    assert recorder.events[0].seconds < 2


def test_a_server_that_refuses_limits_in_schemas_is_asked_without_them() -> None:
    recorder = ScratchRecorder()
    with fake_model() as fake, open_session(fake.url, recorder=recorder, prompts={"critic/test": PROMPT}) as session:
        fake.fail(400, "Invalid schema for response_format: 'maxLength' is not permitted")
        fake.json({"a": 1, "note": ""})
        assert ask(session).value == Answer(a=1)
    first, second = (r["response_format"]["json_schema"]["schema"]["properties"] for r in fake.requests)
    assert ("minimum" in first["a"], "maxLength" in first["note"]) == (True, True)
    assert ("minimum" in second["a"], "maxLength" in second["note"]) == (False, False)
    assert recorder.events[0].inputs["schema"] != recorder.events[1].inputs["schema"]


def test_a_server_that_refuses_every_schema_is_told_it_in_the_prompt() -> None:
    with fake_model() as fake, open_session(fake.url, prompts={"critic/test": PROMPT}) as session:
        fake.fail(400, "response_format is not supported")
        fake.fail(400, "response_format is not supported")
        fake.say('Here it is: {"a": 1, "note": ""}')
        assert ask(session).value == Answer(a=1)
        assert len(fake.requests) == 3
        assert '"minimum": 0' in fake.requests[-1]["messages"][0]["content"]


# ---- keys


def test_the_key_reaches_the_server_and_nothing_else(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("FAKE_KEY", SECRET)
    recorder = ScratchRecorder()
    caplog.set_level("DEBUG")
    with fake_model(api_key=SECRET) as fake:
        pool = pool_config(fake.url)
        pool.endpoints[0].api_key_env = "FAKE_KEY"
        with open_session(pool=pool, recorder=recorder, prompts={"critic/test": PROMPT}) as session:
            fake.json({"a": 1, "note": ""})
            assert ask(session).value == Answer(a=1)
            fake.say(f"your key is {SECRET}")
            fake.json({"a": 2, "note": ""})
            assert ask(session).value == Answer(a=2)
            assert SECRET not in repr(session.account())
    assert set(fake.keys) == {SECRET}
    assert SECRET not in json.dumps([e.model_dump(mode="json") for e in recorder.events])
    assert SECRET not in json.dumps(fake.requests[:2])
    assert SECRET not in caplog.text


def test_a_refused_key_is_not_repeated_in_the_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_KEY", SECRET)
    with fake_model(api_key="another") as fake:
        pool = pool_config(fake.url)
        pool.endpoints[0].api_key_env = "FAKE_KEY"
        with open_session(pool=pool, prompts={"critic/test": PROMPT}) as session:
            problem = ask(session).problem
    assert "refused the API key" in problem
    assert SECRET not in problem


def test_a_placeholder_for_a_key_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_KEY", "EMPTY")
    with fake_model() as fake:
        pool = pool_config(fake.url)
        pool.endpoints[0].api_key_env = "FAKE_KEY"
        with open_session(pool=pool) as session:
            fake.say("The flask is EMPTY.")
            assert session.turn(PLACE, "assistant", [{"role": "user", "content": "?"}], []).text == "The flask is EMPTY."


def test_a_key_that_is_not_set_is_a_problem_not_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    pool = pool_config("http://127.0.0.1:9/v1")
    pool.endpoints[0].api_key_env = "NOT_SET"
    with open_session(pool=pool, prompts={"critic/test": PROMPT}) as session:
        assert "NOT_SET is not set" in ask(session).problem


def test_an_error_in_the_listening_is_the_callers() -> None:
    recorder = ScratchRecorder()

    def full_disk(text: str) -> None:
        raise OSError("disk full")

    prompts = {"critic/test": PROMPT}
    with fake_model() as fake, open_session(fake.url, recorder=recorder, prompts=prompts) as session:
        fake.say("Three words here.")
        with pytest.raises(OSError, match="disk full"):
            session.prose(PLACE, "critic", "critic/test", {"goal": "x"}, full_disk)
    assert recorder.events[0].outputs["text"] == "Three words here."


# ---- failover


def test_another_server_of_the_model_answers() -> None:
    recorder = ScratchRecorder()
    with fake_model() as live:
        dead = f"http://127.0.0.1:{free_port()}/v1"
        with open_session(dead, live.url, recorder=recorder, prompts={"critic/test": PROMPT}) as session:
            live.respond = lambda request: json_reply({"a": len(live.requests), "note": ""})
            values = [ask(session, Place("explain", n, "x")).value.a for n in range(6)]
            uses = session.account()
    assert values == [1, 2, 3, 4, 5, 6]
    assert {e.endpoint for e in recorder.events} == {"b"}
    assert [(u.endpoint, u.calls, u.failures, u.fell_back) for u in uses] == [("b", 6, 0, False)]


def test_two_servers_share_and_the_account_says_who_did_what() -> None:
    with fake_model() as one, fake_model() as two:
        for fake in (one, two):
            fake.respond = lambda request: json_reply({"a": 1, "note": ""})
        with open_session(one.url, two.url, prompts={"critic/test": PROMPT}) as session:
            for n in range(8):
                assert ask(session, Place("explain", n, "x")).value == Answer(a=1)
            uses = {u.endpoint: u for u in session.account()}
    assert set(uses) == {"a", "b"}
    assert uses["a"].calls == len(one.requests)
    assert uses["b"].calls == len(two.requests)
    assert uses["a"].calls + uses["b"].calls == 8


def test_a_server_that_fails_halfway_is_replaced() -> None:
    with fake_model() as one, fake_model() as two:
        one.script.extend([Reply(status=500), Reply(status=500)])
        two.respond = one.respond = lambda request: json_reply({"a": 1, "note": ""})
        with open_session(one.url, two.url, prompts={"critic/test": PROMPT}) as session:
            assert all(ask(session, Place("explain", n, "x")).value for n in range(5))
            assert not any(u.failures for u in session.account())


def test_the_fallback_model_is_asked_where_no_server_has_the_model() -> None:
    recorder = ScratchRecorder()
    with fake_model("small") as fake:
        dead = {"name": "big-one", "base_url": f"http://127.0.0.1:{free_port()}/v1", "model": "big"}
        pool = PoolConfig.model_validate({"endpoints": [dead, {"name": "small-one", "base_url": fake.url, "model": "small"}], **QUICK})
        plan = plan_for("critic", model="big", fallback_model="small", prompts={"critic/test": PROMPT})
        with open_session(pool=pool, plan=plan, recorder=recorder) as session:
            fake.json({"a": 1, "note": ""})
            assert ask(session).value == Answer(a=1)
            uses = session.account()
    assert [(u.model, u.endpoint, u.failures, u.fell_back) for u in uses] == [("big", "", 1, False), ("small", "small-one", 0, True)]
    assert uses[1].note == "asked in place of big"
    assert [e.inputs["model"] for e in recorder.events] == ["big", "small"]


def test_a_pools_own_fallback_is_seen_in_the_record() -> None:
    recorder = ScratchRecorder()
    with fake_model("small") as fake:
        dead = {"name": "big-one", "base_url": f"http://127.0.0.1:{free_port()}/v1", "model": "big"}
        servers = [dead, {"name": "small-one", "base_url": fake.url, "model": "small"}]
        pool = PoolConfig.model_validate({"endpoints": servers, "fallbacks": {"big": ["small"]}, **QUICK})
        with open_session(pool=pool, plan=plan_for("critic", model="big", prompts={"critic/test": PROMPT}), recorder=recorder) as session:
            fake.json({"a": 1, "note": ""})
            assert ask(session).value == Answer(a=1)
    assert (recorder.events[0].model, recorder.events[0].endpoint, recorder.events[0].inputs["model"]) == ("small", "small-one", "big")


def test_a_model_without_a_server_is_left_alone_and_tried_again_now_and_then() -> None:
    asked: list[str] = []

    class Dead(NoBackend):
        def complete(self, request: Any) -> Any:
            asked.append(request.model)
            return super().complete(request)

    recorder = ScratchRecorder()
    session = ModelSession(plan_for("critic", prompts={"critic/test": PROMPT}), Dead("gone"), recorder)
    for n in range(20):
        assert ask(session, Place("explain", n, "x")).value is None
    kinds = [e.outputs["kind"] for e in recorder.events]
    assert kinds[:3] == ["unavailable"] * 3
    assert kinds.count("unavailable") == len(asked) == 5
    assert [n for n, k in enumerate(kinds) if k == "unavailable"] == [0, 1, 2, 10, 18]
    assert session.account()[0].calls == 5


def test_a_server_that_is_back_is_used_again() -> None:
    recorder = ScratchRecorder()
    with fake_model() as fake:
        pool = pool_config(fake.url, breaker={"open_s": 0.01, "open_max_s": 0.01})
        with open_session(pool=pool, recorder=recorder, prompts={"critic/test": PROMPT}) as session:
            fake.script.extend([Reply(status=500)] * 40)
            for n in range(4):
                assert ask(session, Place("explain", n, "x")).value is None
            fake.script.clear()
            fake.respond = lambda request: json_reply({"a": 1, "note": ""})
            values = [ask(session, Place("explain", n, "y")).value for n in range(12)]
    assert [v is None for v in values] == [True] * 6 + [False] * 6


class Echo(Model):
    """Arguments."""

    x: str = Field(description="x", max_length=9)


def test_turns_fail_over_too() -> None:
    asked: list[Message] = [{"role": "user", "content": "go"}]
    with fake_model() as live, open_session(f"http://127.0.0.1:{free_port()}/v1", live.url) as session:
        live.call("echo", {"x": "1"})
        turn = session.turn(PLACE, "proposer", asked, [ToolSchema("echo", "e", Echo)])
    assert turn.calls[0].given == {"x": "1"}
