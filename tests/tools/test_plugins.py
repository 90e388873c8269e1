"""What a newcomer adds, as ``docs/extending.md`` shows it: a property in one file, a calculator and a proposer in a package of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from rdkit import Chem

from agent.reading import compact, interpret
from core.spec import EstimationConditions
from tools.calculators.collection import shipped_calculators
from tools.calculators.descriptors import Descriptors
from tools.catalogue.shipped import property_of, shipped
from tools.proposers.spec_fit import spec_fit
from tools.workspace import Workspace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"


def shown(heading: str, language: str) -> str:
    """The first block of code in a language under a heading of the page for newcomers."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found is not None, heading
    return found[1]


RULES = """
RULES = [
    {"id": "toy.selenium", "name": "selenium", "verdict": "block", "reason": "Not in this laboratory.", "smarts": ["[Se]"], "source": "house"}
]
"""


def package(folder: Path, modules: str, entry_points: str) -> Path:
    """A package as pip leaves it: a module, and the folder that says what it adds."""
    (folder / "toy_chemistry.py").write_text(modules, encoding="utf-8")
    info = folder / "toy_chemistry-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-chemistry\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    return folder


def python(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a process that has the package of ``folder`` installed."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{folder}"}
    return subprocess.run([sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, text=True, timeout=120)


def test_a_package_adds_a_property_a_proposer_and_a_rule(tmp_path: Path) -> None:
    points = (
        "[molwright.calculators]\ncarbon = toy_chemistry:CarbonCounter\n"
        "[molwright.proposers]\nalkanes = toy_chemistry:Alkanes\n"
        "[molwright.safety_rules]\nhouse = toy_chemistry:RULES\n"
    )
    code = """
from agent.reading import interpret
from core.spec import EstimationConditions, DesignSpec
from tools.execution import ProcessExecutor
from tools.proposers.base import ProposalRequest
from tools.proposers.registry import applicable
from tools.safety.guard import structure_verdict
from tools.workspace import builtin

if __name__ == "__main__":
    workspace = builtin()
    assert workspace.catalogue["carbon_share"].label == "Carbon share"
    [values] = workspace.estimate(["CCO"], "molecule", ["carbon_share", "logp"], EstimationConditions())
    assert abs(values["carbon_share"].number - 2 / 3) < 1e-9, values
    many = ["C" * (1 + n % 30) + "O" for n in range(150)]
    with ProcessExecutor(2) as executor:
        spread = workspace.estimate(many, "molecule", ["carbon_share"], EstimationConditions(), executor=executor)
    assert spread == workspace.estimate(many, "molecule", ["carbon_share"], EstimationConditions())
    assert values["carbon_share"].method == "toy counter"
    spec = interpret("a molecule with a share of carbon above 0.9")
    assert [r.property for r in spec.requirements] == ["carbon_share"], spec
    proposer = next(p for p in applicable(spec, workspace.proposers, workspace.catalogue) if p.name == "alkanes")
    assert [p.smiles for p in proposer.propose(ProposalRequest(spec, 0, 3, calculators=workspace.calculators))] == ["C", "CC", "CCC"]
    assert structure_verdict("C[Se]C", "molecule").verdict == "block"
    assert structure_verdict("CCO", "molecule").verdict == "allow"
"""
    done = python(package(tmp_path, shown("A calculator", "python") + shown("A proposer", "python") + RULES, points), code)
    assert done.returncode == 0, done.stderr


def test_a_property_is_one_file() -> None:
    halogens = property_of("halogens", tomllib.loads(shown("A property", "toml")))
    catalogue = shipped().with_properties(halogens)
    calculators = shipped_calculators().with_calculator(Descriptors((halogens,), name="more descriptors"), catalogue)
    [values] = calculators.estimate(["FC(F)(F)CCl"], "molecule", ["halogens"], EstimationConditions())
    assert values["halogens"].value == 4.0
    assert values["halogens"].exact
    spec = interpret("a molecule with at most 2 halogen atoms and logP below 3", workspace=Workspace(calculators))
    assert "property:halogens <= 2" in compact(spec, catalogue=catalogue)["requirements"]
    assert spec_fit(spec, calculators=calculators).distance(Chem.MolFromSmiles("FC(F)(F)CCl")) == 2.0


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("[molwright.calculators]\nbroken = toy_chemistry:NOTHING\n", "the plug-in 'broken' of toy-chemistry"),
        ("[molwright.calculators]\nbroken = toy_chemistry:RULES\n", "the plug-in 'broken' of toy-chemistry is no calculator"),
        ("[molwright.proposers]\nbroken = toy_chemistry:RULES\n", "the plug-in 'broken' of toy-chemistry is no proposer"),
        ("[molwright.proposers]\nbroken = no_such_module:X\n", "the plug-in 'broken' of toy-chemistry"),
    ],
)
def test_a_broken_plug_in_fails_the_start_with_its_name(tmp_path: Path, entry: str, message: str) -> None:
    done = python(package(tmp_path, RULES, entry), "from tools.workspace import builtin\nbuiltin()")
    assert done.returncode != 0
    assert message in done.stderr


def test_a_safety_rule_that_cannot_be_read_fails_the_start(tmp_path: Path) -> None:
    entry = "[molwright.safety_rules]\nbroken = toy_chemistry:RULES\n"
    done = python(package(tmp_path, RULES.replace("[Se]", "[Se"), entry), "import tools.safety.guard")
    assert done.returncode != 0
    assert "the plug-in 'broken' of toy-chemistry" in done.stderr
