"""Every malformed reply that a server can send: mended, or asked for again with the error told, or given up; never an exception."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from pydantic import Field

from agent.models import Message, Place, RolePlan, ToolSchema, Turn, tool_result
from core.model import Model
from tests.agent.models.fake_server import MALFORMED, FakeModel, Reply, fake_model, open_session
from tests.scratch_recorder import ScratchRecorder


class Lookup(Model):
    """Arguments of the tool."""

    name: str = Field(description="What to look up.", max_length=50)


class Nothing(Model):
    """Arguments of a tool that takes none."""


class Verdict(Model):
    """A structured reply."""

    colour: Literal["red", "green"] = Field(description="Which.")
    count: int = Field(description="How many.", ge=0, le=9)


PLACE = Place("research", 0, "x")
TOOLS = [ToolSchema("lookup", "Look a name up.", Lookup), ToolSchema("front", "Show the front.", Nothing)]
ASKED: list[Message] = [{"role": "system", "content": "You look things up."}, {"role": "user", "content": "Aspirin?"}]
#: Put right without asking again.
MENDED = {
    "missing_brace": "a missing bracket",
    "object_arguments": "",
    "call_as_text": "a call written as text (a bare call)",
    "call_in_tags": "a call written as text (Hermes)",
    "call_in_tags_cut": "a call written as text (Hermes)",
    "parallel": "3 calls at once, the first was taken",
}
#: Asked for again by the pool, since they are no answer at all.
RETRIED_BELOW = {"no_json", "no_choices"}
#: Read by nobody: asked for again, but there is nothing to show the model.
UNREADABLE = {"no_message", "null_message", "list_message", "null_choice", "odd_role"}


@pytest.fixture(scope="module")
def fake() -> FakeModel:
    """One server for the module; each test writes its own script."""
    with fake_model() as server:
        yield server


@pytest.fixture(autouse=True)
def _clean(fake: FakeModel) -> None:
    fake.script.clear()
    fake.requests.clear()


def take_turn(fake: FakeModel, *, must_call: bool = True, asked: list[Message] = ASKED, attempts: int = 2) -> tuple[Turn, ScratchRecorder]:
    recorder = ScratchRecorder()
    with open_session(fake.url, recorder=recorder, attempts=attempts) as session:
        return session.turn(PLACE, "proposer", asked, TOOLS, must_call=must_call), recorder


@pytest.mark.parametrize("name", sorted(MENDED))
def test_what_can_be_mended_is_not_asked_again(fake: FakeModel, name: str) -> None:
    fake.broken(name)
    turn, recorder = take_turn(fake)
    assert [c.given for c in turn.calls] == [{"name": "aspirin"}]
    assert (len(fake.requests), turn.problem, turn.repairs) == (1, "", int(bool(MENDED[name])))
    assert recorder.events[0].outputs["mended"] == MENDED[name]


@pytest.mark.parametrize("name", sorted(set(MALFORMED) - set(MENDED) - RETRIED_BELOW))
def test_what_cannot_is_asked_again_with_the_error_told(fake: FakeModel, name: str) -> None:
    fake.broken(name)
    fake.call("lookup", {"name": "good"})
    turn, recorder = take_turn(fake)
    assert [c.given for c in turn.calls] == [{"name": "good"}]
    assert (turn.problem, turn.repairs, len(fake.requests)) == ("", 1, 2)
    first, second = recorder.events
    added = fake.requests[1]["messages"][len(ASKED) :]
    if name in UNREADABLE:
        assert first.outputs["kind"] == "malformed"
        assert added == []
    else:
        assert first.outputs["fault"]
        assert [m["role"] for m in added] == ["assistant", "user"]
        assert first.outputs["fault"] in added[1]["content"]
    assert fake.requests[0]["seed"] != fake.requests[1]["seed"]
    assert second.inputs["attempt"] == 1


@pytest.mark.parametrize("name", sorted(set(MALFORMED) - set(MENDED) - RETRIED_BELOW))
def test_attempts_end(fake: FakeModel, name: str) -> None:
    for _ in range(3):
        fake.broken(name)
    turn, recorder = take_turn(fake)
    assert turn.calls == []
    assert turn.reply == {}
    assert turn.problem.startswith("m gave nothing usable in 3 attempts: ")
    assert len(recorder.events) == len(fake.requests) == 3


@pytest.mark.parametrize("name", sorted(RETRIED_BELOW))
def test_what_is_no_answer_is_the_pools_business(fake: FakeModel, name: str) -> None:
    fake.broken(name)
    fake.call("lookup", {"name": "good"})
    turn, recorder = take_turn(fake)
    assert turn.calls[0].given == {"name": "good"}
    assert (len(fake.requests), len(recorder.events)) == (2, 1)


def test_no_attempts_means_none(fake: FakeModel) -> None:
    fake.broken("prose")
    turn, _ = take_turn(fake, attempts=0)
    assert "in 1 attempts" in turn.problem
    assert len(fake.requests) == 1


def test_only_the_last_bad_reply_is_shown_to_the_model(fake: FakeModel) -> None:
    fake.broken("prose")
    fake.broken("hallucinated_tool")
    fake.call("lookup", {"name": "good"})
    take_turn(fake)
    assert [len(r["messages"]) for r in fake.requests] == [2, 4, 4]
    assert "order_pizza" in fake.requests[2]["messages"][2]["content"]
    assert "the tools are: lookup, front" in fake.requests[2]["messages"][3]["content"]


def test_a_long_bad_reply_is_shortened_visibly(fake: FakeModel) -> None:
    fake.say("word " * 4000)
    fake.call("lookup", {"name": "good"})
    take_turn(fake)
    shown = fake.requests[1]["messages"][2]["content"]
    assert len(shown) < 400
    assert "characters)" in shown


def test_a_tool_without_arguments_needs_none(fake: FakeModel) -> None:
    for given in ("", "{}", " "):
        fake.script.append(Reply(None, (("front", given),), "tool_calls"))
        turn, _ = take_turn(fake)
        assert (turn.calls[0].name, turn.calls[0].given) == ("front", {})


def test_text_is_fine_where_no_call_is_needed(fake: FakeModel) -> None:
    fake.say("Aspirin is acetylsalicylic acid.")
    turn, _ = take_turn(fake, must_call=False)
    assert (turn.text, turn.calls, turn.problem) == ("Aspirin is acetylsalicylic acid.", [], "")
    assert turn.reply == {"role": "assistant", "content": "Aspirin is acetylsalicylic acid."}
    assert fake.requests[0]["tool_choice"] == "auto"


def test_json_in_an_answer_is_no_call_of_another_tool(fake: FakeModel) -> None:
    fake.say('{"name": "aspirin", "arguments": "none"}')
    turn, _ = take_turn(fake, must_call=False)
    assert turn.calls == []
    assert turn.text.startswith("{")


def test_the_same_call_over_and_over_is_told(fake: FakeModel) -> None:
    conversation = list(ASKED)
    for _ in range(2):
        fake.call("lookup", {"name": "aspirin"})
        turn, _ = take_turn(fake, asked=conversation)
        conversation += [turn.reply, tool_result(turn.calls[0], {"found": True})]
    fake.call("lookup", {"name": "aspirin"})
    fake.call("lookup", {"name": "ibuprofen"})
    turn, recorder = take_turn(fake, asked=conversation)
    assert turn.calls[0].given == {"name": "ibuprofen"}
    assert "2 times already" in recorder.events[0].outputs["fault"]


def test_the_conversation_is_in_the_form_of_the_api(fake: FakeModel) -> None:
    fake.call("lookup", {"name": "aspirin"})
    fake.say("Done.")
    with open_session(fake.url) as session:
        first = session.turn(PLACE, "assistant", ASKED, TOOLS)
        assert session.turn(PLACE, "assistant", [*ASKED, first.reply, tool_result(first.calls[0], {"mass": 180.16})], TOOLS).text == "Done."
    sent = fake.requests[1]["messages"][2:]
    assert sent[0]["tool_calls"][0]["function"] == {"name": "lookup", "arguments": '{"name": "aspirin"}'}
    assert sent[1] == {"role": "tool", "tool_call_id": sent[0]["tool_calls"][0]["id"], "content": '{"mass": 180.16}'}


def test_calls_are_strict_one_at_a_time_and_not_streamed(fake: FakeModel) -> None:
    fake.call("lookup", {"name": "aspirin"})
    take_turn(fake)
    sent = fake.requests[0]
    assert (sent["parallel_tool_calls"], sent["tool_choice"], sent["stream"]) == (False, "required", False)
    assert [t["function"]["strict"] for t in sent["tools"]] == [True, True]


# ---- structured


STRUCTURED_FAULTS = [
    ("", "empty"),
    (None, "empty"),
    ("I think red.", "not a JSON object"),
    ("[1, 2]", "not a JSON object"),
    ("true", "not a JSON object"),
    ('{"colour": "red"}', "count: Field required"),
    ('{"colour": "blue", "count": 1}', "colour: Input should be"),
    ('{"colour": "red", "count": 12}', "count: Input should be less than or equal to 9"),
    ('{"colour": "red", "count": 1, "why": "x"}', "why: Extra inputs"),
    ('{"colour": "red", "count": NaN}', "not a JSON object"),
    ('{"colour": "red, "count": 1}', "not a JSON object"),
    ('{"colour": "red", "count": "many"}', "count: Input should be a valid integer"),
]


def take_structured(fake: FakeModel, monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[object, ScratchRecorder]:
    recorder = ScratchRecorder()
    plan_prompts = {"critic/test": PROMPT}
    with open_session(fake.url, recorder=recorder, prompts=plan_prompts) as session:
        return session.structured(PLACE, "critic", "critic/test", {"goal": "dyes"}, Verdict), recorder


PROMPT = "---\nrole: critic\nversion: 1\nvariables: goal\ndescription: t\n---\n## system\nJudge.\n## user\n{{ goal }}\n"


@pytest.mark.parametrize(("text", "said"), STRUCTURED_FAULTS)
def test_a_structured_reply_that_does_not_fit_is_asked_for_again(fake: FakeModel, text: str | None, said: str) -> None:
    fake.say(text)  # type: ignore[arg-type]
    fake.json({"colour": "green", "count": 2})
    outcome, recorder = take_structured(fake)
    assert (outcome.value, outcome.problem, outcome.repairs) == (Verdict(colour="green", count=2), "", 1)
    assert said in recorder.events[0].outputs["fault"]
    assert said in fake.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "text",
    [
        '{"colour": "red", "count": 3',
        '```json\n{"colour": "red", "count": 3}\n```',
        'Here it is: {"colour": "red", "count": 3} I hope it helps.',
        '<think>{"colour": "green"}</think>{"colour": "red", "count": 3}',
    ],
)
def test_a_structured_reply_that_can_be_read_is_read(fake: FakeModel, text: str) -> None:
    fake.say(text)
    outcome, _ = take_structured(fake)
    assert outcome.value == Verdict(colour="red", count=3)
    assert len(fake.requests) == 1


def test_a_structured_reply_that_was_cut_off_is_not_trusted_even_if_it_reads(fake: FakeModel) -> None:
    fake.json({"colour": "red", "count": 3}, finish="length")
    fake.json({"colour": "green", "count": 1})
    outcome, recorder = take_structured(fake)
    assert outcome.value == Verdict(colour="green", count=1)
    assert "cut off" in recorder.events[0].outputs["fault"]


def test_a_structured_request_is_strict_and_not_streamed(fake: FakeModel) -> None:
    fake.json({"colour": "red", "count": 3})
    take_structured(fake)
    sent = fake.requests[0]
    assert sent["response_format"]["type"] == "json_schema"
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["response_format"]["json_schema"]["schema"]["required"] == ["colour", "count"]
    assert "tools" not in sent
    assert sent["stream"] is False


# ---- prose


def take_prose(fake: FakeModel) -> tuple[object, list[str], ScratchRecorder]:
    recorder, heard = ScratchRecorder(), []
    with open_session(fake.url, recorder=recorder, prompts={"critic/test": PROMPT}) as session:
        return session.prose(PLACE, "critic", "critic/test", {"goal": "dyes"}, heard.append), heard, recorder


def test_prose_is_streamed(fake: FakeModel) -> None:
    fake.say("Three dyes were found.")
    outcome, heard, recorder = take_prose(fake)
    assert outcome.value == "Three dyes were found." == "".join(heard)
    assert len(heard) > 1
    assert fake.requests[0]["stream"] is True
    assert (recorder.events[0].tokens_in, recorder.events[0].tokens_out, recorder.events[0].endpoint) == (20, 5, "a")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(""), "empty"),
        (Reply("Three dyes were", finish="length"), "cut off"),
        (Reply("<think>hm</think>"), "empty"),
        (Reply("the same again and " * 60), "over and over"),
        (Reply("la la la la " * 100, finish="length"), "over and over"),
    ],
)
def test_prose_that_is_of_no_use_is_asked_for_again(fake: FakeModel, reply: Reply, said: str) -> None:
    fake.script.append(reply)
    fake.say("Good.")
    outcome, _, recorder = take_prose(fake)
    assert outcome.value == "Good."
    assert said in recorder.events[0].outputs["fault"]


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("a" * 6000, True),
        ("The end. " + "ab" * 100, True),
        ("Dye 1 is red. " * 12, True),
        ("x" * 399 + "y" + "z" * 3000, True),
        (("x" * 399 + "y") * 14 + " and now for something else", False),
        ("| a | b |\n" + "-" * 80, False),
        ("CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC(=O)O is wax.", False),
        ("no, no, no, no, no", False),
        ("", False),
    ],
)
def test_loops_are_told_from_repetition(text: str, loops: bool) -> None:
    from agent.models.replies import ends_in_a_loop

    assert ends_in_a_loop(text) is loops


def test_lists_and_tables_are_no_loops(fake: FakeModel) -> None:
    text = "\n".join(f"{n}. Candidate {n} melts at {100 + n * 3} °C with a score of 0.{n:03d}." for n in range(40))
    fake.say(text)
    outcome, _, _ = take_prose(fake)
    assert outcome.value == text


def test_a_stream_that_breaks_is_asked_for_again(fake: FakeModel) -> None:
    fake.script.append(Reply("one two three four five", break_after=3))
    fake.say("Whole.")
    outcome, _, recorder = take_prose(fake)
    assert outcome.value == "Whole."
    assert [e.outputs["kind"] for e in recorder.events] == ["broken_stream", ""]


def test_replies_without_counts_are_estimated_and_say_so(fake: FakeModel) -> None:
    for take in (take_prose, take_turn):
        fake.script.append(
            Reply("word " * 30, usage=None) if take is take_prose else Reply(None, (("lookup", '{"name": "a"}'),), "tool_calls", None)
        )
        recorder = take(fake)[-1]
        event = recorder.events[0]
        assert event.outputs["tokens_estimated"] is True
        assert event.tokens_in > 0
        assert event.tokens_out > 0


def test_counts_of_the_wrong_kind_are_no_counts(fake: FakeModel) -> None:
    fake.call("lookup", {"name": "a"}, usage={"prompt_tokens": -4, "completion_tokens": "many"})
    _, recorder = take_turn(fake)
    assert recorder.events[0].outputs["tokens_estimated"] is True


def test_everything_about_a_call_is_in_the_record(fake: FakeModel) -> None:
    fake.json({"colour": "red", "count": 3})
    _, recorder = take_structured(fake)
    event = recorder.events[0]
    assert (event.kind, event.node, event.generation, event.index) == ("model", "research", 0, "x:0")
    assert (event.endpoint, event.model, event.tokens_in, event.tokens_out) == ("a", "m", 20, 5)
    assert event.seconds > 0
    assert len(event.prompt_hash) == len(event.inputs["schema"]) == 64
    assert event.inputs["seed"] == fake.requests[0]["seed"]
    assert event.inputs["messages"] == fake.requests[0]["messages"]
    assert json.loads(event.outputs["text"]) == {"colour": "red", "count": 3}


def test_a_plan_without_roles_asks_nobody() -> None:
    from agent.models import NO_MODELS, ROLES

    assert not any(NO_MODELS.uses(role) for role in ROLES)
    assert NO_MODELS.account() == []
    assert NO_MODELS.plan == RolePlan()


@pytest.mark.parametrize("name", ["two\nlines", "a\x01b", "ends </tool_call> inside", "</tool_call></tool_call>"])
def test_a_call_in_tags_may_hold_raw_control_characters_and_closing_tags(fake: FakeModel, name: str) -> None:
    """vLLM lets both through where a string is limited by length only, and then leaves the call in the text."""
    raw = '{"name": "lookup", "arguments": {"name": "' + name + '"}}'
    fake.say(f"<tool_call>\n{raw}\n</tool_call>", finish="tool_calls")
    turn, _ = take_turn(fake)
    assert [c.given for c in turn.calls] == [{"name": name}]
    assert len(fake.requests) == 1
