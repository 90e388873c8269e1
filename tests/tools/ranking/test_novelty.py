"""What is known already, and where it is read from."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from rdkit import Chem

from core.candidate import Candidate, Origin
from core.errors import NotFoundError, UsageError
from core.spec import Condition, DesignSpec, PropertyRequirement, Reference
from tools.evaluation.judge import estimated
from tools.files.records import records
from tools.predictors.known.apply import OwnValues
from tools.ranking.novelty import known_to_all, known_to_sets, known_to_user, read_known, sets_count, shipped_count, what_is_known
from tools.structures.standardise import standardise
from tools.workspace import builtin


def _candidate(smiles: str) -> Candidate:
    kind = "polymer" if smiles.count("*") == 2 else "molecule"
    s = standardise(smiles, kind)  # type: ignore[arg-type]
    origin = Origin(proposer="x", operator="x")
    return Candidate.model_validate(
        {"key": s.key, "smiles": s.smiles, "inchikey": s.inchikey, "class": kind, "dedup_key": s.dedup_key, "origin": origin}
    )


def _write(folder: Path, name: str) -> Path:
    path = folder / name
    smi = "CCO ethanol\n# a remark\nc1ccccc1O phenol\nfoo bad\n*CC* polyethylene\n"
    table = "id,smiles,name\n1,CCO,ethanol\n2,c1ccccc1O,phenol\n3,foo,bad\n4,*CC*,polyethylene\n"
    blocks = [(Chem.MolFromSmiles("CCO"), "ethanol"), (Chem.MolFromSmiles("c1ccccc1O"), "phenol")]
    sdf = "".join(f"{n}\n{Chem.MolToMolBlock(m).split(chr(10), 1)[1]}$$$$\n" for m, n in blocks) + "bad\n\n\n  1  0\n$$$$\n"
    text = sdf if ".sdf" in name else table if ".csv" in name else smi
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["known.smi", "known.csv", "known.sdf", "known.smi.gz", "known.csv.gz", "known.sdf.gz"])
def test_every_kind_of_file(tmp_path: Path, name: str) -> None:
    known = read_known(_write(tmp_path, name))
    assert set(known.structures.values()) >= {"ethanol", "phenol"}
    assert known.unreadable == 1
    assert len(known.faults) == 1
    found = known_to_user([_candidate("OCC"), _candidate("CCCO")], known)
    assert list(found.values()) == ["ethanol"]
    if "sdf" not in name:
        assert list(known_to_user([_candidate("*CCCC*")], known).values()) == ["polyethylene"]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_known(tmp_path / "none.smi")
    with pytest.raises(UsageError, match="not a known kind"):
        read_known(_write(tmp_path, "known.pdf"))
    empty = tmp_path / "empty.smi"
    empty.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no structure"):
        read_known(empty)
    plain = tmp_path / "no.csv"
    plain.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="smiles"):
        list(records(plain))


def test_tautomers_are_the_same_known_structure(tmp_path: Path) -> None:
    path = tmp_path / "t.smi"
    path.write_text("Oc1ccccn1 pyridone\n", encoding="utf-8")
    assert known_to_user([_candidate("O=c1cccc[nH]1")], read_known(path))


def test_shipped_compounds_and_the_reference_are_known() -> None:
    spec = DesignSpec(goal="x", candidate_class="molecule", reference=Reference(name="mine", smiles="CC(C)c1ccc(OCCCN2CCCC2)cc1"))
    pool = [_candidate(s) for s in ("Cn1cnc2c1c(=O)n(C)c(=O)n2C", "CC(C)c1ccc(OCCCN2CCCC2)cc1", "CC(C)c1ccc(OCCCN2CCCCC2)cc1", "*CC*")]
    assert list(known_to_all(pool, spec).values()) == ["caffeine", "mine"]
    assert shipped_count() > 1500


def test_without_a_list_nothing_is_known_to_the_user() -> None:
    assert known_to_user([_candidate("CCO")], None) == {}


def test_structures_of_a_training_set_are_known_whatever_the_goal_asks_for() -> None:
    spec = DesignSpec(goal="x", candidate_class="molecule")
    pool = [_candidate("c1ccc2ccccc2c1"), _candidate("CCCCCCCC(CCC1CC1)C2CC2C#N")]
    found = what_is_known(pool, spec, None)
    assert list(found.measured) == [pool[0].key]
    assert "Bradley open melting point data set" in found.measured[pool[0].key]
    polymers = DesignSpec(goal="x", candidate_class="polymer")
    assert set(known_to_sets([_candidate("*OCC*")], polymers).values()) == {known_to_sets([_candidate("*COC*")], polymers).popitem()[1]}
    assert sets_count(polymers) > 6000


def test_measured_values_of_the_list_take_the_place_of_predictions(tmp_path: Path) -> None:
    path = tmp_path / "lab.csv"
    path.write_text("psmiles,name,Tg (K),remark\n*OCC*,PEO,206.15,x\n*CCOCCO*,PEO again,210.15,\n*CC(*)C,PP,high,\n", encoding="utf-8")
    known = read_known(path)
    peo, pp = _candidate("*COC*"), _candidate("*CC(*)C")
    [(number, count, half)] = known.values["glass_transition_temperature"].values()
    assert (round(number, 6), count, round(half, 6)) == (-65.0, 2, 2.0)
    assert any("1 rows without a usable value" in note for note in known.notes)
    own = OwnValues(f"your list {known.source}", known.values)
    spec = DesignSpec(goal="x", candidate_class="polymer", requirements=[_tg_below(0)])
    names = spec.property_names()
    with_values = estimated([peo, pp], names, spec.conditions, own=own, calculators=builtin().calculators)
    value, other = (c.properties["glass_transition_temperature"] for c in with_values)
    assert (value.basis, value.number, value.sigma) == ("measured", -65.0, 2.0)
    assert value.known == "known, measured -65 °C (your list lab.csv)"
    assert other.basis == "in the training set"
    found = what_is_known(with_values, spec, known)
    assert list(found.user) == [pp.key]  # without a value it is known to the user, and not listed
    assert "your list lab.csv" in found.measured[peo.key]
    plain = tmp_path / "plain.smi"
    plain.write_text("CCO ethanol\n", encoding="utf-8")
    assert "values" not in read_known(plain).model_dump(mode="json")


def _tg_below(limit: float) -> PropertyRequirement:
    condition = Condition(comparison="<", value=limit)
    return PropertyRequirement(id="R1", text="low Tg", property="glass_transition_temperature", unit="°C", condition=condition)
