"""The same structure through every door: the graph's steps, screen, check, properties, toolbox and the quick form agree on all of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from agent.reading import interpret
from agent.toolbox import TOOLS, ToolContext
from app.cli import app
from core.candidate import Candidate, Proposal
from core.options import RunOptions
from core.spec import DesignSpec
from graphs import loop
from tests.tables import each_row
from tools.evaluation.judge import judge_one
from tools.execution import SerialExecutor
from tools.files.records import Record
from tools.proposers.base import ProposalRequest
from tools.screening.chunk import Chunk, process
from tools.screening.report import judged
from tools.search import direct
from tools.workspace import builtin

MOLECULES = "molecular weight below 2000 g/mol and melting point below 400 °C"
DRUGS = "a drug-like molecule with molecular weight below 2000 g/mol"
POLYMERS = "a polymer with a glass transition temperature above -140 °C"
#: Structures and whether more was given than is judged.
STRUCTURES = {
    "CCO": False,
    "OC(C)=O": False,
    "c1ccccc1O": False,
    "CC(=O)[O-].[Na+]": True,
    "CC(=O)O[Na]": True,
    "CN(C)C(=N)NC(=N)N.Cl": True,
    "CN1CCC[C@H]1c1cccnc1.OC(=O)C(O)C(O)C(=O)O": True,
    "[NH4+].CC(=O)[O-]": True,
    "C[NH3+].[Cl-]": True,
    "CCO.O": True,
    "CC(C)Cc1ccccc1.CCCCCCCC": True,
    "C[C@H](N)C(=O)O.C[C@H](N)C(=O)O.OS(=O)(=O)O": True,
    "[NH3+]CC(=O)[O-]": False,
    "C[N+](C)(C)CC(=O)[O-]": False,
    "[Na+].[Cl-]": False,
    "N.N.Cl[Pt]Cl": False,
    "CC(=O)[O-].CC(=O)[O-].[Fe+2]": False,
    "CCCCn1cc[n+](C)c1.F[B-](F)(F)F": False,
    "CCCC[N+](CCCC)(CCCC)CCCC.CC(=O)[O-]": False,
    "OCC[N+](C)(C)C.CC(O)C(=O)[O-]": False,
    "C[n+]1ccccc1.[I-]": True,
    "CN(C)C=CC=CC=[N+](C)C.F[P-](F)(F)(F)(F)F": True,
    "[13CH3]O": False,
    "C[S+](C)[O-]": False,
    "CC(O)C(F)Cl": False,
    "[K+].[C-]#N": True,
    "[Na+].[N-]=[N+]=[N-]": False,
    "CC(C)OP(C)(=O)F": False,
    "CC(C)OP(C)(=O)F.CCCCCCCCCCCC": True,
    "Cc1c([N+](=O)[O-])cc([N+](=O)[O-])cc1[N+](=O)[O-]": False,
    "*CC(*)c1ccccc1": False,
    "*CC(*)C(=O)[O-].[Na+]": True,
    "*CCO*.CC(C)OP(C)(=O)F": True,
}
CASES = [
    pytest.param(s, POLYMERS if "*" in s else goal, id=f"{s} {goal[:6]}")
    for s in STRUCTURES
    for goal in (MOLECULES, DRUGS)[: 1 + ("*" not in s)]
]


def _graph(smiles: str, spec: DesignSpec) -> Candidate:
    """What the steps of a design run make of one proposal."""
    rows: dict[str, Candidate] = {}
    proposal = Proposal(smiles=smiles, proposer="evolution", operator="given")
    store = SimpleNamespace(
        spec=lambda run, version: spec,
        known_keys=lambda run, names: {},
        candidates=lambda run, **_: list(rows.values()),
        save_candidates=lambda lease, found: rows.update({c.key: c for c in found}),
    )
    recorder = SimpleNamespace(step=lambda *_: None)
    context: Any = SimpleNamespace(store=store, recorder=recorder, run_id="r", lease=None, executor=SerialExecutor(), workspace=builtin())
    state: Any = {"generation": 0, "evaluated": 0, "spec_version": 1, "options": RunOptions().model_dump(mode="json")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "_proposals", lambda *_: [("evolution", 0, proposal)])
        for step in (loop.standardise, loop.guard, loop.estimate, loop.check):
            step(state, context)
    (found,) = rows.values()
    return found


def _command(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code in (0, 3, 4), done.output
    return json.loads(done.stdout)


def _tool(name: str, spec: DesignSpec, **arguments: Any) -> Any:
    chosen = TOOLS[name]
    return chosen.run(chosen.arguments.model_validate(arguments), ToolContext(spec=spec))[0]


def _quick(smiles: str, spec: DesignSpec) -> list[Candidate]:
    def propose(request: ProposalRequest) -> list[Proposal]:
        return [Proposal(smiles=smiles, proposer="library", operator="given")]

    stub = SimpleNamespace(applies=lambda spec, catalogue: True, propose=propose)
    workspace: Any = SimpleNamespace(proposers={"library": stub}, catalogue=builtin().catalogue, calculators=builtin().calculators)
    return direct.construct(spec.model_copy(update={"set_requirements": []}), 1, workspace=workspace)


def _without_standing(notes: list[str]) -> list[str]:
    """The notes without what a list says beside the judgement: that the structure is known."""
    return [note for note in notes if not note.startswith("Known already: ")]


@each_row(("smiles", "goal"), CASES)
def test_every_door_says_the_same(smiles: str, goal: str) -> None:
    spec = interpret(goal)
    whole = judge_one(smiles, spec, proposer="user", blocked="answer", calculators=builtin().calculators)
    assert whole.safety is not None
    assert bool(whole.given) == STRUCTURES[smiles]
    identity = {"smiles": whole.smiles, "key": whole.key, "notes": whole.notes, "safety": whole.safety.model_dump(mode="json")}
    results = [r.model_dump(mode="json") for r in whole.requirements]
    blocked = whole.safety.verdict == "block"

    # what a search brings must be plausible as well: what a person or a library holds need not
    generated, graph = (
        judge_one(smiles, spec, proposer="user", implausible="reject", calculators=builtin().calculators),
        _graph(smiles, spec),
    )
    assert (graph.status, graph.rejected_by, graph.rejected_reason) == (generated.status, generated.rejected_by, generated.rejected_reason)
    assert (graph.smiles, graph.key, graph.notes) == (whole.smiles, whole.key, whole.notes)
    if not graph.rejected_by.startswith("structure:"):
        assert graph.safety == whole.safety
        assert graph.rejected_by == whole.rejected_by
    if graph.requirements:
        assert {n: graph.properties[n] for n in whole.properties} == whole.properties
        assert graph.requirements == whole.requirements

    check = _command("check", smiles, "--goal", goal)
    assert {name: check[name] for name in identity} == identity
    assert check["requirements"] == results

    (row,) = _command("properties", smiles)
    alerts = [h for h in identity["safety"]["rules"] if h["id"].startswith("alert.")]
    assert {name: row[name] for name in ("smiles", "key", "notes")} == {name: identity[name] for name in ("smiles", "key", "notes")}
    assert row["safety"]["rules"] == [h for h in identity["safety"]["rules"] if h not in alerts]  # alerts are for drug-like goals
    assert {n: row["properties"][n] for n in whole.properties} == {n: v.model_dump(mode="json") for n, v in whole.properties.items()}

    tool = _tool("check_structures", spec, smiles=[smiles])
    assert (tool["smiles"], tool["safety"], tool.get("notes", [])) == (whole.smiles, whole.safety.verdict, whole.notes)
    if not blocked:
        assert [(r["met"], r["probability"]) for r in tool["requirements"]] == [
            (r.met, round(r.probability, 2)) for r in whole.requirements
        ]
    assert _tool("estimate_properties", spec, smiles=[smiles], properties=["molecular_weight"])["smiles"] == whole.smiles

    quick = _quick(smiles, spec)
    assert [(c.key, _without_standing(c.notes), c.safety, c.properties, c.requirements) for c in quick] == (
        [(whole.key, whole.notes, whole.safety, whole.properties, whole.requirements)] if generated.meets_all() else []
    )

    outcome = process(Chunk(0, spec.model_dump_json(), (Record(0, 1, smiles),), builtin().calculators))
    assert not outcome.unreadable
    if whole.meets_all():
        (hit,) = outcome.hits
        assert (hit.smiles, hit.key, list(hit.notes), hit.given) == (whole.smiles, whole.key, whole.notes, whole.given)
        assert (hit.safety, list(hit.warnings)) == (row["safety"]["verdict"], [h["id"] for h in row["safety"]["rules"]])
        report = judged(
            [{**asdict(hit), "record": hit.index}], spec, calculators=builtin().calculators
        )  # alerts are raised for what the report lists
        assert [(c.key, c.notes, c.safety, c.requirements) for c in report] == [(whole.key, whole.notes, whole.safety, whole.requirements)]
        assert hit.values == {
            n: pytest.approx(v.number, abs=1e-6) if v.number is not None else v.value for n, v in whole.properties.items()
        }
    else:
        assert not outcome.hits
        assert outcome.failed == {whole.rejected_by.removeprefix("requirement:"): 1}
