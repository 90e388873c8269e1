"""Costly calculators in worker processes: a call that raises, dies, lies or takes too long is a failed value."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.candidate import PropertyValue
from core.scorers import Scorer
from core.spec import DesignSpec, EstimationConditions
from memory.calls import CallFiles
from tools.calculators.collection import Calculators, shipped_calculators
from tools.calculators.costly.adapter import Costly, in_words, wanted
from tools.calculators.costly.pool import Answer, CallPool
from tools.calculators.costly.protocol import Call, Outcome, PlainCostly, call_key
from tools.calculators.costly.scorer import FunctionScorer, with_function
from tools.catalogue.property import Property

DEPTH = Property(
    name="well_depth",
    label="Well depth",
    description="What a slow calculation says.",
    kind="predicted",
    unit="eV",
    low=-20,
    high=20,
    typical_low=0,
    typical_high=10,
    method="slow",
    source="a test",
    synonyms=("depth of the well",),
)


@dataclass(frozen=True)
class Slow(PlainCostly):
    """The number of characters of a SMILES, or a fault that the SMILES names."""

    name: str = "slow calculation"
    version: str = "1"
    properties: tuple[Property, ...] = (DEPTH,)
    seconds: float = 2.0
    limit: float = 20.0
    depends_on: tuple[str, ...] = field(default=("temperature_c",))

    def compute(self, call: Call) -> Mapping[str, Outcome]:
        if call.smiles == "C":
            raise ValueError("the SCF did not converge")
        if call.smiles == "CC":
            os._exit(7)
        if call.smiles == "CCC":
            time.sleep(600)
        if call.smiles == "CCCC":
            return {"well_depth": Outcome(float("nan"))}
        if call.smiles == "CCCCC":
            return {"well_depth": -1.0}  # type: ignore[dict-item]
        return {"well_depth": Outcome(float(len(call.smiles)), sigma=0.5)}


def answers(smiles: list[str], pool: CallPool, of: Slow | None = None) -> list[Answer]:
    """One for each structure, in order."""
    return sorted(pool.answers(of or Slow(), [Call(s, ("well_depth",)) for s in smiles]), key=lambda a: a.place)


def test_every_fault_costs_one_value_and_the_next_call_is_answered() -> None:
    pool = CallPool(1)
    try:
        found = answers(["C", "CC", "CCO", "CCCC", "CCCCC", "CCN"], pool)
        late = answers(["CCC", "CCF"], pool, Slow(name="hurried calculation", limit=0.3))
    finally:
        pool.close()
    said = [a.outcomes["well_depth"].reason for a in found]
    assert "ValueError: the SCF did not converge" in said[0]
    assert "exit code 7" in said[1]
    assert "no usable number" in said[3]
    assert "no outcome" in said[4]
    assert [found[n].outcomes["well_depth"] for n in (2, 5)] == [Outcome(3.0, 0.5)] * 2
    assert "longer than 0.3 s" in late[0].outcomes["well_depth"].reason
    assert late[1].outcomes["well_depth"].value == 3.0


def test_answers_of_an_earlier_run_are_not_asked_for_again(tmp_path: Path) -> None:
    for kept in (False, True):
        pool = CallPool(1, CallFiles(tmp_path))
        try:
            [found] = answers(["CCO"], pool)
        finally:
            pool.close()
        assert (found.kept, found.outcomes["well_depth"]) == (kept, Outcome(3.0, 0.5))
    call = Call("CCO", ("well_depth",))
    warm = Call("CCO", ("well_depth",), conditions=EstimationConditions(temperature_c=90))
    wet = Call("CCO", ("well_depth",), conditions=EstimationConditions(solvent="water", solvent_smiles="O"))
    assert call_key(Slow(), call) not in (call_key(Slow(), warm), call_key(Slow(version="2"), call))
    assert call_key(Slow(), call) == call_key(Slow(), wet)
    for damaged in tmp_path.rglob("*.json"):
        damaged.write_text("{")
    pool = CallPool(1, CallFiles(tmp_path))
    assert pool._earlier(Slow(), call) is None


def calculators() -> Calculators:
    """Those that ship, and the slow one."""
    return shipped_calculators().with_calculator(Costly(Slow()))


def test_nobody_computes_it_by_the_way() -> None:
    found = calculators().estimate(["CCO"], "molecule", ["logp", "well_depth"], EstimationConditions())[0]
    assert found["logp"].value is not None
    assert found["well_depth"].value is None
    assert "a call of slow calculation takes about 2 s" in str(found["well_depth"].reason)


def length(smiles: str) -> float:
    """What a package's function may score; it fails for methane."""
    return len(smiles) / (len(smiles) - 1)


def test_a_function_of_another_package_is_a_scorer() -> None:
    given = FunctionScorer(Scorer(name="own length", seconds=1), length)
    found = with_function(shipped_calculators(), given).of("own_length")
    assert isinstance(found, Costly)
    pool = CallPool(1)
    try:
        outcomes = [a.outcomes["own_length"] for a in pool.answers(found.inner, [Call("C", ("own_length",))])]
        outcomes += [a.outcomes["own_length"] for a in pool.answers(found.inner, [Call("CC", ("own_length",))])]
    finally:
        pool.close()
    assert "ZeroDivisionError" in outcomes[0].reason
    assert outcomes[1] == Outcome(2.0)


def test_which_calculators_a_spec_needs() -> None:
    def needed(*names: str) -> list[tuple[str, tuple[str, ...]]]:
        requirements: list[dict[str, Any]] = [
            {"kind": "property", "id": f"R{n}", "text": "", "property": name, "condition": {"comparison": "<=", "value": 1}}
            for n, name in enumerate(names)
        ]
        spec = DesignSpec.model_validate({"goal": "", "candidate_class": "molecule", "requirements": requirements})
        return [(w.costly.name, w.names) for w in wanted(spec, calculators())]

    assert needed("logp") == []
    assert needed("logp", "well_depth") == [("slow calculation", ("well_depth",))]


def test_a_computed_value_says_so() -> None:
    value: PropertyValue = Costly(Slow()).computed({"well_depth": Outcome(2.0, 0.1)})["well_depth"]
    assert (value.basis, value.mark, value.known) == ("computed", " *", "computed for this structure")
    assert value.lower == pytest.approx(1.8355)
    assert value.upper == pytest.approx(2.1645)
    assert Costly(Slow()).computed({"well_depth": Outcome(2.0)})["well_depth"].exact
    failed = Costly(Slow()).computed({"well_depth": Outcome(None, reason="no")})["well_depth"]
    assert (failed.value, failed.reason) == (None, "no")


@pytest.mark.parametrize(("seconds", "said"), [(0.5, "0.5 s"), (20, "20 s"), (150, "2.5 min"), (9000, "2.5 h")])
def test_times_in_words(seconds: float, said: str) -> None:
    assert in_words(seconds) == said
