"""What is known is called known: structures of the training sets, with their measured values where these may be shown."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.candidate import Candidate, PropertyValue, format_value, legend
from core.errors import PredictorError
from core.spec import CandidateClass, DesignSpec, EstimationConditions
from tools.evaluation.judge import judge_one
from tools.predictors.known import index
from tools.predictors.known.index import known_set, sets_of
from tools.predictors.known.keys import FORM_BITS, hashed_key
from tools.predictors.specs import PREDICTORS
from tools.predictors.training.known import SETS, build_known
from tools.structures.standardise import standardise
from tools.workspace import builtin


def judged(smiles: str, kind: CandidateClass, *names: str, **asked: object) -> Candidate:
    spec = DesignSpec(goal="x", candidate_class=kind, **asked)  # type: ignore[arg-type]
    return judge_one(smiles, spec, proposer="a person", names=names, blocked="answer", calculators=builtin().calculators)


def value(smiles: str, kind: CandidateClass, name: str, **asked: object) -> PropertyValue:
    return judged(smiles, kind, name, **asked).properties[name]


def melting(low: float, high: float) -> list[dict[str, object]]:
    return [
        {
            "kind": "property",
            "id": "R1",
            "text": "melts there",
            "property": "melting_point",
            "unit": "°C",
            "condition": {"comparison": "between", "low": low, "high": high},
        }
    ]


def test_a_measured_value_takes_the_place_of_a_prediction_and_says_whence() -> None:
    found = value("c1ccc2ccccc2c1", "molecule", "melting_point")
    assert (found.basis, found.number, found.mark) == ("measured", 81.1, " ‡")
    assert found.known == "known, measured 81.1 °C (Bradley open melting point data set, CC0)"
    assert found.fitted is not None
    assert found.fitted != found.number
    assert found.measured is not None
    assert "pairs of measurements" in found.measured.spread
    assert found.sigma is not None
    assert found.sigma < 5
    assert found.method.startswith("measured: ")
    assert legend([found]) == "‡ measured, not predicted"


def test_requirements_are_judged_by_the_spread_of_the_measurement() -> None:
    met = judged("c1ccc2ccccc2c1", "molecule", "melting_point", requirements=melting(76, 86)).requirements[0]
    assert met.met
    assert met.probability > 0.9  # a prediction with an error of 30 °C would say about 0.1
    missed = judged("c1ccc2ccccc2c1", "molecule", "melting_point", requirements=melting(100, 120)).requirements[0]
    assert "was measured as 81.1" in missed.reason


@pytest.mark.parametrize("unit", ["*COC*", "*OCC*", "*CCOCCO*"])
def test_a_polymer_is_recognised_however_its_unit_is_written_and_its_value_is_not_shipped(unit: str) -> None:
    found = value(unit, "polymer", "glass_transition_temperature")
    assert (found.basis, found.mark) == ("in the training set", " §")
    assert found.known.startswith("in the training set, value not shipped")
    assert found.measured is not None
    assert (found.measured.value, found.nearest_value, found.similarity) == (None, None, 1.0)


def test_what_is_new_is_predicted_as_before() -> None:
    found = value("*CC(*)c1ccc(CCC2CC2C#N)cc1", "polymer", "glass_transition_temperature")
    assert (found.basis, found.measured, found.known) == (None, None, "")
    assert not {"basis", "measured", "fitted"} & set(found.model_dump(mode="json"))
    assert found.similarity is not None
    assert found.similarity < 1


def test_a_dye_measured_in_another_solvent_is_a_fit_and_in_the_same_a_measurement() -> None:
    dye = "O=c1oc2cc(O)ccc2cc1C#N"
    other = value(dye, "molecule", "absorption_maximum")
    assert other.basis == "in the training set"
    assert "in water" in other.known
    same = value(dye, "molecule", "absorption_maximum", conditions=EstimationConditions(solvent="water", solvent_smiles="O"))
    assert (same.basis, same.number) == ("measured", 355.0)
    assert same.known.startswith("known, measured 355 nm in water (")


def test_the_anion_of_a_dye_is_another_dye() -> None:
    water = EstimationConditions(solvent="water", solvent_smiles="O")
    anion = value("N#Cc1cc2ccc([O-])cc2oc1=O", "molecule", "absorption_maximum", conditions=water)
    assert (anion.basis, anion.number) == ("measured", 408.0)


def test_another_stereoisomer_is_named_as_one_and_lends_no_value() -> None:
    cis, trans = value(r"Br/C=C\Br", "molecule", "aqueous_solubility"), value("Br/C=C/Br", "molecule", "aqueous_solubility")
    assert (cis.number, trans.number) == (-1.32, -1.74)
    bare = value("C=C(C)C1CC=C(C)CC1", "molecule", "melting_point")  # measured as one enantiomer alone
    assert bare.basis == "in the training set"
    assert "of a stereoisomer or another form" in bare.known
    assert bare.number != value("C=C(C)[C@H]1CC=C(C)CC1", "molecule", "melting_point").number


def test_a_value_that_the_model_refuses_may_be_measured_and_an_unknown_one_stays_unknown() -> None:
    assert format_value(value("[Na+].[Cl-]", "molecule", "melting_point")).startswith("unknown")


def test_what_ships_of_the_polymers_is_keys_alone_and_all_of_it_is_small() -> None:
    with np.load(SETS / "glass_transition_temperature.npz") as archive:
        assert archive.files == ["keys"]
    assert sum(path.stat().st_size for path in SETS.iterdir() if path.is_file()) < 3_000_000
    about = json.loads((SETS / "sets.json").read_text(encoding="utf-8"))["sets"]
    assert set(about) == set(PREDICTORS)
    assert {name for name, entry in about.items() if not entry["shown"]} == {"glass_transition_temperature"}
    for name in PREDICTORS:
        card = json.loads((SETS.parents[1] / "weights" / name / "card.json").read_text(encoding="utf-8"))
        assert about[name]["data_sha256"] in json.dumps(card), f"{name} was trained on other data than its keys are of"


def test_a_damaged_file_is_an_error_and_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    about = {name: {**entry, "sha256": "0" * 64} for name, entry in index._about().items()}
    monkeypatch.setattr(index, "_about", lambda: about)
    known_set.cache_clear()
    try:
        with pytest.raises(PredictorError, match="damaged"):
            known_set("melting_point")
    finally:
        known_set.cache_clear()


def test_forms_of_one_skeleton_stand_side_by_side() -> None:
    keys = [hashed_key(s.key, s.smiles, "molecule") for s in (standardise(t, "molecule") for t in ("Br/C=C/Br", r"Br/C=C\Br", "CCO"))]
    assert keys[0] != keys[1]
    assert keys[0] >> FORM_BITS == keys[1] >> FORM_BITS != keys[2] >> FORM_BITS
    whole, flat = (standardise(t, "polymer") for t in ("*C[C@H](*)C", "*CC(*)C"))
    assert hashed_key(whole.key, whole.smiles, "polymer") >> FORM_BITS == hashed_key(flat.key, flat.smiles, "polymer") >> FORM_BITS


def test_no_set_is_read_before_a_structure_is_looked_up() -> None:
    code = (
        "import app.cli, tools.evaluation.judge, tools.ranking.novelty\n"
        "from tools.predictors.known.index import known_set\n"
        "print(known_set.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_sets_are_those_of_the_class() -> None:
    assert sets_of("polymer") == ["glass_transition_temperature"]
    assert "melting_point" in sets_of("molecule")


def test_the_sets_are_built_from_a_folder_of_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"{'C' * n}O", 10.0 + n, 8.0 + n, 12.0 + n, 2) for n in range(1, 61)]
    folder = tmp_path / "data" / "melting_point"
    folder.mkdir(parents=True)
    with (folder / "melting_point.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["smiles", "mp_c", "mp_c_min", "mp_c_max", "n_measurements"])
        writer.writerows(rows)
    monkeypatch.setattr("tools.predictors.training.known.PREDICTORS", {"melting_point": PREDICTORS["melting_point"]})
    told: list[str] = []
    about = build_known(tmp_path / "data", tmp_path / "a", told.append)["melting_point"]
    build_known(tmp_path / "data", tmp_path / "b", told.append)
    assert (tmp_path / "a" / "melting_point.npz").read_bytes() == (tmp_path / "b" / "melting_point.npz").read_bytes()
    assert about["structures"] == 60
    assert about["sigma"] == pytest.approx(4.0 / 1.645 / 2**0.5, abs=0.01)  # every pair lies 4 °C apart
    with np.load(tmp_path / "a" / "melting_point.npz") as archive:
        assert sorted(archive.files) == ["count", "keys", "own", "values"]
        assert set(archive["own"]) == {2.0}


def test_the_evidence_of_a_level_is_not_called_a_prediction_where_it_is_a_fit() -> None:
    reason = value("c1ccc2ccccc2c1", "molecule", "thermal_stability").reason or ""
    assert "predicted flash point" not in reason
    both = judged("c1ccc2ccccc2c1", "molecule", "flash_point", "thermal_stability").properties["thermal_stability"].reason or ""
    assert "the fitted flash point" in both
