"""What the predictors refuse, and what they make of what they take."""

from __future__ import annotations

import pytest

from core.errors import SpecError
from core.spec import CandidateClass
from tests.tables import each_row
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.specs import PREDICTORS, FeatureKind, predictor_spec
from tools.workspace import builtin


@each_row(
    ("smiles", "kind", "candidate_class", "words"),
    [
        ("CCO", "polymer", "molecule", "defined for polymers"),
        ("*CC*", "molecule", "polymer", "defined for molecules"),
        ("*CC*", "molecule", "molecule", "attachment point"),
        ("CC(=O)[O-].[Na+]", "molecule", "molecule", "salt"),
        ("C[N+](C)(C)C", "molecule", "molecule", "ion"),
        ("O=[Si]=O", "molecule", "molecule", "inorganic"),
        ("[Na+].[Cl-]", "dye", "molecule", "inorganic"),
        ("C" * 200, "molecule", "molecule", "heavy atoms"),
        ("CCCCO", "dye", "molecule", "chromophore"),
        ("C1CC", "molecule", "molecule", "ring closure"),
        ("CCO", "polymer", "polymer", "two attachment points"),
        ("*CC(*)C(=O)[O-].[Na+]", "polymer", "polymer", "counter-ions"),
    ],
)
def test_refusals(smiles: str, kind: FeatureKind, candidate_class: CandidateClass, words: str) -> None:
    outcome = prepare(smiles, kind, candidate_class)
    assert isinstance(outcome, str)
    assert words in outcome


def test_a_charged_dye_keeps_its_charge_and_names_its_counter_ion() -> None:
    outcome = prepare("CN(C)c1ccc2nc3ccc(cc3[s+]c2c1)N(C)C.[Cl-]", "dye", "molecule")
    assert isinstance(outcome, Prepared)
    assert "+" in outcome.smiles
    assert "[Cl-]" in outcome.note


def test_isotopes_do_not_count() -> None:
    plain, labelled = prepare("CCO", "molecule", "molecule"), prepare("[2H]C([2H])([2H])[13CH2]O", "molecule", "molecule")
    assert isinstance(plain, Prepared)
    assert isinstance(labelled, Prepared)
    assert labelled.smiles == plain.smiles


def test_a_zwitterion_is_a_molecule() -> None:
    assert isinstance(prepare("[NH3+]CC(=O)[O-]", "molecule", "molecule"), Prepared)


def test_predictors_match_the_registry() -> None:
    for name, spec in PREDICTORS.items():
        assert builtin().catalogue[name].unit == spec.unit
        assert builtin().catalogue[name].kind == "predicted"
        assert ("polymer" in builtin().catalogue[name].classes) == (spec.kind == "polymer")
    with pytest.raises(SpecError, match="viscosity"):
        predictor_spec("viscosity")
