"""What is known is called known: structures of the training sets, with their measured values where these may be shown."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.candidate import MOVED, Candidate, PropertyValue, format_value, legend
from core.errors import PredictorError
from core.spec import CandidateClass, DesignSpec, EstimationConditions
from tools.evaluation.judge import judge_one
from tools.predictors.known import index
from tools.predictors.known.index import known_set, sets_of
from tools.predictors.known.keys import FORM_BITS, hashed_key
from tools.predictors.known.moved import nearest_solvent
from tools.predictors.specs import PREDICTORS
from tools.predictors.training.known import SETS, build_known
from tools.predictors.training.moved import bands, folds, left_out, places, write
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


def test_a_compound_of_a_further_set_is_called_known_by_that_set_and_its_value_is_not_shown() -> None:
    found = value("O=C(c1cc(Cc2n[nH]c(=O)c3ccccc23)ccc1F)N1CCCNCC1", "molecule", "aqueous_solubility")
    assert (found.basis, found.nearest_value) == ("in the training set", None)
    assert found.known == "in the training set, value not shipped (PharmaBench, from ChEMBL, CC0)"


def test_what_is_new_is_predicted_as_before() -> None:
    found = value("*CC(*)c1ccc(CCC2CC2C#N)cc1", "polymer", "glass_transition_temperature")
    assert (found.basis, found.measured, found.known) == (None, None, "")
    assert not {"basis", "measured", "fitted"} & set(found.model_dump(mode="json"))
    assert found.similarity is not None
    assert found.similarity < 1


PERYLENE = "CCCCN1C(=O)c2ccc3c4ccc5c6c(ccc(c7ccc(c2c37)C1=O)c64)C(=O)N(CCCC)C5=O"


def test_a_dye_measured_in_another_solvent_alone_is_that_measurement_moved_by_the_difference_of_the_model() -> None:
    found = value(
        PERYLENE, "molecule", "absorption_maximum"
    )  # measured at 526 nm in chloroform; the model alone says 514 in dichloromethane
    chloroform = EstimationConditions(solvent="chloroform", solvent_smiles="ClC(Cl)Cl")
    there = value(PERYLENE, "molecule", "absorption_maximum", conditions=chloroform)
    assert (there.basis, there.number) == ("measured", 526.0)
    assert (found.basis, found.mark) == (MOVED, " ¶")
    assert found.number is not None
    assert found.fitted is not None
    assert there.fitted is not None
    # The difference is the ensemble's, as its error was measured; what is stated beside it has gone through the table of errors.
    assert found.number == pytest.approx(526.0 + found.fitted - there.fitted, abs=3.0)
    assert found.sigma is not None
    assert there.sigma is not None
    assert there.sigma < found.sigma < 10
    assert found.known.startswith("known, measured 526 nm in chloroform; moved to dichloromethane: ")
    assert f"± {found.sigma:.0f} nm (" in found.known
    assert "each left out" in (found.measured.moved_spread if found.measured else "")
    assert legend([found]) == "¶ measured in another solvent, moved by the model's difference between the two"
    assert not found.method.startswith("measured: ")


def test_a_requirement_on_a_moved_value_is_judged_by_the_error_of_moved_values() -> None:
    window = [{**melting(475, 525)[0], "property": "absorption_maximum", "unit": "nm", "text": "absorbs there"}]
    judgement = judged(PERYLENE, "molecule", "absorption_maximum", requirements=window).requirements[0]
    assert judgement.probability is not None
    assert judgement.probability < 0.7  # by the fit, 514 ± 15 nm, it was 0.77
    short = [{**window[0], "condition": {"comparison": "between", "low": 475, "high": 510}}]
    missed = judged(PERYLENE, "molecule", "absorption_maximum", requirements=short).requirements[0]
    assert not missed.met
    assert missed.probability is not None
    assert missed.probability < 0.05  # by the fit it was above 0.3
    assert "was measured in another solvent and, moved to this one, is 52" in missed.reason


def test_the_nearest_solvent_is_one_and_a_film_and_a_gas_are_none() -> None:
    assert nearest_solvent("ClCCl", ["O", "ClC(Cl)Cl", "film"]) == "ClC(Cl)Cl"
    assert nearest_solvent("CO", ["Cc1ccccc1", "CCO"]) == "CCO"
    assert nearest_solvent("ClCCl", ["film", "gas"]) is None
    assert nearest_solvent("film", ["O"]) is None


def test_the_errors_of_moved_values_are_of_the_data_that_the_model_learnt_and_told_by_the_shift() -> None:
    about = json.loads((SETS / "moved.json").read_text(encoding="utf-8"))["sets"]["absorption_maximum"]
    assert about["data_sha256"] == json.loads((SETS / "sets.json").read_text(encoding="utf-8"))["sets"]["absorption_maximum"]["data_sha256"]
    assert about["pairs"] == sum(band["pairs"] for band in about["bands"])
    sigmas = [band["sigma"] for band in about["bands"]]
    assert sigmas == sorted(sigmas)
    assert about["bands"][-1]["below"] is None


def test_a_left_out_measurement_is_moved_from_one_that_the_model_has_seen() -> None:
    where = places(["D"] * 4, ["O", "ClCCl", "ClC(Cl)Cl", "film"])
    y, model = np.array([500.0, 520.0, 524.0, 600.0]), np.array([501.0, 521.0, 523.0, 610.0])
    [only] = left_out(where, y, model, np.array([False, True, False, False]))
    assert (only.shift, only.error) == (-2.0, 2.0)  # 524 - 2 is 522, and 520 was measured
    assert len(left_out(where, y, model)) == 3
    assert left_out(where, y, model, np.array([True, True, True, False])) == []
    [small, large] = bands([only] * 3, (0.0, 5.0))[0], bands([only, type(only)(9.0, 6.0)], (0.0, 5.0))[1]
    assert (small["pairs"], small["q90"], large["q90"]) == (3, 2.0, 6.0)


def test_the_errors_of_moved_values_are_measured_by_models_that_have_not_seen_them(tmp_path: Path) -> None:
    solvents, shifts = ["O", "ClCCl", "Cc1ccccc1", "CO"], [0.0, 3.0, 12.0, 1.0]
    rows = [(f"D{i}", s, 400.0 + 2 * i + shifts[k], [float(i), float(k), shifts[k]]) for i in range(60) for k, s in enumerate(solvents)]
    dyes, where, y, x = ([row[j] for row in rows] for j in range(4))
    told: list[str] = []
    written = write(np.array(x, dtype=np.float32), np.array(y), dyes, where, "hash", tmp_path, told.append)  # type: ignore[arg-type]
    assert json.loads((tmp_path / "moved.json").read_text(encoding="utf-8")) == written
    about = written["sets"]["absorption_maximum"]
    assert 0 < about["pairs"] <= 240
    assert about["data_sha256"] == "hash"
    assert about["bands"][0]["q90"] < 12.0
    fold = folds(["D", "D", "E"], ["O", "O", "O"])  # type: ignore[list-item]
    assert fold[0] == fold[1]


def test_a_dye_measured_in_the_same_solvent_is_a_measurement() -> None:
    dye = "O=c1oc2cc(O)ccc2cc1C#N"
    other = value(dye, "molecule", "absorption_maximum")
    assert other.basis == MOVED
    assert "359 nm in chloroform; moved to dichloromethane: " in other.known
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
    assert {name for name, entry in about.items() if entry["shown"]} == {name for name, spec in PREDICTORS.items() if spec.show_values}
    assert all(PREDICTORS[name].licence in ("CC0", "CC BY 4.0") for name, entry in about.items() if entry["shown"])
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
    assert sets_of("polymer") == ["glass_transition_temperature", "polymer_density", "oxygen_permeability"]  # no simulated ones
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
