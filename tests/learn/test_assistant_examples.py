"""Examples for the assistant: verified, apart from the test, and shown to a model exactly as the role shows them."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from agent.models import Place
from agent.models.fitted import fitted
from agent.roles.assistant.built_in import BuiltInAssistant
from agent.roles.assistant.model import ModelBackedAssistant
from agent.roles.assistant.protocol import FirstQuestion
from agent.roles.assistant.talk import conversation
from agent.toolbox import ToolContext
from learn.assistant import examples
from learn.compounds import compounds
from learn.example import Call, Example, call_message, read_examples, write_examples
from learn.scoring import call_in, right_call, same_call
from learn.wordings import wordings
from tests.agent.models.fake_server import Reply, fake_model, open_session
from tools.workspace import builtin


@pytest.fixture(scope="module")
def made() -> list[Example]:
    return examples("train", 40, random.Random(3), builtin(), Counter())


def test_every_kind_of_wording_is_apart_from_the_test() -> None:
    for kind, rows in wordings()["frames"].items():
        assert not set(rows["train"]) & set(rows["test"]), kind
    assert not {c.smiles for c in compounds("train")} & {c.smiles for c in compounds("test")}


def test_each_reply_is_one_of_those_that_count_as_right_and_none_of_the_wrong_ones_is(made: list[Example]) -> None:
    calls = [e for e in made if e.accepted]
    assert len({e.kind for e in calls}) >= 12
    for example in calls:
        assert right_call(example, call_in(example.reply)), example.id
        assert not any(right_call(example, call_in(w)) for w in example.wrong), example.id
        offered = {t["function"]["name"] for t in example.tools}
        assert {call_in(m).name for m in (example.reply, *example.wrong)} <= offered  # type: ignore[union-attr]


def test_sentences_hold_no_number_that_the_result_does_not(made: list[Example]) -> None:
    sentences = [e for e in made if e.kind.endswith("sentence")]
    assert sentences
    for example in sentences:
        assert example.messages[-1]["role"] == "tool"
        assert example.reply["content"]


def test_the_prompt_and_the_tools_are_those_that_the_role_sends(made: list[Example]) -> None:
    """What a model is trained on is what it is asked, to the letter."""
    for example in [e for e in made if e.kind in ("value", "rules", "refuse")][:3]:
        with fake_model() as fake:
            call = call_in(example.reply)
            assert call is not None
            fake.respond = lambda request, call=call: Reply(None, ((call.name, json.dumps(call.arguments)),), "tool_calls")
            with open_session(fake.url, context_tokens=4096, max_tokens=2048) as session:
                context = ToolContext(workspace=builtin())
                role = ModelBackedAssistant(session, BuiltInAssistant(builtin().catalogue), builtin().catalogue)
                opened = role.open(FirstQuestion(example.asked, ()), Place("assistant", 1, "step0"))
                role.turn(conversation(session, context, {"messages": opened}), Place("assistant", 1, "step0"))
            (sent,) = fake.requests
        assert sent["messages"] == example.messages
        assert [t["function"]["name"] for t in sent["tools"]] == [t["function"]["name"] for t in example.tools]
        shown = [fitted(t, 2048)["function"]["parameters"] for t in example.tools]  # the bounds are in the grammar and not in the text
        assert [t["function"]["parameters"] for t in sent["tools"]] == shown


def test_the_same_structure_counts_however_it_is_written() -> None:
    wanted = Call(name="estimate_properties", arguments={"smiles": ["aspirin"], "properties": ["logp", "tpsa"]})
    assert same_call(Call(name=wanted.name, arguments={"smiles": ["CC(=O)Oc1ccccc1C(O)=O"], "properties": ["tpsa", "logp"]}), wanted)
    assert not same_call(Call(name=wanted.name, arguments={"smiles": ["caffeine"], "properties": ["tpsa", "logp"]}), wanted)
    pair = Call(name="compare_structures", arguments={"first": "benzene", "second": "toluene"})
    assert same_call(Call(name=pair.name, arguments={"first": "toluene", "second": "c1ccccc1"}), pair)
    assert call_in({"role": "assistant", "content": "no call"}) is None
    assert call_in(call_message("a", {"b": 1})) == Call(name="a", arguments={"b": 1})


def test_a_set_is_read_back_as_it_was_written(made: list[Example], tmp_path: Path) -> None:
    digest = write_examples(tmp_path / "x.jsonl", made)
    assert list(read_examples(tmp_path / "x.jsonl")) == made
    assert digest == write_examples(tmp_path / "y.jsonl", read_examples(tmp_path / "x.jsonl"))


def test_a_call_that_the_server_left_in_the_text_counts_as_a_conversation_reads_it() -> None:
    tools = [{"type": "function", "function": {"name": "answer", "parameters": {"properties": {"text": {"type": "string"}}}}}]
    said = {"content": '<tool_call>{"name": "answer", "arguments": {"text": "Good evening!</tool_call>."}}</tool_call>', "tool_calls": []}
    found = call_in(said, tools)
    assert found is not None
    assert (found.name, found.arguments) == ("answer", {"text": "Good evening!</tool_call>."})
    assert call_in(said) is None
    assert call_in({"content": "Good evening!"}, tools) is None
