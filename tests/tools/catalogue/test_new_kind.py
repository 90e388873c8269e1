"""A kind is added by what ``docs/extending.md`` shows: the classes there are put into a module, and everything knows the kind."""

from __future__ import annotations

import importlib.util
import re
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rdkit import Chem

from core.candidate import Candidate, Origin
from core.errors import ContradictionError, SpecError
from core.spec import DesignSpec
from tools.catalogue.contradictions import reject_contradictions
from tools.catalogue.kinds import KINDS, Kinds, Terms
from tools.catalogue.notation import compact_requirement, parse_requirement
from tools.catalogue.wording import requirement_text
from tools.evaluation.check import check
from tools.evaluation.fitness import closeness
from tools.screening.filter import exact_steps, first_failed
from tools.workspace import builtin

PAGE = Path(__file__).resolve().parents[3] / "docs" / "extending.md"
TERMS = Terms(builtin().catalogue)


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    section = PAGE.read_text(encoding="utf-8").split("## A requirement kind")[1].split("\n## ")[0]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code is not None
    path = tmp_path_factory.mktemp("kinds") / "ring_size.py"
    path.write_text(textwrap.dedent(code[1].replace("```", "")), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("ring_size", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kinds(added: ModuleType) -> Kinds:
    return Kinds(added.RingSizeKind())


def candidate(smiles: str) -> Candidate:
    return Candidate(key=smiles, smiles=smiles, candidate_class="molecule", origin=Origin(proposer="test", operator="test"))


def spec_with(requirement: Any) -> DesignSpec:
    """A spec that holds a requirement whose model is not in the union yet."""
    return DesignSpec(goal="test", candidate_class="molecule").model_copy(update={"requirements": [requirement]})


def read(text: str, kinds: Kinds) -> Any:
    made = parse_requirement(f"ring_size:{text}", TERMS, kinds)
    return made.model_copy(update={"id": "R1", "text": requirement_text(made, TERMS, kinds), "phrase": text})


def test_it_is_written_and_read(kinds: Kinds) -> None:
    requirement = read("at most 6", kinds)
    assert requirement.text == "rings of at most 6 atoms"
    assert compact_requirement(requirement, TERMS, kinds) == "ring_size:at most 6"
    with pytest.raises(SpecError, match="at least 3"):
        kinds.of(requirement).validate(requirement.model_copy(update={"atoms": 2}), TERMS, "requirement R1")


def test_the_kinds_that_ship_do_not_know_it(kinds: Kinds) -> None:
    assert KINDS.named("ring_size") is None
    assert len(kinds) == len(KINDS) + 1
    with pytest.raises(SpecError):
        parse_requirement("ring_size:at most 6", TERMS)


def test_it_is_checked(kinds: Kinds) -> None:
    spec = spec_with(read("at most 6", kinds))
    (met,) = check(candidate("c1ccccc1"), spec, kinds=kinds, calculators=builtin().calculators)
    (missed,) = check(candidate("C1CCCCCCC1"), spec, kinds=kinds, calculators=builtin().calculators)
    (unread,) = check(candidate("nonsense"), spec, kinds=kinds, calculators=builtin().calculators)
    assert (met.met, met.value) == (True, "6")
    assert (missed.met, missed.value, missed.reason) == (False, "8", "rings of 8 atoms")
    assert not unread.met
    assert unread.reason


def test_it_contradicts(kinds: Kinds) -> None:
    reject_contradictions([read("at most 6", kinds), read("at least 5", kinds)], builtin().catalogue, kinds)
    with pytest.raises(ContradictionError, match="the size of rings") as caught:
        reject_contradictions([read("at most 5", kinds), read("at least 7", kinds)], builtin().catalogue, kinds)
    assert caught.value.phrase == "at least 7 / at most 5"


def test_it_is_scored(kinds: Kinds) -> None:
    spec = spec_with(read("at most 6", kinds))
    found = [
        candidate(s).model_copy(update={"requirements": check(candidate(s), spec, kinds=kinds, calculators=builtin().calculators)})
        for s in ("C1CCCCC1", "C1CCCCCC1", "C1CCCCCCC1")
    ]
    assert [closeness(c, spec, kinds, catalogue=builtin().catalogue) for c in found] == pytest.approx([1.0, 1 / 4, 1 / 9])


def test_it_screens(kinds: Kinds) -> None:
    steps = exact_steps(spec_with(read("at most 6", kinds)), kinds, calculators=builtin().calculators)
    assert [first_failed(Chem.MolFromSmiles(s), steps, {}) for s in ("c1ccccc1", "CCO", "C1CCCCCCC1")] == ["", "", "R1"]
