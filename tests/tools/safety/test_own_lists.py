"""Lists of substances that a team brings: read from a regulator's table, decided by structure, never claimed beyond what the file says."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from agent.reading import interpret
from core.errors import NotFoundError, UsageError
from core.model import content_hash
from core.spec import DesignSpec, PropertyRequirement
from evals.replay import _changed_own_list
from tests.tables import each_row
from tools.calculators.own_lists import OwnList, own_lists
from tools.evaluation.judge import judge_one
from tools.safety.named_lists import standings
from tools.safety.own_list_file import read_own_list
from tools.workspace import Workspace, builtin

#: As a regulator publishes it: a title above the heading, several numbers in a cell, groups, dashes for nothing; structures and patterns that the team added.
TABLE = """Candidate List of substances;;;;;
exported on 5 November 2025;;;;;
Substance name;EC No.;CAS No.;Date of inclusion;smiles;smarts
Bis(2-ethylhexyl) phthalate (DEHP);204-211-0;117-81-7;28-Oct-2008;;
Anthracene;204-371-1;120-12-7;28-Oct-2008;c1ccc2cc3ccccc3cc2c1;
4-Nonylphenol, branched and linear;-;-;19-Dec-2012;;
Alkyl-substituted phenols (our pattern);-;-;19-Dec-2012;;[OX2H]c1ccc(CCCCCCC)cc1
"Ammonium salt of PFOA";;3825-26-1;;[NH4+].[O-]C(=O)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)F;
Nothing that is known, 1,2-unknownium;-;999-99-8;;;
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("list") / "candidate-list.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def one(file: Path) -> OwnList:
    return read_own_list(file, name="REACH candidate list", issued=date(2025, 11, 5), source="ECHA", words=["SVHC"])


