"""What another installed package adds: a property with its calculator, a proposer and a safety rule, each in one place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALCULATOR = """
from tools.calculators.descriptors import Descriptors
from tools.catalogue.property import Property


def carbon_share(mol):
    return sum(a.GetAtomicNum() == 6 for a in mol.GetAtoms()) / mol.GetNumAtoms()


CALCULATOR = Descriptors(
    name="carbon",
    properties=(
        Property(
            name="carbon_share", label="Carbon share", synonyms=("share of carbon",), unit="", kind="computed", low=0, high=1,
            typical_low=0.5, typical_high=1, method="toy package", source="counting", description="Share of heavy atoms that are carbon.",
            function="toy_chemistry:carbon_share", fraction=True, step=0.1,
        ),
    ),
)
"""
PROPOSER = """
from core.candidate import Proposal


class Alkanes:
    name = "alkanes"

    def applies(self, spec):
        return spec.candidate_class == "molecule"

    def propose(self, request):
        return [Proposal(smiles="C" * (n + 1), proposer=self.name, operator="chain") for n in range(request.count)]
"""
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
        "[molwright.calculators]\ncarbon = toy_chemistry:CALCULATOR\n"
        "[molwright.proposers]\nalkanes = toy_chemistry:Alkanes\n"
        "[molwright.safety_rules]\nhouse = toy_chemistry:RULES\n"
    )
    code = """
from agent.reading import interpret
from core.spec import Conditions, DesignSpec
from tools.execution import ProcessExecutor
from tools.proposers.base import ProposalRequest
from tools.proposers.registry import applicable
from tools.proposers.spec_fit import spec_fit
from tools.safety.guard import screen_structure
from tools.workspace import builtin
from rdkit import Chem

if __name__ == "__main__":
    workspace = builtin().enter()
    assert workspace.catalogue["carbon_share"].label == "Carbon share"
    [values] = workspace.estimate(["CCO"], "molecule", ["carbon_share", "logp"], Conditions())
    assert abs(values["carbon_share"].number - 2 / 3) < 1e-9, values
    assert values["carbon_share"].method == "toy package"
    spec = interpret("a molecule with a share of carbon above 0.9")
    assert [r.property for r in spec.requirements] == ["carbon_share"], spec
    assert spec_fit(spec).distance(Chem.MolFromSmiles("CCO")) > 1
    proposer = next(p for p in applicable(spec, workspace.proposers) if p.name == "alkanes")
    assert [p.smiles for p in proposer.propose(ProposalRequest(spec, 0, 3))] == ["C", "CC", "CCC"]
    assert screen_structure("C[Se]C", "molecule").verdict == "block"
    assert screen_structure("CCO", "molecule").verdict == "allow"
"""
    done = python(package(tmp_path, CALCULATOR + PROPOSER + RULES, points), code)
    assert done.returncode == 0, done.stderr


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
