"""The tools that a model may call, against the real chemistry and a real stored run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, ValidationError

from agent.reading import interpret
from agent.toolbox import ASSISTANT_TOOLS, PROPOSER_TOOLS, TOOLS, ToolContext, ToolError, Workbook
from agent.toolbox.tool import tool
from app import wiring
from app.services.runs import RunService
from core.candidate import Citation
from core.errors import ConfigurationError, LiteratureError
from core.interfaces import LiteratureStore, Passage
from core.model import Model
from core.report import Report
from tests.settings_kit import settings_of
from tests.tables import each_row


class Shelf:
    """A literature store of one passage."""

    passage = Passage(
        key="note-1",
        text="Rigid imide rings raise the glass transition of a polymer.",
        score=1.0,
        citation=Citation(number=1, key="note-1", title="On polyimides", year=1991, doi="10.1000/x"),
    )

    def add(self, passages: Any) -> int:
        return 0

    def search(self, query: str, limit: int = 8) -> list[Passage]:
        return [self.passage]

    def count(self) -> int:
        return 1

    def close(self) -> None:
        pass


@contextmanager
def shelf() -> Iterator[LiteratureStore]:
    yield Shelf()


@contextmanager
def broken_shelf() -> Iterator[LiteratureStore]:
    raise LiteratureError("the store is away")
    yield Shelf()


def call(name: str, context: ToolContext | None = None, **arguments: Any) -> Any:
    chosen = TOOLS[name]
    answer = chosen.run(chosen.arguments.model_validate(arguments), context or ToolContext())
    return json.loads(json.dumps(answer, allow_nan=False))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store with one finished run."""
    settings = settings_of(home=Path(tmp_path_factory.mktemp("home")), workers__processes=1)
    opened = wiring.open_store(settings)
    service = RunService(settings, opened)
    service.execute(service.start("a molecule with MW < 300 and logP between 1 and 3", {"budget": 160, "yes": True, "candidates": 4}))
    return opened


@pytest.fixture(scope="module")
def report(store: Any) -> Report:
    found: Report = store.report(store.runs(1)[0].run_id)
    assert len(found.candidates) == 4
    return found


def test_every_offered_tool_is_registered_and_documented() -> None:
    for name in {*PROPOSER_TOOLS, *ASSISTANT_TOOLS}:
        assert len(TOOLS[name].description) > 30
        assert len(TOOLS[name].schema_hash()) == 64
    assert [n for n in ASSISTANT_TOOLS if TOOLS[n].effect] == ["start_design"]
    assert not any(TOOLS[n].effect for n in PROPOSER_TOOLS)


def test_what_reads_outside_is_marked_so_that_it_is_recorded() -> None:
    outside = {n for n in ASSISTANT_TOOLS if TOOLS[n].outside}
    assert outside == {"search_literature", "list_runs", "show_report", "show_candidate", "compare_candidates"}


def test_an_undocumented_tool_or_argument_is_an_error_when_it_is_made() -> None:
    class Bare(Model):
        smiles: str

    class Fine(Model):
        smiles: str = Field(description="A structure.")

    def dumb(arguments: Bare, context: ToolContext) -> str:
        """Has a docstring, but not its argument."""
        return ""

    def silent(arguments: Fine, context: ToolContext) -> str:
        return ""

    def check_structures(arguments: Fine, context: ToolContext) -> str:
        """Takes a name that is taken."""
        return ""

    for function, fault in ((dumb, "no description for smiles"), (silent, "no docstring"), (check_structures, "two tools")):
        function.__annotations__ = {"arguments": Bare if function is dumb else Fine, "context": ToolContext, "return": str}
        with pytest.raises(ConfigurationError, match=fault):
            tool()(function)


def test_check_structures_holds_each_against_the_goal() -> None:
    context = ToolContext(spec=interpret("a molecule with MW < 200 and one hydroxyl group"))
    ethanol, large, broken = call("check_structures", context, smiles=["OCC", "CCCCCCCCCCCCCCCCCC(=O)O", "C1CC"])
    assert ethanol["smiles"] == "CCO"
    assert ethanol["safety"] == "allow"
    assert all(r["met"] for r in ethanol["requirements"])
    assert not all(r["met"] for r in large["requirements"])
    assert "error" in broken


def test_check_structures_says_what_the_guard_blocks() -> None:
    answer = call("check_structures", smiles=["CP(=O)(F)OC(C)C"])[0]
    assert answer["safety"] == "block"
    assert answer["safety_reasons"]
    assert "requirements" not in answer


