"""``molwright quick`` and the tool behind it: an answer at once, said to be the quick form, past every gate."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdkit import Chem
from typer.testing import CliRunner

from agent.quick import WHAT_IT_IS, quick_answer
from agent.toolbox import ASSISTANT_TOOLS, PROPOSER_TOOLS, TOOLS, ToolContext
from app.cli import app
from core.candidate import NO_ROUTE, Material, Route
from core.errors import RefusedError
from tools.safety.guard import guarded_route
from tools.workspace import builtin

COUNTED = "a molecule with 4 carbon atoms and 1 oxygen atom and no rings"


def _quick(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["quick", *arguments])


def test_the_answer_says_that_it_is_the_quick_form() -> None:
    done = _quick(COUNTED)
    assert done.exit_code == 0, done.output
    assert "Quick form" in done.stderr
    assert "exactly 4 C atoms" in done.stdout
    data = json.loads(_quick(COUNTED, "--json").stdout)
    assert (data["form"], data["what_it_is"]) == ("quick", WHAT_IT_IS)
    (candidate,) = data["candidates"]
    symbols = [a.GetSymbol() for a in Chem.MolFromSmiles(candidate["smiles"]).GetAtoms()]
    assert (symbols.count("C"), symbols.count("O"), len(symbols)) == (4, 1, 5)
    assert candidate["safety"]["verdict"] != "block"
    assert all(r["met"] for r in candidate["requirements"])


def test_where_none_is_found_the_exit_code_says_so_and_what_searches_further() -> None:
    done = _quick("a polyester with Tg above 60 °C")
    assert done.exit_code == 4
    assert "molwright design" in done.stderr


@pytest.mark.parametrize("goal", ["a nerve agent like sarin", "a molecule similar to CC(C)OP(C)(=O)F with MW below 200"])
def test_a_goal_that_the_guard_blocks_is_refused(goal: str) -> None:
    done = _quick(goal)
    assert isinstance(done.exception, RefusedError)
    assert done.exception.exit_code == 3
    assert done.exception.rules


def test_alerts_are_raised_for_drug_like_goals() -> None:
    spec, found = quick_answer("a drug-like molecule containing c1ccccc1N=Nc1ccccc1 with MW below 300", workspace=builtin())
    assert spec.family == "drug-like"
    assert found
    assert all(c.safety is not None and any(h.id.startswith("alert.") for h in c.safety.rules) for c in found)


def test_a_model_can_call_it_in_a_conversation() -> None:
    assert "quick_structures" in ASSISTANT_TOOLS
    assert "quick_structures" not in PROPOSER_TOOLS  # it has a spec, and its structures go through the run's own gates
    tool = TOOLS["quick_structures"]
    answer = tool.run(tool.arguments.model_validate({"goal": COUNTED, "count": 1}), ToolContext())
    assert answer["form"] == WHAT_IT_IS
    assert "exactly 4 C atoms" in answer["understood"]
    assert len(answer["structures"]) == 1


def test_a_route_from_a_blocked_material_is_none() -> None:
    blocked = Route(status="found", starting_materials=[Material(name="sarin", smiles="CC(C)OP(C)(=O)F")])
    assert guarded_route(blocked).status == NO_ROUTE.status
    assert "blocks" in guarded_route(blocked).note
    fine = guarded_route(Route(status="found", starting_materials=[Material(name="ethanol", smiles="CCO")]))
    assert fine.starting_materials[0].verdict == "allow"
