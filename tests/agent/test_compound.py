"""Options about a compound at hand become requirements of the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.compound import ALIKE, ANALOGUE_FLOOR, as_analogue, with_wishes
from agent.reading import interpret
from agent.spec_check import check_spec
from app.commands.compound import compound_options
from core.errors import NotFoundError, SpecError, UsageError
from core.options import given_options
from core.spec import FixedAtomsRequirement, Reference, ReferenceSetRequirement, SimilarityRequirement
from tools.safety.spec import spec_verdict
from tools.workspace import builtin

GOAL = "a molecule similar to CC(=O)Nc1ccc(O)cc1 with logP below 1"


def test_the_core_is_kept_and_a_least_similarity_stated() -> None:
    asked = interpret("a molecule with logP below 1").model_copy(update={"reference": Reference(smiles="CC(=O)Nc1ccc(O)cc1")})
    spec = with_wishes(asked, given_options({"core": "scaffold"}), catalogue=builtin().catalogue)
    (kept,) = spec.requirements_of(FixedAtomsRequirement)
    (similar,) = spec.requirements_of(SimilarityRequirement)
    assert (len(kept.fixed), kept.origin, kept.part) == (6, "person", "the core")
    assert (similar.condition.value, similar.origin) == (ANALOGUE_FLOOR, "assumption")
    assert any(f"{ANALOGUE_FLOOR:g}" in a.text for a in spec.assumptions)
    assert len({r.id for r in spec.requirements}) == len(spec.requirements)
    assert check_spec(spec, catalogue=builtin().catalogue) == spec
    assert as_analogue(spec, catalogue=builtin().catalogue) == spec


def test_sets_to_resemble_and_not(tmp_path: Path) -> None:
    path = tmp_path / "mine.smi"
    path.write_text("CCO\nc1ccccc1O phenol\n")
    options = given_options(compound_options(None, [str(path)], ["aspirin"]))
    spec = with_wishes(interpret("a molecule with logP below 3"), options, catalogue=builtin().catalogue)
    near, far = spec.requirements_of(ReferenceSetRequirement)
    assert (near.name, near.measure, near.condition.comparison, near.condition.value) == ("mine.smi", "max", ">=", ALIKE)
    assert (far.name, far.condition.comparison, far.condition.value) == ("aspirin", "<", ALIKE)
    assert [o.references for o in spec.objectives if o.property == "similarity"] == [["CCO", "Oc1ccccc1"]]
    assert "nearest of the 2 structures of mine.smi" in near.text
    assert check_spec(spec, catalogue=builtin().catalogue) == spec


def test_a_regulated_structure_may_be_avoided_but_not_resembled() -> None:
    sarin = "CC(C)OP(C)(=O)F"
    goal = interpret("a molecule with logP below 3")
    assert (
        spec_verdict(with_wishes(goal, given_options({"like": [{"references": [sarin]}]}), catalogue=builtin().catalogue)).verdict
        == "block"
    )
    assert (
        spec_verdict(with_wishes(goal, given_options({"unlike": [{"references": [sarin]}]}), catalogue=builtin().catalogue)).verdict
        != "block"
    )
    varied = with_wishes(goal.model_copy(update={"reference": None}), given_options({"core": sarin}), catalogue=builtin().catalogue)
    assert spec_verdict(varied).verdict == "block"


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"the core: .*no pyridine"):
        with_wishes(interpret(GOAL), given_options({"core": "pyridine"}), catalogue=builtin().catalogue)
    with pytest.raises(UsageError):
        compound_options(" ", None, None)
    with pytest.raises(NotFoundError):
        compound_options(str(tmp_path / "absent.mol"), None, None)
    assert compound_options(None, None, None) == {}
