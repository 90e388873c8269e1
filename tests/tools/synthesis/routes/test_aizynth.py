"""The adapter to AiZynthFinder, against a program that answers as aizynthcli does.

``aizynth_trees.json`` is an answer of the real program; tests/aizynth wrote it, and checks that the program still answers so.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.errors import ConfigurationError, StructureError
from tools.synthesis.routes import verify_route
from tools.synthesis.routes.aizynth import AizynthFinder

RECORDED = Path(__file__).with_name("aizynth_trees.json")
TARGET = "O=C(NC1CCNCC1)c1ccc(F)cc1"
ANSWER = f"import shutil\nshutil.copy({str(RECORDED)!r}, a.output)"
BAR = r"print('\r 50%|     | 50/100 [00:00<00:00, 75.34it/s]\r      \r', end='', file=sys.stderr)"


def _program(folder: Path, body: str) -> str:
    path = folder / "fake_aizynthcli.py"
    path.write_text(
        "import argparse, json, sys, time\n"
        "p = argparse.ArgumentParser()\n"
        "p.add_argument('--config', required=True)\np.add_argument('--smiles', required=True)\np.add_argument('--output')\n"
        f"a = p.parse_args()\n{BAR}\n{body}\n",
        encoding="utf-8",
    )
    return f"{sys.executable} {path} --config 'my config.yml'"


def test_an_answer_becomes_a_route(tmp_path: Path) -> None:
    body = f"assert a.smiles == {TARGET!r} and a.config == 'my config.yml'\n{ANSWER}"
    route = AizynthFinder(_program(tmp_path, body)).find("c1cc(F)ccc1C(=O)NC1CCNCC1")
    assert route.status == "found"
    assert verify_route(route, TARGET) == []
    assert len(route.steps) == 2
    assert route.steps[-1].product == TARGET
    assert "every step was run forwards" in route.note


def test_a_target_that_names_a_file_is_written_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "CCO").touch()
    monkeypatch.chdir(tmp_path)
    body = "json.dump([{'type': 'mol', 'smiles': a.smiles, 'in_stock': True}], open(a.output, 'w'))\nassert a.smiles == '[CH3][CH2][OH]'"
    route = AizynthFinder(_program(tmp_path, body)).find("CCO")
    assert [(m.name, m.smiles) for m in route.starting_materials] == [("ethanol", "CCO")]


def test_no_tree_that_ends_in_the_stock(tmp_path: Path) -> None:
    body = "json.dump([{'type': 'mol', 'smiles': a.smiles, 'in_stock': False}], open(a.output, 'w'))"
    route = AizynthFinder(_program(tmp_path, body)).find(TARGET)
    assert route.status == "none known"
    assert "stock" in route.note


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("sys.exit('no such config')", "exit code 1: no such config$"),
        ("open('no such config')", "exit code 1: FileNotFoundError: .*no such config"),
        ("sys.exit('ParserError: expected a comma,\\n  in line 3\\n    ^')", r"expected a comma, in line 3 \^$"),
        ("sys.exit(3)", "exit code 3: it said nothing"),
        ("pass", "wrote no routes: it said nothing"),
        ("print('Failed to setup search due to: unsanitizable')\nprint('a warning', file=sys.stderr)", "wrote no routes: Failed to setup"),
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
    with pytest.raises(ConfigurationError, match="MOLWRIGHT_ROUTES__AIZYNTH_COMMAND"):
        AizynthFinder("").find(TARGET)


def test_only_molecules() -> None:
    with pytest.raises(StructureError):
        AizynthFinder("x").find("*CC*")