def test_estimates_have_units_and_uncertainty() -> None:
    answer = call("estimate_properties", smiles=["c1ccccc1O", "xx"], properties=["molecular_weight", "melting_point"])
    assert answer[0]["values"]["molecular_weight"].startswith("94.11")
    assert "±" in answer[0]["values"]["melting_point"]
    assert "°C" in answer[0]["values"]["melting_point"]
    assert "error" in answer[1]
    with pytest.raises(ToolError, match="list_properties"):
        call("estimate_properties", smiles=["CCO"], properties=["taste"])


def test_a_known_value_is_told_as_measured_and_lists_are_told() -> None:
    answer = call("estimate_properties", smiles=["c1ccc2ccccc2c1"], properties=["melting_point"])[0]
    assert "measured" in answer["values"]["melting_point"]
    assert "Bradley" in answer["values"]["melting_point"]
    assert any("entry 43" in text for text in answer["lists"])


def test_the_ten_kinds_of_questions_about_a_molecule_are_answered() -> None:
    names = ["molecular_weight", "logp", "tpsa", "qed", "sa_score", "pains_alerts", "brenk_alerts", "bbb_permeation", "gi_absorption"]
    ibuprofen = "CC(C)Cc1ccc(cc1)C(C)C(=O)O"
    values = call("estimate_properties", smiles=[ibuprofen], properties=names)[0]["values"]
    assert all(not text.startswith("unknown") for text in values.values())
    assert (values["bbb_permeation"], values["gi_absorption"], values["pains_alerts"]) == ("1", "1", "0")
    for rules, met in (("Lipinski", True), ("PAINS filter", True), ("Brenk filter", True)):
        found = call("check_rule_set", smiles=[ibuprofen, "*CC*", "xx"], rule_set=rules)
        assert (found[0]["met"], found[0]["broken"]) == (met, [])
        assert "for molecules" in found[1]["error"]
        assert "error" in found[2]
    with pytest.raises(ToolError, match="no rule set"):
        call("check_rule_set", smiles=["CCO"], rule_set="taste")


def test_list_properties_follows_the_class_of_the_goal() -> None:
    polymer = ToolContext(spec=interpret("a polymer with Tg > 250 °C"))
    names = {p["name"] for p in call("list_properties", polymer)}
    assert "glass_transition_temperature" in names
    assert "logp" not in names
    assert "logp" in {p["name"] for p in call("list_properties")}


def test_similarity_and_groups() -> None:
    assert call("compare_structures", first="OCC", second="CCO") == {"similarity": 1.0, "same": True}
    assert call("compare_structures", first="c1ccccc1", second="CCCCCC")["similarity"] < 0.2
    assert call("count_group", smiles="OCCO", group="hydroxyl")["count"] == 2
    assert call("count_group", smiles="OCCO", group="[OX2H]")["count"] == 2
    with pytest.raises(ToolError, match="neither"):
        call("count_group", smiles="OCCO", group="no such thing (")


@pytest.mark.parametrize("smiles", ["CC(=O)Nc1ccc(O)cc1", "*CC(*)c1ccccc1"])
def test_variations_are_valid_new_and_the_same_every_time(smiles: str) -> None:
    first, again = (call("vary_structure", smiles=smiles, count=6) for _ in range(2))
    assert first == again
    assert 3 <= len(first) <= 6
    kind = "polymer" if "*" in smiles else "molecule"
    assert all(v["smiles"].count("*") == (2 if kind == "polymer" else 0) for v in first)
    assert smiles not in {v["smiles"] for v in first}


def test_groups_are_edited_and_nothing_else() -> None:
    def edit(**arguments: str) -> Any:
        return call("edit_structure", **{"replacement": "", **arguments})

    assert edit(smiles="O=[N+]([O-])c1ccccc1", operation="remove", group="nitro group") == {"structures": ["c1ccccc1"], "possible": 1}
    assert edit(smiles="Clc1ccccc1", operation="replace", group="Cl", replacement="F")["structures"] == ["Fc1ccccc1"]
    assert edit(smiles="Cc1ccccc1", operation="add", group="hydroxyl")["possible"] == 4
    for wrong, fault in (
        ({"smiles": "CCO", "operation": "remove", "group": "nitro"}, "not possible"),
        ({"smiles": "CCO", "operation": "replace", "group": "hydroxyl"}, "replacement is needed"),
        ({"smiles": "CCO", "operation": "add", "group": "unobtainium"}, "no group"),
        ({"smiles": "*CC*", "operation": "add", "group": "hydroxyl"}, "vary_structure"),
    ):
        with pytest.raises(ToolError, match=fault):
            edit(**wrong)


