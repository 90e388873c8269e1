"""Conditions on the list as a whole: what is measured, what is chosen, and what is said to bind."""

from __future__ import annotations

import pytest
from rdkit import Chem, DataStructs

from agent.roles.reporter.sentences import summarise
from core.candidate import Candidate, Origin, PropertyValue
from core.report import Report
from core.spec import Condition, DesignSpec, SetRequirement
from tools.ranking.set_level import diverse_enough, diversity, judge, novelty
from tools.ranking.shortlist import Known, shortlist
from tools.structures.similarity import morgan_fingerprint
from tools.structures.standardise import standardise
from tools.workspace import builtin

#: Four alkanols that resemble one another, and four structures that resemble nothing here.
ALIKE = ["CCCCCCO", "CCCCCCCO", "CCCCCCCCO", "CCCCCCCCCO"]
UNLIKE = ["c1ccccc1C(N)=O", "OC1CCNCC1", "CCOC(=O)CS", "Clc1ncc(Br)cn1"]


def _candidate(smiles: str, qed: float | None = 0.5) -> Candidate:
    found = standardise(smiles, "molecule")
    value = PropertyValue(value=qed, unit="", method="x", method_version="1", sigma=0.0, reason="" if qed is not None else "none")
    return Candidate(
        key=found.key, smiles=found.smiles, inchikey=found.inchikey, candidate_class="molecule", dedup_key=found.dedup_key,
        origin=Origin(proposer="x", operator="x"), properties={"qed": value}, status="kept",
    )  # fmt: skip


def _least(identifier: str, measure: str, value: float, **more: object) -> SetRequirement:
    text = f"{measure} at least {value:g}"
    condition = Condition(comparison=">=", value=value)
    return SetRequirement.model_validate({"id": identifier, "text": text, "measure": measure, "condition": condition, **more})


def _spec(*wanted: SetRequirement, candidates: int = 3) -> DesignSpec:
    return DesignSpec(goal="x", candidate_class="molecule", requirements=[], set_requirements=list(wanted), candidates=candidates)


def _prints(smiles: list[str]) -> list[DataStructs.ExplicitBitVect]:
    return [morgan_fingerprint(Chem.MolFromSmiles(s)) for s in smiles]


def test_diversity_is_one_less_the_mean_pairwise_similarity() -> None:
    prints = _prints(ALIKE[:3])
    pairs = [DataStructs.TanimotoSimilarity(prints[i], prints[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert diversity(prints) == pytest.approx(1 - sum(pairs) / 3)
    assert diversity(prints[:1]) is None
    assert diversity(_prints(["CCO", "OCC"])) == pytest.approx(0.0)


def test_novelty_is_that_of_the_least_new_member() -> None:
    assert novelty(_prints(["CCO", UNLIKE[0]]), ["OCC"]) == pytest.approx(0.0)
    assert novelty(_prints([UNLIKE[3]]), ["CCCCO"]) > 0.9  # type: ignore[operator]
    assert novelty([], ["CCO"]) is None
    assert novelty(_prints(["CCO"]), []) is None


def test_every_measure_is_judged() -> None:
    wanted = _spec(
        _least("S1", "count", 3),
        _least("S2", "diversity", 0.8),
        _least("S3", "novelty", 0.99, references=["CCCCCCO"]),
        _least("S4", "mean", 0.5, property="qed"),
    )
    found = {r.id: r for r in judge([_candidate(s) for s in [ALIKE[0], *UNLIKE[:1]]], wanted)}
    assert (found["S1"].met, found["S1"].value) == (False, 2.0)
    assert found["S2"].met
    assert not found["S3"].met
    assert found["S3"].value == pytest.approx(0.0)
    assert (found["S4"].met, found["S4"].value) == (True, 0.5)
    unknown = judge([_candidate("CCO", None)], _spec(_least("S4", "mean", 0.5, property="qed")))
    assert (unknown[0].met, unknown[0].value) == (False, None)  # a mean over unknown numbers is unknown
    assert judge([_candidate("CCO")], _spec()) == []


def test_without_references_the_shipped_compounds_are_the_known_ones() -> None:
    wanted = _spec(_least("S1", "novelty", 0.3))
    assert judge([_candidate("CCO")], wanted)[0].value == pytest.approx(0.0)
    new = judge([_candidate("Clc1ncc(C2CC2(F)SC3CC3)cn1")], wanted)[0]
    assert new.met
    assert new.value is not None
    assert new.value > 0.3


def test_the_list_is_as_diverse_as_asked() -> None:
    pool = [_candidate(s) for s in [*ALIKE, *UNLIKE]]
    wanted = _spec(_least("S1", "diversity", 0.85))
    positions = diverse_enough(pool, range(len(pool)), wanted)
    assert positions is not None
    assert len(positions) == 3
    assert positions[0] == 0
    assert judge([pool[i] for i in positions], wanted)[0].met
    assert shortlist(pool, wanted, Known()).positions == positions
    assert diverse_enough(pool, range(len(pool)), _spec(_least("S1", "count", 3))) is None


def test_what_cannot_be_met_is_named() -> None:
    pool = [_candidate(s) for s in ALIKE]
    wanted = _spec(_least("S1", "count", 3), _least("S2", "diversity", 0.9))
    listed = [pool[i] for i in shortlist(pool, wanted, Known()).positions]
    results = judge(listed, wanted)
    assert [r.met for r in results] != [True, True]
    missed = next(r.text for r in results if not r.met)
    report = Report(run_id="r", goal="x", status="success", created_at="2026-01-01", spec=wanted, candidates=listed, evaluated=4)
    assert f"What binds is: {missed}." in summarise(report, "", calculators=builtin().calculators)
