"""Exchanges are recorded before they are used: a resume goes on where the process ended, a replay needs no server, a fork changes what follows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from agent.models import Message, ModelSession, NoBackend, Outcome, Place, ToolSchema, tool_result
from agent.models.client import PoolBackend
from agent.models.plan import EarlierPlan, RolePlan
from core.errors import ReplayDiffers, StoreError
from core.interfaces import Lease, Recorder
from core.model import Model
from memory.recorder import ReplayRecorder, SqlRecorder
from memory.sql import SqlRunStore
from tests.agent.models.fake_server import FakeModel, fake_model, json_reply, plan_for, pool_config, tool_reply

PROMPT = "---\nrole: critic\nversion: 1\nvariables: goal\ndescription: t\n---\n## system\nJudge.\n## user\n{{ goal }}\n"
NOBODY = NoBackend("nobody may be asked")


class Answer(Model):
    """A structured reply."""

    a: int = Field(description="A number.")


class Step(Model):
    """Arguments of the tool."""

    x: int = Field(description="A number.")


TOOLS = [ToolSchema("step", "Take a step.", Step)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRunStore]:
    with SqlRunStore(f"sqlite:///{tmp_path / 'runs.db'}", clock=lambda: datetime.now(UTC)) as opened:
        opened.create_run("r1", "goal", {}, "2026-01-01T00:00:00+00:00")
        yield opened


@pytest.fixture
def lease(store: SqlRunStore) -> Lease:
    return store.acquire("r1", "me")


def recorder(store: SqlRunStore, lease: Lease) -> SqlRecorder:
    return SqlRecorder(store, lease, lambda: datetime.now(UTC))


def plan(**options: Any) -> RolePlan:
    return plan_for(
        "critic", "proposer", "reporter", prompts={"critic/test": PROMPT, "reporter/test": PROMPT.replace("critic", "reporter")}, **options
    )


def work(session: ModelSession, *, goal: str = "dyes", stop_after: int = 99) -> list[Any]:
    """What roles do in a run: a structured reply, a tool loop with a tool that reads outside, prose. Stops early where told."""
    found: list[Any] = [session.structured(Place("research", 0, "rules"), "critic", "critic/test", {"goal": goal}, Answer)]
    messages: list[Message] = [{"role": "user", "content": goal}]
    for number in range(3):
        if len(found) >= stop_after:
            return found
        turn = session.turn(Place("propose", 0, "model"), "proposer", messages, TOOLS, must_call=True)
        read = session.tool(Place("propose", 0, "model"), "look", {"n": number}, lambda number=number: {"seen": number})  # type: ignore[misc]
        found.append((turn.calls[0].given, turn.repairs, read) if turn.calls else turn.problem)
        if turn.calls:
            messages += [turn.reply, tool_result(turn.calls[0], read)]
    found.append(session.prose(Place("report", 0, "summary"), "reporter", "reporter/test", {"goal": goal}))
    return found


def script(fake: FakeModel) -> None:
    fake.say("not json")
    fake.json({"a": 7})
    fake.broken("prose")
    fake.call("step", {"x": 1})
    fake.broken("missing_brace", "step", {"x": 2})
    fake.fail(400, "no such thing")
    fake.say("All is well.")


def test_a_replay_needs_no_server_and_sees_the_same(store: SqlRunStore, lease: Lease) -> None:
    with fake_model() as fake:
        script(fake)
        session = ModelSession(plan(), PoolBackend(pool_config(fake.url)), recorder(store, lease))
        first, account = work(session), session.account()
        session.close()
    assert first[0] == Outcome(Answer(a=7), "", 1)
    assert first[1] == ({"x": 1}, 1, {"seen": 0})
    assert first[2] == ({"x": 2}, 1, {"seen": 1})
    assert "HTTP 400" in first[3]
    assert first[4].value == "All is well."
    replay = ReplayRecorder(store, "r1")
    again = ModelSession(plan(), NOBODY, replay)
    assert work(again) == first
    assert again.account() == account
    replay.finish()
    assert {(u.role, u.endpoint, u.repairs, u.failures) for u in account} == {
        ("critic", "a", 1, 0),
        ("proposer", "a", 2, 1),
        ("reporter", "a", 0, 0),
    }


def test_streamed_words_are_heard_again_in_a_replay(store: SqlRunStore, lease: Lease) -> None:
    heard: list[str] = []

    def speak(session: ModelSession) -> Outcome[str]:
        return session.prose(Place("report", 0, "s"), "reporter", "reporter/test", {"goal": "x"}, heard.append)

    with fake_model() as fake:
        fake.say("One two three.")
        session = ModelSession(plan(), PoolBackend(pool_config(fake.url)), recorder(store, lease))
        speak(session)
        session.close()
    assert "".join(heard) == "One two three."
    heard.clear()
    speak(ModelSession(plan(), NOBODY, ReplayRecorder(store, "r1")))
    assert heard == ["One two three."]


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_a_resume_asks_only_what_is_not_recorded(store: SqlRunStore, lease: Lease, stop_after: int) -> None:
    with fake_model() as fake:
        fake.respond = lambda request: tool_reply("step", {"x": len(fake.requests)}) if "tools" in request else json_reply({"a": 1})
        backend = PoolBackend(pool_config(fake.url))
        part = work(ModelSession(plan(), backend, recorder(store, lease)), stop_after=stop_after)
        asked = len(fake.requests)
        assert asked == stop_after
        whole = work(ModelSession(plan(), backend, recorder(store, lease)))
        assert whole[:stop_after] == part
        assert len(fake.requests) == 5
        backend.close()
    assert work(ModelSession(plan(), NOBODY, ReplayRecorder(store, "r1"))) == whole


def test_an_interrupted_call_leaves_nothing_and_is_made_anew(store: SqlRunStore, lease: Lease) -> None:
    class Interrupted(NoBackend):
        def complete(self, request: Any) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(ModelSession(plan(), Interrupted(""), recorder(store, lease)))
    assert store.events("r1") == []


def test_the_budget_counts_what_earlier_processes_spent(store: SqlRunStore, lease: Lease) -> None:
    with fake_model() as fake:
        fake.respond = lambda request: tool_reply("step", {"x": len(fake.requests)}) if "tools" in request else json_reply({"a": 1})
        backend = PoolBackend(pool_config(fake.url))
        work(ModelSession(plan(calls=3), backend, recorder(store, lease)), stop_after=2)
        whole = work(ModelSession(plan(calls=3), backend, recorder(store, lease)))
        assert len(fake.requests) == 3
        backend.close()
    assert whole[3].startswith("budget: ")
    assert whole[4].problem.startswith("budget: ")
    again = ModelSession(plan(calls=3), NOBODY, ReplayRecorder(store, "r1"))
    assert work(again) == whole
    assert again.account()[-1].fell_back is True


@pytest.mark.parametrize("change", ["goal", "seed", "temperature", "model"])
def test_another_request_than_recorded_is_no_replay(store: SqlRunStore, lease: Lease, change: str) -> None:
    with fake_model() as fake:
        fake.json({"a": 1})
        backend = PoolBackend(pool_config(fake.url))
        work(ModelSession(plan(), backend, recorder(store, lease)), stop_after=1)
        backend.close()
    changed = {
        "goal": plan(),
        "seed": plan(seed=5),
        "temperature": plan().model_copy(update={"roles": {"critic": plan().roles["critic"].model_copy(update={"temperature": 1.0})}}),
        "model": plan(model="other"),
    }[change]
    with pytest.raises(ReplayDiffers, match="research, generation 0, rules:0"):
        work(ModelSession(changed, NOBODY, ReplayRecorder(store, "r1")), goal="another" if change == "goal" else "dyes", stop_after=1)
    with pytest.raises(StoreError, match="another request"):
        work(ModelSession(changed, NOBODY, recorder(store, lease)), goal="another" if change == "goal" else "dyes", stop_after=1)


def test_a_changed_reply_in_the_store_is_found(store: SqlRunStore, lease: Lease, tmp_path: Path) -> None:
    with fake_model() as fake:
        fake.json({"a": 1})
        backend = PoolBackend(pool_config(fake.url))
        work(ModelSession(plan(), backend, recorder(store, lease)), stop_after=1)
        backend.close()
    with sqlite3.connect(tmp_path / "runs.db") as raw:
        table = next(t for (t,) in raw.execute("select name from sqlite_master where type='table'") if "event" in t)
        (kept,) = raw.execute(f"select outputs from {table}").fetchone()
        raw.execute(f"update {table} set outputs = ?", (json.dumps({**json.loads(kept), "text": '{"a": 9}'}),))
    with pytest.raises(ReplayDiffers, match="changed in the record"):
        work(ModelSession(plan(), NOBODY, ReplayRecorder(store, "r1")), stop_after=1)


def test_in_a_fork_the_copied_part_is_asked_as_it_was(store: SqlRunStore, lease: Lease) -> None:
    replies = lambda request: tool_reply("step", {"x": 1}) if "tools" in request else json_reply({"a": 1})  # noqa: E731
    with fake_model() as fake:
        fake.respond = replies
        backend = PoolBackend(pool_config(fake.url))
        work(ModelSession(plan(), backend, recorder(store, lease)), stop_after=1)
        changed = plan(model="new").model_copy(update={"prompts": {**plan().prompts, "critic/test": PROMPT.replace("Judge", "Judge hard")}})
        changed = changed.model_copy(update={"earlier": EarlierPlan(plan=plan(), places=["research/0/rules:0"])})
        backend.close()
    with fake_model("new") as other:
        other.respond = replies
        backend = PoolBackend(pool_config(other.url, model="new"))
        session = ModelSession(RolePlan.model_validate(json.loads(changed.model_dump_json())), backend, recorder(store, lease))
        work(session, stop_after=1)
        assert other.requests == []
        assert session.structured(Place("explain", 0, "x"), "critic", "critic/test", {"goal": "g"}, Answer).value == Answer(a=1)
        assert (other.requests[0]["model"], other.requests[0]["messages"][0]["content"]) == ("new", "Judge hard.")
        backend.close()


def test_a_tool_that_reads_outside_is_read_once(store: SqlRunStore, lease: Lease) -> None:
    reads: list[int] = []

    def read() -> dict[str, int]:
        reads.append(1)
        return {"found": len(reads)}

    def look(kept: Recorder) -> list[Any]:
        session = ModelSession(plan(), NOBODY, kept)
        return [session.tool(Place("propose", 0, "m"), "search", {"q": "dyes"}, read) for _ in range(2)]

    assert look(recorder(store, lease)) == [{"found": 1}, {"found": 2}]
    assert look(recorder(store, lease)) == look(ReplayRecorder(store, "r1")) == [{"found": 1}, {"found": 2}]
    assert len(reads) == 2
    assert [e.kind for e in store.events("r1")] == ["tool", "tool"]
