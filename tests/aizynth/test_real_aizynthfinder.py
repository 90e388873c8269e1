"""The adapter against the real AiZynthFinder, with a policy, templates and a stock made of molwright's own reactions and blocks.

No trained policy is needed: the templates are our named reactions backwards, called as the public files call theirs; the policy is a small
network fitted to the reactions' examples (make_policy.py); the stock is the shipped blocks by AiZynthFinder's own ``smiles2stock``.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core import data
from core.errors import ConfigurationError
from tools.synthesis.blocks import shipped
from tools.synthesis.routes import verify_route
from tools.synthesis.routes.aizynth import AizynthFinder
from tools.synthesis.routes.trees import ROLE

pytestmark = pytest.mark.aizynth
ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "tools" / "routes" / "aizynth_trees.json"
TARGET = "O=C(NC1CCNCC1)c1ccc(F)cc1"
CONFIG = """\
expansion:
  named: [{folder}/policy.onnx, {folder}/templates.csv.gz]
stock:
  blocks: {folder}/stock.hdf5
search:
  exclude_target_from_stock: {exclude}
  iteration_limit: 100
  time_limit: 300
post_processing:
  min_routes: {routes}
  max_routes: {routes}
"""


@dataclass(frozen=True)
class Real:
    """The installed program and its inputs."""

    bin: Path
    folder: Path

    def command(self, *, exclude: bool = False, routes: int = 25) -> str:
        """``aizynthcli`` with a configuration, as on a command line."""
        config = self.folder / f"config_{exclude}_{routes}.yml"
        config.write_text(CONFIG.format(folder=self.folder, exclude=str(exclude).lower(), routes=routes), encoding="utf-8")
        return shlex.join([str(self.bin / "aizynthcli"), "--config", str(config)])

    def finder(self, *, exclude: bool = False, routes: int = 25) -> AizynthFinder:
        """The adapter to it."""
        return AizynthFinder(self.command(exclude=exclude, routes=routes))


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _inputs() -> dict[str, Any]:
    table = data.table("tools.synthesis.reactions", "reactions.toml")["reaction"]
    unnamed = {"classification": "0.0 Unrecognized", "library_occurence": 1}
    return {
        "templates": [{"reaction": r["name"], "retro_template": t, **unnamed} for r in table for t in r["retro"]],
        "examples": [{"reaction": r["name"], "product": r["runs"]["product"]} for r in table],
    }


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """AiZynthFinder, installed if it is not there yet, with inputs of our own."""
    bin_folder = Path(_run(sys.executable, ROOT / "scripts" / "aizynth_env.py").splitlines()[-1]) / "bin"
    folder = tmp_path_factory.mktemp("our inputs")
    (folder / "inputs.json").write_text(json.dumps(_inputs()), encoding="utf-8")
    (folder / "blocks.smi").write_text("\n".join(b.smiles for b in shipped().blocks) + "\n", encoding="utf-8")
    _run(bin_folder / "python", Path(__file__).with_name("make_policy.py"), folder / "inputs.json", folder)
    _run(bin_folder / "smiles2stock", "--files", folder / "blocks.smi", "--output", folder / "stock.hdf5")
    return Real(bin_folder, folder)


@pytest.mark.parametrize(
    ("target", "steps"),
    [
        ("CC(C)(C)OC(=O)N1CCC(C(=O)Nc2ccccn2)CC1", 1),  # an amide
        ("CC(C)COC(=O)c1ccc(Cl)cc1", 1),  # an ester
        ("O=C(NC1CCNCC1)c1ccc(F)cc1", 2),  # an amide, then a protecting group taken off
        ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", 3),  # ibuprofen
    ],
)
def test_its_routes_run_forwards_here(real: Real, target: str, steps: int) -> None:
    route = real.finder().find(target)
    assert route.status == "found"
    assert len(route.steps) == steps
    assert verify_route(route, target) == []
    assert "every step was run forwards" in route.note
    assert all("template seen 1 time in" in s.note and s.reaction != "0.0 Unrecognized" for s in route.steps)
    assert all(m.role == ROLE and m.name != m.smiles for m in route.starting_materials)


def test_a_route_that_is_not_selective_says_so(real: Real) -> None:
    target = "O=C(c1ccc(-c2ccccc2)cc1)N1CCN(CCO)CC1"  # its templates join one of the two like amines of piperazine
    route = real.finder(routes=2).find(target)  # with more of them a selective one is among them
    assert route.status == "found"
    assert verify_route(route, target)
    assert "rest on its templates alone" in route.note


def test_a_target_in_stock(real: Real) -> None:
    route = real.finder().find("OC(=O)c1ccccc1")
    assert (route.status, route.steps, route.note) == ("found", [], "In the stock of AiZynthFinder.")
    assert [m.name for m in route.starting_materials] == ["benzoic acid"]
    assert verify_route(route, "OC(=O)c1ccccc1") == []


def test_a_target_that_is_kept_out_of_the_stock_is_made(real: Real) -> None:
    route = real.finder(exclude=True).find("OC(=O)c1ccccc1")
    assert route.steps
    assert verify_route(route, "OC(=O)c1ccccc1") == []
    assert "O=C(O)c1ccccc1" not in {m.smiles for m in route.starting_materials}


def test_a_target_without_a_route(real: Real) -> None:
    route = real.finder().find("C1CC(C2CC3CCC2CC3)C1")
    assert route.status == "none known"
    assert route.steps == []
    assert "found no route" in route.note


def test_a_file_of_the_targets_name_is_not_read(real: Real, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "CCO").mkdir()
    monkeypatch.chdir(tmp_path)
    route = real.finder().find("CCO")
    assert [m.name for m in route.starting_materials] == ["ethanol"]


def test_its_faults_are_clear(real: Real, tmp_path: Path) -> None:
    program = real.bin / "aizynthcli"
    with pytest.raises(ConfigurationError, match=r"exit code 1: FileNotFoundError: .*nowhere.yml"):
        AizynthFinder(f"{program} --config {tmp_path}/nowhere.yml").find("CCO")
    broken = tmp_path / "broken.yml"
    broken.write_text("expansion:\n  named: [no.onnx, no.csv]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"exit code 1: .*no\.onnx.*exist"):
        AizynthFinder(f"{program} --config {broken}").find("CCO")
    with pytest.raises(ConfigurationError, match=r"exit code 2: .*required: --config"):
        AizynthFinder(str(program)).find("CCO")


def test_what_it_cannot_read_is_said_with_exit_code_0(real: Real, tmp_path: Path) -> None:
    """The one failure that it reports on stdout; the adapter reads SMILES itself, so here the program is asked directly."""
    call = [str(real.bin / "aizynthcli"), "--config", "x.yml", "--smiles", "c1cccc", "--output", str(tmp_path / "trees.json")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Cannot start retrosynthesis planning" in done.stdout
    assert not (tmp_path / "trees.json").exists()


def test_the_command_with_an_inventory(real: Real, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.csv"
    inventory.write_text(
        "smiles,name,price,currency,amount,unit\nO=C(O)c1ccc(Cl)cc1,our acid,156.57,EUR,1,mol\nCC(C)CO,our alcohol,20,EUR,1,mol\n", "utf-8"
    )
    call = [sys.executable, "-m", "app.cli", "route", "CC(C)COC(=O)c1ccc(Cl)cc1", "--aizynth", "--json", "--blocks", str(inventory)]
    surroundings = {**os.environ, "MOLWRIGHT_ROUTES__AIZYNTH_COMMAND": real.command(), "MOLWRIGHT_HOME": str(tmp_path)}
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=ROOT, env=surroundings)
    assert done.returncode == 0, done.stderr
    route = json.loads(done.stdout)
    assert {m["name"] for m in route["starting_materials"]} == {"our acid", "our alcohol"}
    assert route["cost"]["value"] == 176.57


def _shape(node: dict[str, Any]) -> dict[str, Any]:
    """The keys of a tree and the types of their values, without the values."""
    shape: dict[str, Any] = {key: type(value).__name__ for key, value in node.items() if key != "children"}
    shape |= {f"metadata {key}": type(value).__name__ for key, value in node.get("metadata", {}).items()}
    return shape | {f"child {number}": _shape(child) for number, child in enumerate(node.get("children", []))}


def test_the_recorded_answer_is_as_it_answers(real: Real, tmp_path: Path) -> None:
    """What the fake program of tests/tools/synthesis/routes answers was written by this command; made anew with MOLWRIGHT_RECORD=1."""
    output = tmp_path / "trees.json"
    _run(*shlex.split(real.command(routes=2)), "--smiles", TARGET, "--output", output)
    if os.environ.get("MOLWRIGHT_RECORD"):
        RECORDED.write_text(output.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    made, recorded = json.loads(output.read_text(encoding="utf-8")), json.loads(RECORDED.read_text(encoding="utf-8"))
    assert [_shape(tree) for tree in made] == [_shape(tree) for tree in recorded]
    assert [tree["smiles"] for tree in made] == [TARGET] * len(recorded)