@pytest.fixture(scope="module")
def workspace(one: OwnList, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("lists")
    (folder / f"{one.id}.json").write_text(one.model_dump_json(), encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    return builtin().with_own_lists(folder)


def test_every_row_is_an_entry_and_what_is_not_decided_is_said(one: OwnList) -> None:
    assert [entry.line for entry in one.entries] == [4, 5, 6, 7, 8, 9]
    assert one.decided == 4
    said = {entry.line: entry.undecided for entry in one.undecided}
    assert set(said) == {6, 9}
    assert "more than one substance ('branched')" in said[6]
    assert "its name is not known" in said[9]


@each_row(
    ("smiles", "entry"),
    [
        ("CCCCC(CC)COC(=O)c1ccccc1C(=O)OCC(CC)CCCC", "Bis(2-ethylhexyl) phthalate (DEHP)"),
        ("CCCC[C@H](CC)COC(=O)c1ccccc1C(=O)OCC(CC)CCCC", "Bis(2-ethylhexyl) phthalate (DEHP)"),  # a stereoisomer has the skeleton
        ("CCO.c1ccc2cc3ccccc3cc2c1", "Anthracene"),  # a solvate
        ("Oc1ccc(CCCCCCCCC)cc1", "Alkyl-substituted phenols (our pattern)"),
        ("N.OC(=O)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)F", "Ammonium salt of PFOA"),
        ("N", ""),  # a piece of a listed salt is not listed
        ("[Na+].[O-]C(=O)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)F", ""),
        ("c1ccc2ccccc2c1", ""),
    ],
)
def test_a_structure_stands_to_the_list_by_skeleton_and_pattern(one: OwnList, smiles: str, entry: str) -> None:
    found = standings(smiles, [one])[-1]
    assert found.id == "on_reach_candidate_list"
    assert found.on is bool(entry)
    assert found.text.startswith(f"listed in REACH candidate list (2025-11-05): {entry}" if entry else "not among the entries of")
    assert entry or found.text.endswith("2 of its 6 entries are not decided by structure here, or only in part; other law may apply")


@pytest.fixture(scope="module")
def of_polymers(tmp_path_factory: pytest.TempPathFactory) -> OwnList:
    path = tmp_path_factory.mktemp("list") / "restricted.csv"
    rows = ("Polyoxymethylene,*CO*,", "polystyrene,,", "Styrene,C=Cc1ccccc1,", "Perfluorinated chains,,[CX4](F)(F)[CX4](F)(F)[CX4](F)(F)")
    path.write_text("\n".join(["name,smiles,smarts", *rows]), encoding="utf-8")
    return read_own_list(path, name="restricted list", issued=date(2026, 1, 1))


@each_row(
    ("smiles", "entry"),
    [
        ("*OC*", "Polyoxymethylene"),  # in another frame
        ("*COCO*", "Polyoxymethylene"),  # doubled
        ("*CC(*)c1ccccc1", "polystyrene"),  # by its name
        ("*[C@H](c1ccccc1)C*", "polystyrene"),
        ("*C(F)(F)C(F)(F)*", "Perfluorinated chains"),  # a pattern that crosses the frame of the unit
        ("*CC*", ""),
        ("C=Cc1ccccc1", "Styrene"),
        ("C1OCOCO1", ""),
    ],
)
def test_a_polymer_is_held_against_repeat_units_and_patterns_and_never_by_what_it_is_made_from(
    of_polymers: OwnList, smiles: str, entry: str
) -> None:
    assert of_polymers.undecided == ()
    found = standings(smiles, [of_polymers])[-1]
    assert (found.on, found.id) == (bool(entry), "on_restricted_list")
    assert entry in found.text
    assert ("of its 4 entries 3 can say anything of a polymer" in found.text) is (smiles == "*CC*")


def test_goals_that_design_polymers_ask_for_none_of_it(workspace: Workspace) -> None:
    spec = interpret("a polymer with Tg above 50 °C that is not on the REACH candidate list", workspace=workspace)
    assert [r.property for r in spec.requirements_of(PropertyRequirement)] == ["glass_transition_temperature", "on_reach_candidate_list"]
    found = judge_one("*CC*", spec, proposer="x", calculators=workspace.calculators)
    assert next(r for r in found.requirements if "candidate list" in r.text).met


def test_a_list_without_polymers_has_the_version_that_it_had(one: OwnList) -> None:
    old = one.model_dump(mode="json")
    for entry in old["entries"]:
        del entry["polymers"]
    assert one.version == str(content_hash(old))[:12]
    assert OwnList.model_validate(old) == one


@pytest.mark.parametrize(
    "goal",
    [
        "a plasticiser that is not an SVHC", "an SVHC-free plasticiser", "a plasticiser with MW below 400, not an SVHC",
        "a solvent that must not be listed in the REACH candidate list", "a dye not on the REACH candidate list", "a plasticiser with no SVHC",
    ],
)  # fmt: skip
def test_goals_ask_for_none_of_it(workspace: Workspace, goal: str) -> None:
    spec = interpret(goal, workspace=workspace, may_be_empty=True)
    asked = [r for r in spec.requirements_of(PropertyRequirement) if r.property == "on_reach_candidate_list"]
    assert [r.condition.holds(0.0) for r in asked] == [True]
    assert not asked[0].condition.holds(1.0)
    assert not spec.unchecked


def test_without_the_list_it_is_said_how_to_bring_it() -> None:
    spec = interpret("an SVHC-free plasticiser", workspace=builtin(), may_be_empty=True)
    assert "molwright lists add" in spec.unchecked[0].reason


def test_who_asks_about_a_structure_is_told_and_a_requirement_is_exact(workspace: Workspace) -> None:
    spec = interpret("a plasticiser that is not an SVHC", workspace=workspace)
    found = judge_one("CCCCC(CC)COC(=O)c1ccccc1C(=O)OCC(CC)CCCC", spec, proposer="x", calculators=workspace.calculators)
    assert any(s.on and s.name == "REACH candidate list (2025-11-05)" for s in found.lists)
    assert any(r.kind == "named list" and "REACH candidate list" in r.text for r in found.against)
    [held] = [r for r in found.requirements if "candidate list" in r.text]
    assert (held.met, held.probability) == (False, 0.0)
    assert workspace.calculators.exact("on_reach_candidate_list")
    plain = judge_one("CCO", DesignSpec(goal="x", candidate_class="molecule"), proposer="x", names=[], calculators=workspace.calculators)
    assert [s.on for s in plain.lists if s.id == "on_reach_candidate_list"] == [False]


def test_lists_are_part_of_what_a_worker_gets_and_of_what_a_replay_compares(workspace: Workspace, one: OwnList) -> None:
    assert [found.version for found in own_lists(pickle.loads(pickle.dumps(workspace.calculators)))] == [one.version]
    assert workspace.list_versions() == {"REACH candidate list": one.version}
    assert list(workspace.list_problems) == ["broken"]
    assert workspace.lists_folder is not None
    assert workspace.with_own_lists(workspace.lists_folder, ()).list_versions() == {}
    assert not _changed_own_list({"REACH candidate list": one.version}, workspace)
    assert "which is another now" in _changed_own_list({"REACH candidate list": "0"}, workspace)
    assert "which is gone" in _changed_own_list({"Y": "0"}, workspace)


@each_row(
    ("text", "said"),
    [
        ("Substance name,EC No.\nEthanol,200-578-6\n", "no heading with a column of CAS numbers"),
        ("name,CAS No.\nSomethingium,999-99-8\n", "not one has a structure"),
        ("name,smarts\nBroken,C((\n", "is not a SMARTS"),
        ("", "it begins with: nothing"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_own_list(path, name="A list", issued=date(2025, 1, 1))
    with pytest.raises(NotFoundError):
        read_own_list(tmp_path / "none.csv", name="A list", issued=date(2025, 1, 1))
