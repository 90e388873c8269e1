"""The adapter to AiZynthFinder, against a program that answers as aizynthcli does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError, StructureError
from tools.routes.aizynth import AizynthFinder, route_of_tree

TARGET = "O=C(NCc1ccccc1)c1ccccc1"


def _mol(smiles: str, *children: dict[str, Any], in_stock: bool = True) -> dict[str, Any]:
    reaction = {
        "type": "reaction",
        "smiles": "",
        "metadata": {"classification": "amide", "library_occurence": 7},
        "children": list(children),
    }
    return {"type": "mol", "smiles": smiles, "in_stock": in_stock, **({"children": [reaction]} if children else {})}


TREE = _mol(TARGET, _mol("O=C(O)c1ccccc1"), _mol("NCc1ccccc1", _mol("N#Cc1ccccc1"), in_stock=False), in_stock=False)


def _program(folder: Path, body: str) -> str:
    path = folder / "fake_aizynthcli.py"
    path.write_text(
        "import argparse, json, sys, time\n"
        "p = argparse.ArgumentParser()\n"
        "p.add_argument('--config', required=True)\np.add_argument('--smiles', required=True)\np.add_argument('--output')\n"
        f"a = p.parse_args()\n{body}\n",
        encoding="utf-8",
    )
    return f"{sys.executable} {path} --config 'my config.yml'"


def test_trees_become_routes(tmp_path: Path) -> None:
    body = f"assert a.smiles == {TARGET!r} and a.config == 'my config.yml'\njson.dump(json.loads({json.dumps(TREE)!r}) and [json.loads({json.dumps(TREE)!r})], open(a.output, 'w'))"
    route = AizynthFinder(_program(tmp_path, body)).find("c1ccccc1CNC(=O)c1ccccc1")
    assert route.status == "found"
    assert [s.product for s in route.steps] == ["NCc1ccccc1", TARGET]
    assert route.steps[1].reactants == ["O=C(O)c1ccccc1", "NCc1ccccc1"]
    assert {m.smiles for m in route.starting_materials} == {"O=C(O)c1ccccc1", "N#Cc1ccccc1"}
    assert route.steps[0].reaction == "amide"
    assert "7 times" in route.steps[0].note
    assert "AiZynthFinder" in route.note


def test_a_tree_that_leaves_its_stock_is_no_route(tmp_path: Path) -> None:
    outside = _mol(TARGET, _mol("O=C(O)c1ccccc1", in_stock=False), _mol("NCc1ccccc1"), in_stock=False)
    assert route_of_tree(outside) is None
    assert route_of_tree(_mol("CCO")) is None
    body = f"json.dump([json.loads({json.dumps(outside)!r})], open(a.output, 'w'))"
    route = AizynthFinder(_program(tmp_path, body)).find(TARGET)
    assert route.status == "none known"
    assert "stock" in route.note


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("sys.exit('no such config')", "no such config"),
        ("pass", "it said nothing"),
        ("open(a.output, 'w').write('trees')", "not JSON"),
        ("json.dump({'a': 1}, open(a.output, 'w'))", "not a list of trees"),
        ("time.sleep(30)", "no answer in 2 s"),
    ],
)
def test_faults_are_clear(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        AizynthFinder(_program(tmp_path, body), seconds=2.0 if "sleep" in body else 60.0).find(TARGET)


def test_a_missing_program_says_how_to_get_it() -> None:
    with pytest.raises(ConfigurationError, match="pip install aizynthfinder"):
        AizynthFinder("/nowhere/aizynthcli --config x").find(TARGET)
    with pytest.raises(ConfigurationError, match="MOLWRIGHT_AIZYNTH_COMMAND"):
        AizynthFinder("").find(TARGET)


def test_only_molecules() -> None:
    with pytest.raises(StructureError):
        AizynthFinder("x").find("*CC*")
