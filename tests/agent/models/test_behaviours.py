"""Every behaviour of a real server or model that is known, held against a fake of it: the right outcome, not only no exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import Field

from agent.models import Message, Place, ToolSchema, tool_result
from agent.models.learnt import Learnt
from core.model import Model
from tests.agent.models.behaviours import (
    GOOD,
    ODD_CALLS,
    REFUSALS,
    THINKING,
    UNDER_200,
    UNREADABLE,
    VERDICT,
    WRITTEN,
    able,
    has,
    refusal,
    refusing,
    saying,
)
from tests.agent.models.fake_server import FakeModel, Reply, fake_model, json_reply, open_session, plan_for, pool_config, tool_reply
from tests.scratch_recorder import ScratchRecorder


class Lookup(Model):
    """Arguments of the tool."""

    name: str = Field(description="What to look up.", max_length=50)


class Verdict(Model):
    """A structured reply."""

    colour: Literal["red", "green"] = Field(description="Which.")
    count: int = Field(description="How many.")


class Listed(Model):
    """A structured reply with a list."""

    found: list[Verdict] = Field(description="What was found.", min_length=1)


PLACE = Place("research", 0, "x")
TOOLS = [ToolSchema("lookup", "Look a name up.", Lookup)]
ASKED: list[Message] = [{"role": "system", "content": "You look things up."}, {"role": "user", "content": "Aspirin?"}]
PROMPT = "---\nrole: critic\nversion: 1\nvariables: goal\ndescription: t\n---\n## system\nJudge.\n## user\n{{ goal }}\n"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModel]:
    """One server for the module; each test says how it behaves."""
    with fake_model() as fake:
        yield fake


@pytest.fixture
def fake(server: FakeModel) -> FakeModel:
    server.script.clear()
    server.requests.clear()
    server.respond = able
    return server


def ask(fake: FakeModel, how: str, schema: type[Model] = Verdict, **plan: Any) -> tuple[Any, ScratchRecorder]:
    """The outcome of one question of a kind, and the record."""
    recorder, heard = ScratchRecorder(), []
    changed = plan_for(prompts={"critic/test": PROMPT}, **plan)
    if how == "thinking":
        changed = changed.model_copy(update={"roles": {r: m.model_copy(update={"thinking": "high"}) for r, m in changed.roles.items()}})
    with open_session(fake.url, recorder=recorder, plan=changed) as session:
        if how in ("turn", "must", "thinking"):
            turn = session.turn(PLACE, "critic", ASKED, TOOLS, must_call=how == "must")
            return turn, recorder
        if how == "structured":
            return session.structured(PLACE, "critic", "critic/test", {"goal": "dyes"}, schema), recorder
        outcome = session.prose(PLACE, "critic", "critic/test", {"goal": "dyes"}, heard.append)
        return outcome, recorder


# ---- refused parameters


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_parameter_is_learnt(fake: FakeModel, name: str) -> None:
    how, behave, learnt = REFUSALS[name]
    fake.respond = behave
    outcome, recorder = ask(fake, how)
    assert outcome.problem == ""
    if how in ("turn", "must", "thinking"):
        assert [c.given for c in outcome.calls] == [GOOD]
    elif how == "structured":
        assert outcome.value == Verdict(**VERDICT)
    else:
        assert outcome.value == "Three dyes were found."
    assert len(recorder.events) == 1  # one exchange: the refusals lie below it
    assert sorted(recorder.events[0].outputs["adapted"]) == sorted(learnt)


def test_what_was_learnt_is_kept_for_the_server(fake: FakeModel) -> None:
    fake.respond = refusing(has("seed"), refusal("seed is not supported"))
    with open_session(fake.url, plan=plan_for()) as session:
        for n in range(3):
            assert session.turn(Place("x", n, "y"), "assistant", ASKED, TOOLS, must_call=True).problem == ""
    assert ["seed" in r for r in fake.requests] == [True, False, False, False]


def test_what_was_learnt_is_kept_between_processes_until_it_is_found_out_anew(fake: FakeModel, tmp_path: Any) -> None:
    from agent.models.client import PoolBackend
    from agent.models.exchange import ChatRequest

    fake.respond = refusing(has("seed"), refusal("seed is not supported"))
    file = Learnt(tmp_path / "home" / "servers.json")
    for _ in range(2):
        backend = PoolBackend(pool_config(fake.url), learnt=file)
        backend.complete(ChatRequest("m", ASKED))
        backend.close()
    assert ["seed" in r for r in fake.requests] == [True, False, False]
    file.forget(pool_config(fake.url))
    assert file.known(pool_config(fake.url)).endpoints[0].adapt == []
    (tmp_path / "home" / "servers.json").write_text("not JSON")
    assert file.known(pool_config(fake.url)).endpoints[0].adapt == []


def test_a_setting_saves_the_refusal(fake: FakeModel) -> None:
    pool = pool_config(fake.url)
    pool.endpoints[0].adapt = ["no_seed", "no_strict"]
    recorder = ScratchRecorder()
    with open_session(pool=pool, recorder=recorder, plan=plan_for()) as session:
        assert session.turn(PLACE, "assistant", ASKED, TOOLS, must_call=True).problem == ""
    (request,) = fake.requests
    assert "seed" not in request
    assert "strict" not in request["tools"][0]["function"]
    assert recorder.events[0].outputs["adapted"] == ["no_seed", "no_strict"]


def test_a_refusal_without_a_remedy_stays_a_problem(fake: FakeModel) -> None:
    fake.respond = saying(refusal("the messages are not to my taste"))
    outcome, recorder = ask(fake, "must")
    assert "not to my taste" in outcome.problem
    assert len(fake.requests) == len(recorder.events) == 1


def test_a_prompt_that_is_too_long_teaches_nothing(fake: FakeModel) -> None:
    fake.respond = saying(
        refusal(
            "'max_tokens' or 'max_completion_tokens' is too large: 2048. This model's maximum context length is 2048 tokens and your request has"
            " 512 input tokens (2048 > 2048 - 512). (parameter=max_tokens, value=2048)"
        )
    )
    outcome, recorder = ask(fake, "must")
    assert recorder.events[0].outputs["kind"] == "context"
    assert "adapted" not in recorder.events[0].outputs
    assert len(fake.requests) == 1
    assert outcome.problem.startswith("context:")


def test_a_server_that_refuses_for_ever_is_given_up(fake: FakeModel) -> None:
    fake.respond = saying(
        refusal("temperature, seed, strict, parallel, tool_choice, response_format and system role are not supported, nor tools")
    )
    outcome, _ = ask(fake, "must")
    assert outcome.problem
    assert len(fake.requests) < 15


def test_the_conversation_of_a_server_without_tools_is_told_in_words(fake: FakeModel) -> None:
    fake.respond = refusing(has("tools"), refusal("this model does not support tools"))
    with open_session(fake.url, plan=plan_for()) as session:
        first = session.turn(PLACE, "assistant", ASKED, TOOLS, must_call=True)
        fake.respond = saying(Reply("It weighs 180.16."))
        second = session.turn(PLACE, "assistant", [*ASKED, first.reply, tool_result(first.calls[0], {"mass": 180.16})], TOOLS)
    assert second.text == "It weighs 180.16."
    sent = fake.requests[-1]["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert json.loads(sent[2]["content"]) == {"name": "lookup", "arguments": GOOD}
    assert "180.16" in sent[3]["content"]


# ---- calls written as text


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("how", ["must", "turn"])
def test_a_call_written_as_text_is_a_call(fake: FakeModel, name: str, how: str) -> None:
    fake.respond = saying(Reply(WRITTEN[name]))
    outcome, recorder = ask(fake, how)
    assert [(c.name, c.given) for c in outcome.calls] == [("lookup", GOOD)]
    assert outcome.text == ""
    assert "a call written as text" in recorder.events[0].outputs["mended"]
    assert len(fake.requests) == 1


@pytest.mark.parametrize("name", ODD_CALLS)
def test_a_call_with_an_odd_name_or_odd_arguments_is_that_call(fake: FakeModel, name: str) -> None:
    tool, arguments = ODD_CALLS[name]
    fake.respond = saying(Reply(None, ((tool, arguments),), "tool_calls"))
    outcome, _ = ask(fake, "must")
    assert [(c.name, c.given) for c in outcome.calls] == [("lookup", GOOD)]
    assert len(fake.requests) == 1


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_call_that_cannot_be_read_is_told_and_never_the_answer(fake: FakeModel, name: str) -> None:
    fake.script.append(Reply(UNREADABLE[name]))
    outcome, recorder = ask(fake, "turn")
    assert [c.given for c in outcome.calls] == [GOOD]
    assert "could not be read" in recorder.events[0].outputs["fault"]
    fake.respond = saying(Reply(UNREADABLE[name]))
    outcome, _ = ask(fake, "turn")
    assert (outcome.text, outcome.calls) == ("", [])
    assert outcome.problem


def test_the_older_form_of_a_call_is_read(fake: FakeModel) -> None:
    message = {"role": "assistant", "content": None, "function_call": {"name": "lookup", "arguments": json.dumps(GOOD)}}
    fake.respond = saying(Reply(message=message, finish="function_call"))
    outcome, _ = ask(fake, "must")
    assert [c.given for c in outcome.calls] == [GOOD]


@pytest.mark.parametrize(
    "text",
    [
        "Aspirin melts at 135 °C.",
        'The record holds {"name": "aspirin", "arguments": "none"}.',
        "Use f(x) = lookup tables of your own.",
        "SMILES: CC(=O)Oc1ccccc1C(=O)O [see 1]",
        "Action: none is needed.",
    ],
)
def test_an_answer_stays_an_answer(fake: FakeModel, text: str) -> None:
    fake.respond = saying(Reply(text))
    outcome, _ = ask(fake, "turn")
    assert (outcome.text, outcome.calls, outcome.problem) == (text, [], "")


# ---- thinking


# a stream has no such parts
@pytest.mark.parametrize(
    ("name", "how"), [(n, h) for n in THINKING for h in ("turn", "prose") if h == "turn" or THINKING[n].message is None]
)
def test_a_thought_is_no_answer(fake: FakeModel, name: str, how: str) -> None:
    reply = THINKING[name]
    fake.respond = saying(reply)
    outcome, recorder = ask(fake, how)
    assert (outcome.text if how == "turn" else outcome.value) == "The answer is four."
    assert outcome.problem == ""
    if reply.reasoning:
        assert recorder.events[0].outputs["reasoning"] == reply.reasoning
    if name == "parts":
        assert recorder.events[0].outputs["reasoning"] == "two and two"


def test_thoughts_are_not_passed_on_while_they_come(fake: FakeModel) -> None:
    heard: list[str] = []
    fake.respond = saying(Reply("<think>two and two are five</think>The answer < 5 is four."))
    with open_session(fake.url, plan=plan_for(prompts={"critic/test": PROMPT})) as session:
        session.prose(PLACE, "critic", "critic/test", {"goal": "dyes"}, heard.append)
    assert "".join(heard) == "The answer < 5 is four."


def test_a_model_that_thought_until_its_tokens_were_used_up_gets_room(fake: FakeModel) -> None:
    for reply in (Reply("", reasoning="hm " * 50, finish="length"), Reply("<think>hm " * 50, finish="length")):
        fake.requests.clear()
        fake.script.append(reply)
        outcome, recorder = ask(fake, "structured", max_tokens=500)
        assert outcome.value == Verdict(**VERDICT)
        assert [r["max_tokens"] for r in fake.requests] == [500, 2000]
        assert fake.requests[1]["messages"] == fake.requests[0]["messages"]  # there is nothing to tell
        assert recorder.events[1].inputs["max_tokens"] == 2000


def test_the_room_for_thinking_ends_where_the_context_does(fake: FakeModel) -> None:
    fake.respond = saying(Reply("", reasoning="hm", finish="length"))
    outcome, _ = ask(fake, "structured", max_tokens=500, context_tokens=1200)
    assert "cut off" in outcome.problem
    assert max(r["max_tokens"] for r in fake.requests) <= 1200


def test_what_was_thought_goes_back_while_tools_are_called_and_no_longer(fake: FakeModel) -> None:
    fake.script.append(Reply(None, (("lookup", json.dumps(GOOD)),), "tool_calls", reasoning="I need its mass."))
    fake.respond = saying(Reply("Done."))
    with open_session(fake.url, plan=plan_for()) as session:
        first = session.turn(PLACE, "assistant", ASKED, TOOLS)
        talk = [*ASKED, first.reply, tool_result(first.calls[0], {"mass": 180.16})]
        session.turn(PLACE, "assistant", talk, TOOLS)
        session.turn(PLACE, "assistant", [*talk, {"role": "assistant", "content": "Done."}, {"role": "user", "content": "And?"}], TOOLS)
    assert fake.requests[1]["messages"][2]["reasoning_content"] == "I need its mass."
    assert all("reasoning_content" not in m for m in fake.requests[2]["messages"])


def test_a_server_that_does_not_want_the_thoughts_back_is_spared_them(fake: FakeModel) -> None:
    fake.script.append(Reply(None, (("lookup", json.dumps(GOOD)),), "tool_calls", reasoning="I need its mass."))
    fake.respond = refusing(
        lambda r: any("reasoning_content" in m for m in r["messages"]),
        refusal("Additional properties are not allowed ('reasoning_content' was unexpected) - 'messages.2'"),
        saying(Reply("Done.")),
    )
    with open_session(fake.url, plan=plan_for()) as session:
        first = session.turn(PLACE, "assistant", ASKED, TOOLS)
        turn = session.turn(PLACE, "assistant", [*ASKED, first.reply, tool_result(first.calls[0], {"mass": 1})], TOOLS)
    assert turn.text == "Done."


@pytest.mark.parametrize(("switch", "sent"), [("on", True), ("off", False), ("high", True), ("", None)])
def test_a_role_says_whether_its_model_thinks(fake: FakeModel, switch: str, sent: bool | None) -> None:
    plan = plan_for("assistant")
    plan.roles["assistant"] = plan.roles["assistant"].model_copy(update={"thinking": switch})
    with open_session(fake.url, plan=plan) as session:
        session.turn(PLACE, "assistant", ASKED, TOOLS)
    (request,) = fake.requests
    assert request.get("chat_template_kwargs", {}).get("enable_thinking") == sent
    assert request.get("reasoning_effort") == (switch if switch == "high" else None)


# ---- errors, limits and odds


# a stream has no such choice
@pytest.mark.parametrize(
    ("name", "how"), [(n, h) for n in UNDER_200 for h in ("must", "prose") if h == "must" or "choices" not in UNDER_200[n][0]]
)
def test_an_error_under_http_200_keeps_its_meaning(fake: FakeModel, name: str, how: str) -> None:
    body, kind = UNDER_200[name]
    fake.respond = saying(Reply(raw=json.dumps(body).encode()))
    outcome, recorder = ask(fake, how)
    assert outcome.problem
    assert recorder.events[0].outputs["kind"] == kind


def test_a_list_that_was_cut_off_keeps_what_is_whole(fake: FakeModel) -> None:
    whole = json.dumps({"found": [VERDICT, VERDICT, VERDICT]})
    fake.respond = saying(Reply(whole[: whole.rindex("count")], finish="length"))
    outcome, recorder = ask(fake, "structured", Listed)
    assert outcome.value == Listed(found=[Verdict(**VERDICT)] * 2)
    assert "cut off" in recorder.events[0].outputs["mended"]


def test_a_list_of_which_nothing_is_whole_is_asked_for_again(fake: FakeModel) -> None:
    fake.script.append(Reply('{"found": [{"colour": "re', finish="length"))
    fake.respond = saying(json_reply({"found": [VERDICT]}))
    outcome, _ = ask(fake, "structured", Listed)
    assert outcome.value == Listed(found=[Verdict(**VERDICT)])
    assert len(fake.requests) == 2


@pytest.mark.parametrize("finish", ["max_tokens", "MAX_TOKENS", "model_length"])
def test_other_words_for_a_reply_that_was_cut_off(fake: FakeModel, finish: str) -> None:
    fake.script.append(Reply(None, (("lookup", json.dumps(GOOD)),), finish))
    outcome, recorder = ask(fake, "must")
    assert [c.given for c in outcome.calls] == [GOOD]
    assert "cut off" in recorder.events[0].outputs["fault"]


def test_a_content_filter_and_a_refusal_are_said(fake: FakeModel) -> None:
    fake.script.append(Reply("", finish="content_filter"))
    outcome, recorder = ask(fake, "structured")
    assert "content filter" in recorder.events[0].outputs["fault"]
    fake.script.append(Reply(message={"role": "assistant", "content": None, "refusal": "I cannot help with that."}))
    outcome, recorder = ask(fake, "structured")
    assert "I cannot help with that." in recorder.events[0].outputs["fault"]
    assert outcome.value == Verdict(**VERDICT)


def test_the_wire_is_plain(fake: FakeModel) -> None:
    """What every server knows: max_tokens by its older name, messages as they were given, nothing that was not asked for."""
    fake.respond = saying(tool_reply("lookup", GOOD))
    ask(fake, "must")
    (request,) = fake.requests
    assert set(request) == {
        "model",
        "messages",
        "temperature",
        "seed",
        "max_tokens",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "stream",
    }
    assert request["messages"] == ASKED
