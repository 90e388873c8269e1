"""The tools, asked by the SDK's own client in this process."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from mcp_types import CallToolResult

from app.mcp.answers import LARGEST, bounded, size
from app.mcp.server import create_server, shown
from app.mcp.tool import TOOLS, Door
from tests.app.mcp.conftest import GOAL, Call

SARIN = "CC(C)OP(C)(=O)F"
REFUSED = "a nerve agent like sarin"
#: Tokens that names, descriptions and schemas of all tools may cost a client's model, and bytes a token: fewer than common vocabularies have of such
#: a text (o200k_base 4.3, cl100k_base 4.4).
BUDGET, BYTES = 1500, 3.5


def told(answer: CallToolResult) -> dict[str, Any]:
    """What a call answered."""
    assert not answer.is_error, answer.content
    assert answer.structured_content == json.loads(answer.content[0].text)  # type: ignore[union-attr]
    return dict(answer.structured_content)


def error(answer: CallToolResult) -> dict[str, Any]:
    """The error that a call ended in."""
    assert answer.is_error
    assert answer.structured_content is not None
    found = answer.structured_content["error"]
    assert f"(exit code {found['exit_code']})" in answer.content[0].text  # type: ignore[union-attr]
    return dict(found)


def test_descriptions_and_schemas_keep_within_the_budget() -> None:
    listed = [shown(tool).model_dump(by_alias=True, exclude_none=True, exclude={"annotations"}) for tool in TOOLS.values()]
    assert sum(len(json.dumps(tool, ensure_ascii=False, separators=(",", ":")).encode()) for tool in listed) / BYTES <= BUDGET


def test_every_tool_says_what_it_does_and_takes_nothing_that_it_does_not_name(call: Call) -> None:
    for tool in TOOLS.values():
        assert tool.description.endswith("."), tool.name
        found = error(call(tool.name, nonsense=1))
        assert (found["kind"], found["exit_code"]) == ("usage", 2)
        assert "nonsense" in found["detail"]


def test_properties_have_units_errors_and_methods(call: Call) -> None:
    found = told(call("properties", smiles="CCO", names=["molecular_weight", "melting_point"]))["structures"][0]
    named = told(call("properties", smiles="Ethanol", names=["molecular_weight"]))["structures"][0]
    assert named["properties"]["molecular_weight"] == found["properties"]["molecular_weight"]
    assert found["properties"]["molecular_weight"]["value"] == pytest.approx(46.07, abs=0.01)
    assert found["properties"]["molecular_weight"]["unit"] == "g/mol"
    assert found["properties"]["melting_point"]["unit"] == "°C"
    assert found["properties"]["melting_point"]["method"]


def test_one_structure_that_cannot_be_read_does_not_cost_the_others(call: Call) -> None:
    rows = told(call("properties", smiles='["CCO", "C1CC", "CC(C)OP(C)(=O)F"]', names=["molecular_weight"]))["structures"]
    assert [r["input"] for r in rows] == ["CCO", "C1CC", SARIN]
    assert [r.get("exit_code", 0) for r in rows] == [0, 2, 3]
    assert "properties" not in rows[2]


def test_what_is_wrong_is_said_with_its_place(call: Call) -> None:
    assert "character" in error(call("properties", smiles="C1CC(", names=["molecular_weight"]))["detail"]
    assert "no_such" in error(call("properties", smiles="CCO", names=["no_such"]))["detail"]
    assert "budget" in error(call("design", goal=GOAL, budget=0))["detail"]
    assert error(call("report", run_id="nowhere"))["kind"] == "not-found"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("read_goal", {"goal": REFUSED}),
        ("check", {"goal": REFUSED, "smiles": "CCO"}),
        ("screen", {"goal": REFUSED, "library": "CCO"}),
        ("design", {"goal": REFUSED}),
        ("search_literature", {"query": "synthesis of sarin"}),
        ("ask_papers", {"question": "How is sarin made?"}),
        ("properties", {"smiles": SARIN}),
        ("check", {"goal": GOAL, "smiles": SARIN}),
        ("route", {"smiles": SARIN}),
    ],
)
def test_the_guard_stands_before_everything(name: str, arguments: dict[str, Any], call: Call, door: Door) -> None:
    before = [r for r in door.services.runs().list() if r.kind == "design"]
    found = error(call(name, **arguments))
    assert (found["kind"], found["exit_code"]) == ("refused", 3)
    assert "guard" in found["detail"]
    assert [r.run_id for r in before] == [r.run_id for r in door.services.runs().list() if r.kind == "design"]


def test_a_goal_is_read_with_its_forecast_and_its_unread_words(call: Call) -> None:
    found = told(call("read_goal", goal="a molecule with MW < 300 and low foaming"))
    assert found["requirements"][0]["text"]
    assert "foaming" in found["unread"][0]["words"]
    assert found["forecast"]["summary"]
    assert "forecast" not in told(call("read_goal", goal=GOAL, forecast=False))


def test_a_structure_is_held_against_a_goal(call: Call) -> None:
    found = told(call("check", smiles="CCO", goal="a molecule with MW < 40"))
    assert not found["meets_all"]
    assert (found["requirements"][0]["met"], found["requirements"][0]["unit"]) == (False, "g/mol")


def test_a_library_is_screened(call: Call) -> None:
    found = told(call("screen", goal="a molecule with MW < 150", library="CCO ethanol\nCCCCCCCCCCCCO\nC1CC broken\nCCN"))
    assert (found["read"], found["met"], len(found["hits"]), len(found["unreadable"])) == (4, 2, 2, 1)
    found = told(call("screen", goal="a molecule with MW < 150", library="name,smiles\na,CCO\nb,CCN", limit=1))
    assert (found["met"], len(found["hits"])) == (2, 1)
    assert found["more"].startswith("1 left out")


def test_a_route_is_found_or_said_to_be_unknown(call: Call) -> None:
    assert told(call("route", smiles="CC(=O)Nc1ccc(O)cc1"))["status"] in ("found", "none known")


def test_a_design_waits_with_progress_that_grows_and_answers_the_best(finished: tuple[dict[str, Any], list[Any]]) -> None:
    answer, heard = finished
    assert (answer["status"], answer["exit_code"]) == ("success", 0)
    assert [c["rank"] for c in answer["candidates"]] == [1, 2, 3]
    assert answer["candidates"][0]["values"]["molecular_weight"]["unit"] == "g/mol"
    shares = [progress for progress, _, _ in heard]
    assert len(shares) >= 2
    assert all(a < b for a, b in pairwise(shares))
    assert heard[-1][1] >= 40


def test_a_run_is_found_again_with_report_structures_and_lives(finished: tuple[dict[str, Any], list[Any]], call: Call) -> None:
    run_id = finished[0]["run_id"]
    assert run_id in [r["run_id"] for r in told(call("runs", text="MW"))["runs"]]
    assert told(call("run", run_id=run_id[:8]))["status"] == "success"
    assert error(call("cancel_run", run_id=run_id))["kind"] == "status"
    report = told(call("report", run_id=run_id, limit=1, offset=1))
    assert [c["rank"] for c in report["candidates"]] == [2]
    assert "offset=2" in report["more"]
    first = told(call("evaluated", run_id=run_id, limit=5))
    assert first["total"] > 5
    assert "offset=5" in first["more"]
    life = told(call("candidate", run_id=run_id, candidate="1"))
    assert (life["fate"], life["rank"]) == ("listed", 1)
    assert life["proposed"]
    assert any(value["name"] == "molecular_weight" and value["unit"] == "g/mol" for value in life["values"])
    found = told(call("find_structures", property="molecular_weight", high=300, limit=2))
    assert len(found["structures"]) == 2
    assert "after=" in found["next"]


def test_a_run_that_a_person_has_to_look_at_waits_for_one(call: Call) -> None:
    answer = told(call("design", goal="a molecule with MW < 300, low foaming and HLB of 12, that my boss likes", wait=60, budget=10))
    assert (answer["status"], answer["exit_code"]) == ("waiting", 5)
    assert answer["waits_for_a_person"]
    assert told(call("cancel_run", run_id=answer["run_id"]))["status"] == "cancelled"


def test_without_waiting_the_answer_is_the_id_and_how_to_go_on(door: Door) -> None:
    idle = Door(door.services, lambda: None)

    async def ask() -> CallToolResult:
        async with Client(create_server(idle)) as client:
            return await client.call_tool("design", {"goal": GOAL, "wait": 0})

    answer = told(anyio.run(ask))
    assert (answer["status"], answer["place_in_queue"]) == ("queued", 1)
    assert answer["run_id"] in answer["next"]
    door.services.runs().cancel(answer["run_id"])


def test_the_literature_answers_with_references(call: Call) -> None:
    found = told(call("search_literature", query="polyimide glass transition", limit=2))
    assert found["passages"][0]["citation"]["title"]
    assert told(call("ask_papers", question="What is the glass transition of Kapton?"))["answered"] is False


def test_reports_are_resources(finished: tuple[dict[str, Any], list[Any]], door: Door) -> None:
    run_id = finished[0]["run_id"]

    async def ask() -> tuple[list[str], list[str], list[str], MCPError]:
        async with Client(create_server(door)) as client:
            listed = [str(r.uri) for r in (await client.list_resources()).resources]
            forms = [t.uri_template for t in (await client.list_resource_templates()).resource_templates]
            texts = [(await client.read_resource(f"run://{run_id}/report.{form}")).contents[0].text for form in ("html", "csv", "json")]  # type: ignore[union-attr]
            with pytest.raises(MCPError) as missing:
                await client.read_resource(f"run://{run_id}/../settings")
            return listed, forms, texts, missing.value

    listed, forms, texts, missing = anyio.run(ask)
    assert f"run://{run_id}/report.html" in listed
    assert len(forms) == 4
    assert texts[0].lower().startswith("<!doctype html")
    assert json.loads(texts[2])["run_id"] == run_id
    assert "there is no resource" in str(missing)


def test_clients_of_the_first_protocol_are_answered_too(call: Call) -> None:
    assert told(call("properties", mode="legacy", smiles="CCO", names=["molecular_weight"]))["structures"][0]["smiles"] == "CCO"


def test_an_answer_is_never_larger_than_a_client_can_take_in() -> None:
    entries = [{"text": "x" * 1000} for _ in range(100)]
    answer = bounded({"entries": entries}, "entries", "offset={next}", offset=10)
    assert size(answer) <= LARGEST
    shown_now = len(answer["entries"])
    assert answer["more"] == f"{100 - shown_now} left out: offset={10 + shown_now}"
    assert "more" not in bounded({"entries": entries[:2]}, "entries", "")


def test_the_teams_own_lists_are_shown(call: Call, door: Door, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,smiles\nAnthracene,c1ccc2cc3ccccc3cc2c1\nAlkanes C10-13,\n", encoding="utf-8")
    door.services.own_lists.add(tmp_path / "list.csv", "restricted list", "2026-01-01")
    try:
        [one] = told(call("lists"))["lists"]
        assert (one["name"], one["issued"], one["entries"], one["undecided"]) == ("restricted list", "2026-01-01", 2, 1)
        found = told(call("lists", list="Restricted list"))
        assert found["not_decided"][0]["entry"] == "Alkanes C10-13"
        assert error(call("lists", list="no such list"))["kind"] == "not-found"
    finally:
        door.services.own_lists.remove("restricted list")
