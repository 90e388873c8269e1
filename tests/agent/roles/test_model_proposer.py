"""The proposer's tool loop against a scripted server: what it may do, what it submits, and that no reply can break it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agent.reading import interpret
from agent.roles.proposer import model as proposer
from agent.toolbox import ToolContext
from core.candidate import Candidate, Origin, Proposal
from tests.agent.models.fake_server import MALFORMED, FakeModel, Reply, fake_model, open_session, tool_reply
from tests.scratch_recorder import ScratchRecorder

SPEC = interpret("a molecule with MW < 200 and one hydroxyl group")


def run(fake: FakeModel, recorder: ScratchRecorder | None = None, **options: Any) -> list[Proposal]:
    with open_session(fake.url, recorder=recorder, **options) as session:
        return proposer.propose(session, SPEC, 0, [], ["Alcohols are polar [1]"], ToolContext(spec=SPEC, seed=1))


def submit(*smiles: str) -> dict[str, Any]:
    return {"structures": [{"smiles": s, "reason": "It has one hydroxyl group."} for s in smiles]}


def test_ideas_are_tried_and_submitted() -> None:
    with fake_model() as fake:
        fake.call("check_structures", {"smiles": ["CCO", "CCC"]})
        fake.call("submit_structures", submit("CCO", "OCCC"))
        proposals = run(fake)
        shown = fake.requests[1]["messages"][-1]
    assert [(p.smiles, p.proposer, p.operator, p.rationale) for p in proposals] == [
        ("CCO", "model", "submitted", "It has one hydroxyl group."),
        ("OCCC", "model", "submitted", "It has one hydroxyl group."),
    ]
    assert shown["role"] == "tool"
    assert "<data id=" in shown["content"]
    assert '"met": true' in shown["content"]


def test_what_cannot_be_read_is_told_and_still_counted() -> None:
    with fake_model() as fake:
        fake.call("submit_structures", submit("C1CC", "CCO"))
        fake.call("submit_structures", submit("C1CC1"))
        proposals = run(fake)
        told = fake.requests[1]["messages"][-1]["content"]
    assert [p.smiles for p in proposals] == ["C1CC", "CCO", "C1CC1"]
    assert '"taken": 1' in told
    assert "C1CC" in told


def test_the_prompt_holds_the_goal_the_front_and_the_rules_as_data() -> None:
    known = Candidate(
        key="k", smiles="OCCO", candidate_class="molecule", origin=Origin(proposer="library", operator="hit"), status="kept"
    )  # fmt: skip
    with fake_model() as fake, open_session(fake.url) as session:
        fake.call("submit_structures", submit("CCO"))
        proposer.propose(session, SPEC, 0, [known], ["Alcohols are polar [1]"], ToolContext(spec=SPEC))
        system, user = (m["content"] for m in fake.requests[0]["messages"][:2])
        tools = {t["function"]["name"] for t in fake.requests[0]["tools"]}
    assert "without '*'" in system
    for text in (SPEC.goal, "OCCO", "Alcohols are polar [1]"):
        assert text in user
    assert all(r.text in user for r in SPEC.requirements)
    assert "submit_structures" in tools
    assert not {"start_design", "list_runs", "show_report"} & tools


def test_it_stops_after_its_steps() -> None:
    with fake_model() as fake:
        fake.respond = lambda request: tool_reply("count_group", {"smiles": "C" * len(request["messages"]), "group": "hydroxyl"})
        assert run(fake) == []
        attempts = 3  # in its last steps it can only submit, and is told so until its attempts are spent
        assert len(fake.requests) == proposer.STEPS - proposer.LAST_STEPS + attempts
        offered = [{t["function"]["name"] for t in r["tools"]} for r in fake.requests]
    assert "count_group" in offered[0]
    assert offered[-1] == {"submit_structures"}


def test_it_submits_no_more_than_its_share() -> None:
    with fake_model() as fake:
        fake.call("submit_structures", submit(*("C" * n + "O" for n in range(1, 13))))
        assert len(run(fake)) == proposer.COUNT
        fake.call("submit_structures", submit(*("C" * n + "O" for n in range(1, 30))))
        fake.call("submit_structures", submit("CO"))
        assert len(run(fake)) <= proposer.COUNT


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModel]:
    """One server for many replies."""
    with fake_model() as fake:
        yield fake


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_no_malformed_reply_breaks_it(name: str, server: FakeModel) -> None:
    server.respond = lambda request: MALFORMED[name]("submit_structures", submit("CCO"))
    assert {p.smiles for p in run(server, attempts=1)} <= {"CCO"}


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_server_that_refuses_costs_the_suggestions_only(status: int) -> None:
    with fake_model() as fake:
        fake.respond = lambda request: Reply(status=status, error="no")
        assert run(fake) == []


def test_an_unknown_tool_and_bad_arguments_are_told_to_the_model() -> None:
    with fake_model() as fake:
        fake.call("order_pizza", {})
        fake.call("vary_structure", {"smiles": "CCO", "count": 10_000})
        fake.call("submit_structures", submit("CCO"))
        proposals = run(fake)
        told = [r["messages"][-1]["content"] for r in fake.requests[1:]]
    assert "there is no tool" in told[0]
    assert "count" in told[1]
    assert [p.smiles for p in proposals] == ["CCO"]


def test_the_same_record_gives_the_same_proposals_without_a_server() -> None:
    recorder = ScratchRecorder()
    with fake_model() as fake:
        fake.call("estimate_properties", {"smiles": ["CCO"], "properties": ["logp", "melting_point"]})
        fake.call("vary_structure", {"smiles": "CCO", "count": 5})
        fake.call("submit_structures", submit("CCO", "CCCO"))
        first = run(fake, recorder)
        asked = len(fake.requests)
        again = run(fake, recorder)
        assert len(fake.requests) == asked == 3
    assert again == first


def test_a_long_conversation_makes_room_by_ids_not_by_cutting() -> None:
    with fake_model() as fake:
        fake.respond = lambda request: tool_reply("list_properties") if len(fake.requests) % 2 else tool_reply(
            "check_structures", {"smiles": ["C" * (len(fake.requests) + k) + "O" for k in range(1, 12)]}
        )  # fmt: skip
        run(fake, context_tokens=6144, max_tokens=512)
        last = fake.requests[-1]["messages"]
    contents = [m["content"] for m in last if m["role"] == "tool"]
    assert any("not shown again to save room" in c for c in contents)
    assert "not shown again" not in contents[-1]