def test_routes_are_found_and_their_materials_screened() -> None:
    answer = call("find_route", smiles="O=C(NCc1ccccc1)c1ccc(F)cc1")
    assert answer["status"] == "found"
    assert answer["steps"]
    assert all(m["safety"] in ("allow", "warn", "block") for m in answer["starting_materials"])


def test_literature_answers_with_its_reference_and_its_faults_are_told() -> None:
    found = call("search_literature", ToolContext(literature=shelf), query="imide glass transition", limit=2)
    assert found == [
        {
            "key": "note-1",
            "title": "On polyimides",
            "year": 1991,
            "doi": "10.1000/x",
            "passage": "Rigid imide rings raise the glass transition of a polymer.",
        }
    ]
    with pytest.raises(ToolError, match="the store is away"):
        call("search_literature", ToolContext(literature=broken_shelf), query="imide", limit=2)
    with pytest.raises(ToolError, match="no literature"):
        call("search_literature", query="imide", limit=2)


@each_row(
    ("name", "arguments"),
    [
        ("check_structures", {"smiles": []}),
        ("check_structures", {"smiles": ["C"] * 13}),
        ("check_structures", {"smiles": "C"}),
        ("check_structures", {"smiles": ["C"], "verbose": True}),
        ("vary_structure", {"smiles": "C", "count": 0}),
        ("vary_structure", {"smiles": "C", "count": 10**9}),
        ("search_literature", {"query": "", "limit": 3}),
        ("compare_structures", {"first": "C" * 5000, "second": "C"}),
    ],
)
def test_arguments_out_of_bounds_never_reach_a_tool(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TOOLS[name].arguments.model_validate(arguments)


def test_runs_are_listed_by_the_words_of_their_goal(store: Any) -> None:
    context = ToolContext(store=store)
    assert len(call("list_runs", context, containing="")) == 1
    assert call("list_runs", context, containing="dye") == []
    assert call("list_runs", context, containing="logp molecule")[0]["status"] == "success"
    with pytest.raises(ToolError, match="cannot be read here"):
        call("list_runs", containing="")


def test_the_report_is_told_as_it_is_stored(store: Any, report: Report) -> None:
    answer = call("show_report", ToolContext(store=store), run_id="latest")
    assert answer["run_id"] == report.run_id
    assert [c["smiles"] for c in answer["candidates"]] == [c.smiles for c in report.candidates]
    with pytest.raises(ToolError, match="no run"):
        call("show_report", ToolContext(store=store), run_id="doesnotexist")


def test_a_candidate_is_found_by_rank_key_or_smiles(store: Any, report: Report) -> None:
    context, third = ToolContext(store=store), report.candidates[2]
    answers = [call("show_candidate", context, run_id="latest", candidate=c) for c in ("3", "#3", third.key, third.smiles)]
    assert all(a == answers[0] for a in answers)
    assert answers[0]["rationale"] == third.rationale
    with pytest.raises(ToolError, match="no rank 99"):
        call("show_candidate", context, run_id="latest", candidate="99")
    listed = {c.key for c in (*report.candidates, *report.closest)}
    other = next(c for c in store.candidates(report.run_id) if c.key not in listed)
    told = call("show_candidate", context, run_id="latest", candidate=other.key)
    assert (told["rank"], told["rejected_by"], told["smiles"]) == (None, other.rejected_by, other.smiles)


def test_two_candidates_are_compared_by_what_the_ranking_used(store: Any, report: Report) -> None:
    answer = call("compare_candidates", ToolContext(store=store), run_id="latest", first="1", second="4")
    assert answer["first"]["score"] >= answer["second"]["score"]
    assert answer["first"]["p_meets"] == round(report.candidates[0].p_meets or 0, 3)
    assert "molecular_weight" in answer["values"]


def test_nothing_is_started_outside_a_conversation(store: Any) -> None:
    with pytest.raises(ToolError, match="approval"):
        call("start_design", ToolContext(store=store), goal="a molecule with MW < 300")


def test_long_results_are_cut_openly_and_read_on() -> None:
    book = Workbook(shown=50)
    name = book.keep({"values": list(range(60))})
    first = book.show(name)
    assert first.endswith(f"[cut at character 50 of 242; read_result {name} from 50 shows more]"), first
    text, start = "", 0
    while start < 242:
        part = book.show(name, start)
        text += part.split(": ", 1)[1].split(" [cut at")[0]
        start += 50
    assert json.loads(text) == {"values": list(range(60))}
    assert book.show(book.keep("short")) == 'r2: "short"'
    assert "242 characters" in book.stub(name)
    with pytest.raises(ToolError, match="there is no result 'r9'"):
        book.show("r9")
    with pytest.raises(ToolError, match="start must be"):
        book.show("r2", 77)
